"""The legend of the live plots: which line is which, drawn as the lines are drawn."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from catdog_gui.look import theme

_LINE, _GAP, _APART = 22, 6, 12


class LineLegend(QWidget):
    """Train dashed, validation solid, and a ring for the best epoch, named by `best`, where there is one."""

    def __init__(self, best: str = "best", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._word = best
        self._best: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name()

    def set_best(self, epoch: int | None) -> None:
        """Name the best epoch, or none."""
        if epoch != self._best:
            self._best = epoch
            self._name()
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as the words."""
        metrics = self.fontMetrics()
        width = sum(_LINE + _GAP + metrics.horizontalAdvance(text) + _APART for text, _ in self._entries())
        return QSize(width, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        """In a very small window its end is cut off, and nothing else."""
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x, middle = 0.0, self.height() / 2
        for text, kind in self._entries():
            colour = QColor(colours.muted if kind == "dashed" else colours.accent)
            dashed = Qt.PenStyle.DashLine if kind == "dashed" else Qt.PenStyle.SolidLine
            painter.setPen(QPen(colour, 2, dashed))
            if kind == "ring":
                painter.drawEllipse(QPointF(x + _LINE / 2, middle), 5, 5)
            else:
                painter.drawLine(QPointF(x, middle), QPointF(x + _LINE, middle))
            painter.setPen(QColor(colours.muted))
            width = self.fontMetrics().horizontalAdvance(text) + 2
            place = QRectF(x + _LINE + _GAP, 0, width, self.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
            x += _LINE + _GAP + width + _APART
        painter.end()

    def _entries(self) -> list[tuple[str, str]]:
        best = [(f"{self._word}: epoch {self._best}", "ring")] if self._best is not None else []
        return [("train", "dashed"), ("validation", "solid"), *best]

    def _name(self) -> None:
        ring = f"The ring marks epoch {self._best}: it has the lowest validation loss, so its model is kept."
        self.setToolTip(ring if self._best is not None else "")
        self.setAccessibleDescription(self.toolTip())
        self.setAccessibleName("Legend: " + ", ".join(f"{text} ({kind})" for text, kind in self._entries()))
