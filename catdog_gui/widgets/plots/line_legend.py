"""The legend of the live plots: which line is which, drawn as the lines are drawn."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import listed, mark, tr

BEST = mark("best: epoch {epoch}")
BEST_BY_LOSS = mark("best by loss: epoch {epoch}")
_KINDS = {"dashed": mark("dashed"), "solid": mark("solid"), "dotted": mark("dotted"), "ring": mark("ring")}
_PENS = {"dashed": Qt.PenStyle.DashLine, "dotted": Qt.PenStyle.DotLine}
_LINE, _GAP, _APART = 22, 6, 12


class LineLegend(QWidget):
    """Train dashed, validation solid, and a ring for the best epoch, said as `best` says it, where there is one.

    Before the first epoch there may be a preview instead, which is dotted.
    """

    def __init__(self, best: str = BEST, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._word = best
        self._best: int | None = None
        self._is_preview = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name()

    def set_best(self, epoch: int | None) -> None:
        """Name the best epoch, or none."""
        if epoch != self._best:
            self._best = epoch
            self._name()
            self.updateGeometry()
            self.update()

    def set_preview(self, *, is_preview: bool) -> None:
        """Name the line of a preview alone, or those of the epochs."""
        if is_preview != self._is_preview:
            self._is_preview = is_preview
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
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for text, kind in self._entries():
            colour = QColor(colours.muted if kind == "dashed" else colours.accent)
            painter.setPen(QPen(colour, 2, _PENS.get(kind, Qt.PenStyle.SolidLine)))
            start = self.width() - x - _LINE if mirrored else x
            if kind == "ring":
                painter.drawEllipse(QPointF(start + _LINE / 2, middle), 5, 5)
            else:
                painter.drawLine(QPointF(start, middle), QPointF(start + _LINE, middle))
            painter.setPen(QColor(colours.muted))
            width = self.fontMetrics().horizontalAdvance(text) + 2
            left = start - _GAP - width if mirrored else start + _LINE + _GAP
            painter.drawText(QRectF(left, 0, width, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
            x += _LINE + _GAP + width + _APART
        painter.end()

    def _entries(self) -> list[tuple[str, str]]:
        if self._is_preview:
            return [(tr("first guess, by photos looked at"), "dotted")]
        best = [(tr(self._word, epoch=self._best), "ring")] if self._best is not None else []
        return [(tr("train"), "dashed"), (tr("validation"), "solid"), *best]

    def _name(self) -> None:
        ring = ""
        if self._best is not None:
            ring = tr(
                "The ring marks epoch {epoch}: it has the lowest validation loss, so its model is kept.",
                epoch=self._best,
            )
        self.setToolTip(ring)
        self.setAccessibleDescription(self.toolTip())
        self.setAccessibleName(
            tr("Legend: {lines}", lines=listed([f"{text} ({tr(_KINDS[kind])})" for text, kind in self._entries()]))
        )
