"""A dot in the colour of a class."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from catdog_gui.look import theme


class Dot(QWidget):
    """Stands beside the class's name."""

    def __init__(self, class_index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._class_index = class_index
        self.setFixedSize(10, 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.class_colour(self._class_index))
        painter.drawEllipse(QRectF(self.rect()))
        painter.end()
