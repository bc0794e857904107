"""Photos as QImages, upright and small, made outside the GUI thread and kept on disk for the next time."""

import hashlib
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QImage, QImageWriter

from trainer.files.paths import cache_folder

_QUALITY = 85


def load_image(source: Path | QImage, side: int) -> QImage:
    """Return the photo with its longer side at most `side` pixels. Raises PhotoError. For a worker thread."""
    if isinstance(source, QImage):
        return _fit(source, side)
    from PIL import Image  # noqa: PLC0415 - heavy, and this runs in a worker thread

    from trainer.dataset.photo import open_photo  # noqa: PLC0415 - likewise

    photo = open_photo(source, size=side)
    photo.thumbnail((side, side), Image.Resampling.BILINEAR)
    width, height = photo.size
    return QImage(photo.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def load_thumbnail(source: Path | QImage, side: int) -> QImage:
    """Return the same from the cache on disk, where it is there and as new as the photo; else make and keep it."""
    if isinstance(source, QImage):
        return _fit(source, side)
    file = _cached(source, side)
    if file is not None and file.is_file():
        image = QImage(str(file))
        if not image.isNull():
            return image
    image = load_image(source, side)
    if file is not None:
        _keep(image, file)
    return image


def thumbnails_folder() -> Path:
    """Return where thumbnails are kept; it can be deleted at any time."""
    return cache_folder() / "thumbnails"


def _fit(image: QImage, side: int) -> QImage:
    if max(image.width(), image.height()) <= side:
        return image
    return image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _cached(path: Path, side: int) -> Path | None:
    try:
        status = path.stat()
    except OSError:
        return None
    key = f"{path.absolute()}\0{status.st_mtime_ns}\0{status.st_size}\0{side}"
    digest = hashlib.blake2b(key.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
    return thumbnails_folder() / digest[:2] / f"{digest}.jpg"


def _keep(image: QImage, file: Path) -> None:
    part = file.with_suffix(".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        writer = QImageWriter(str(part), QByteArray(b"jpg"))
        writer.setQuality(_QUALITY)
        if writer.write(image):
            part.replace(file)
    except OSError:
        with suppress(OSError):  # a full or read-only disk: the thumbnail is made again next time
            part.unlink()
