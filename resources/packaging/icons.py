"""CatDog's icon in the formats of the systems, drawn from the one SVG."""

import io
import os
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

_SIZES = (16, 24, 32, 48, 64, 128, 256)


def picture(source: Path, size: int) -> bytes:
    """Return an SVG as a square PNG."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(source)).render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs want bytes here
    return bytes(data.data())


def write(source: Path, file: Path) -> None:
    """Write an .ico or .icns."""
    file.parent.mkdir(parents=True, exist_ok=True)
    largest = Image.open(io.BytesIO(picture(source, 1024)))
    if file.suffix == ".ico":
        small = [Image.open(io.BytesIO(picture(source, size))) for size in _SIZES]
        small[-1].save(file, sizes=[(size, size) for size in _SIZES], append_images=small[:-1])
    else:
        largest.save(file)
