"""A photo as a small JPEG file, for tables and lists."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from trainer.dataset.photo import open_photo

SIDE = 96
"""The longer side, in pixels."""
_QUALITY = 80


def thumbnail(photo: Path | bytes) -> bytes:
    """Return a photo as a JPEG file whose longer side is at most 96 pixels. Raises PhotoError."""
    image = open_photo(photo, size=SIDE)
    image.thumbnail((SIDE, SIDE), Image.Resampling.BICUBIC)
    return _jpeg(image)


def thumbnail_of_pixels(pixels: np.ndarray, width: int, height: int) -> bytes:
    """Return the same of a photo's pixels, uint8 [S, S, 3], in the proportions of its own width and height."""
    longer = max(width, height)
    size = (max(1, round(SIDE * width / longer)), max(1, round(SIDE * height / longer)))
    return _jpeg(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))


def _jpeg(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "JPEG", quality=_QUALITY)
    return content.getvalue()
