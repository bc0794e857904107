"""Saves a live plot as an image (PNG, SVG) or as its numbers (CSV)."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QSaveFile
from PySide6.QtGui import QImage, QImageWriter, QPainter, QPalette
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from catdog_gui.look.language import mark
from catdog_gui.widgets.plots.live_plot import LivePlot
from trainer.core.errors import DiskError
from trainer.core.text import text

FILTERS = {
    mark("PNG image (*.png)"): ".png",
    mark("SVG drawing (*.svg)"): ".svg",
    mark("CSV table (*.csv)"): ".csv",
}
# Twice the size on the screen is sharp on paper and in a talk.
_PNG_SCALE = 2


def save_plot(plot: LivePlot, path: Path) -> None:
    """Write the plot in the format of the file's ending (.png, .svg, .csv). Raises DiskError."""
    makers = {".svg": _svg, ".csv": _csv}
    content = makers.get(path.suffix.lower(), _png)(plot)
    file = QSaveFile(str(path))
    written = file.open(QIODevice.OpenModeFlag.WriteOnly) and file.write(content) == len(content) and file.commit()
    if not written:
        raise DiskError(text("The plot could not be saved: {reason}.", reason=file.errorString()), path=path)


def _csv(plot: LivePlot) -> bytes:
    lines = io.StringIO()
    table = csv.writer(lines)
    table.writerow(["epoch", f"train_{plot.measure}", f"validation_{plot.measure}"])
    for (epoch, train), (_, validation) in zip(plot.points("train"), plot.points("validation"), strict=True):
        table.writerow([epoch, train, validation])
    return lines.getvalue().encode()


def _png(plot: LivePlot) -> bytes:
    image = QImage(plot.size() * _PNG_SCALE, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(_PNG_SCALE)
    image.fill(plot.palette().color(QPalette.ColorRole.Base))
    painter = QPainter(image)
    _render(plot, painter)
    painter.end()
    return _bytes(lambda buffer: QImageWriter(buffer, QByteArray(b"PNG")).write(image))


def _svg(plot: LivePlot) -> bytes:
    def write(buffer: QBuffer) -> None:
        drawing = QSvgGenerator()
        drawing.setOutputDevice(buffer)
        drawing.setSize(plot.size())
        drawing.setViewBox(plot.rect())
        drawing.setTitle(plot.accessibleName())
        painter = QPainter(drawing)
        painter.fillRect(plot.rect(), plot.palette().color(QPalette.ColorRole.Base))
        _render(plot, painter)
        painter.end()

    return _bytes(write)


def _render(plot: LivePlot, painter: QPainter) -> None:
    with plot.drawn_for_export():
        plot.render(painter, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)


def _bytes(write: Callable[[QBuffer], object]) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    write(buffer)
    buffer.close()
    return bytes(content.data())
