"""Photos as QImages: the one way from a file, a zip's entry or the clipboard to what is drawn. For worker threads."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageWriter

from trainer.core.errors import TrainerError
from trainer.files.file_cache import THUMBNAILS

Source = Path | QImage | Callable[[], bytes]
"""A file, an image without one, or what reads a photo's bytes, wherever they lie."""

_FORMAT = QImage.Format.Format_RGB888
_QUALITY = 85


class Unreadable(NamedTuple):
    """Stands in for the image of a photo that cannot be read."""

    sentence: str
    """Why."""


def load_image(source: Source, side: int) -> QImage | Unreadable:
    """Return a photo upright, its longer side at most `side` pixels; or why it cannot be read."""
    # Pillow and numpy come in with the first photo: the Classify page, which shows it, is there long before them.
    from PIL import Image  # noqa: PLC0415

    from trainer.dataset.photo import open_photo  # noqa: PLC0415

    if isinstance(source, QImage):
        return _fit(source, side)
    try:
        photo = open_photo(source if isinstance(source, Path) else source(), size=side)
    except (TrainerError, OSError) as error:
        return Unreadable(error.sentence if isinstance(error, TrainerError) else str(error))
    photo.thumbnail((side, side), Image.Resampling.BILINEAR)
    return to_qimage(photo.tobytes(), photo.width, photo.height)


def load_thumbnail(source: Path | QImage, side: int) -> QImage | Unreadable:
    """Return the same from the disk, where it is kept and as new as the photo; else make and keep it."""
    key = _key(source, side) if isinstance(source, Path) else None
    kept = THUMBNAILS.get(key) if key is not None else None
    if kept is not None:
        image = QImage.fromData(kept)
        if not image.isNull():  # it may have been damaged
            return image.convertToFormat(_FORMAT)
    made = load_image(source, side)
    if key is not None and isinstance(made, QImage):
        THUMBNAILS.put(key, _as_jpeg(made))
    return made


def to_qimage(pixels: bytes, width: int, height: int) -> QImage:
    """Return RGB pixels of 8 bits, row by row, as Qt draws them."""
    return QImage(pixels, width, height, 3 * width, _FORMAT).copy()  # the copy owns its pixels


def _fit(image: QImage, side: int) -> QImage:
    if max(image.width(), image.height()) <= side:
        return image
    return image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _key(path: Path, side: int) -> str | None:
    """Return what a photo's thumbnail is kept under: another one once the photo was changed."""
    try:
        status = path.stat()
    except OSError:
        return None
    text = f"{path.absolute()}\0{status.st_mtime_ns}\0{status.st_size}\0{side}"
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _as_jpeg(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"jpg"))
    writer.setQuality(_QUALITY)
    writer.write(image)
    return bytes(buffer.data().data())
