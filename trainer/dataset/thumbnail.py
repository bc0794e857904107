"""A photo as a small JPEG file, for tables and lists."""

import io
from pathlib import Path

from PIL import Image

from trainer.dataset.photo import open_photo

SIDE = 96
"""The longer side, in pixels."""
_QUALITY = 80


def thumbnail(photo: Path | bytes) -> bytes:
    """Return a photo as a JPEG file whose longer side is at most 96 pixels. Raises PhotoError."""
    image = open_photo(photo, size=SIDE)
    image.thumbnail((SIDE, SIDE), Image.Resampling.BICUBIC)
    content = io.BytesIO()
    image.save(content, "JPEG", quality=_QUALITY)
    return content.getvalue()
