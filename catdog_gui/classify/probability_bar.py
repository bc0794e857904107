"""The probabilities of the two classes as one bar in their colours."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr


def paint_bar(
    painter: QPainter, box: QRectF, first: float | None, direction: Qt.LayoutDirection, *, gap: float = 2.0
) -> None:
    """Draw the share of class 0 from where reading begins and of class 1 from the other end; None draws none."""
    c = theme.colours()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    shape = QPainterPath()
    shape.addRoundedRect(box, box.height() / 2, box.height() / 2)
    painter.setClipPath(shape)
    painter.fillRect(box, QColor(c.border))
    if first is not None:
        left, right = c.classes
        if direction == Qt.LayoutDirection.RightToLeft:
            left, right, first = right, left, 1 - first
        split = box.left() + box.width() * first
        painter.fillRect(
            QRectF(box.left(), box.top(), max(0.0, split - gap / 2 - box.left()), box.height()), QColor(left)
        )
        painter.fillRect(QRectF(split + gap / 2, box.top(), max(0.0, box.right() - split), box.height()), QColor(right))
    painter.restore()


class ProbabilityBar(QWidget):
    """The bar as a widget."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._first: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Probability"))
        theme.theme().changed.connect(self.update)

    def show_probability(self, first: float | None) -> None:
        """Show the probability of class 0, or nothing."""
        self._first = first
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for a slim bar."""
        return QSize(160, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        paint_bar(painter, QRectF(self.rect()), self._first, self.layoutDirection())
        painter.end()
