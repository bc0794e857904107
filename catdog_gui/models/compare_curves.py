"""The validation curves of several runs over one another, each in its own colour and dash."""

from collections.abc import Sequence
from typing import Literal

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import mark, tr
from catdog_gui.widgets.plots.plot_axes import EpochAxis, ValueAxis, colour_axes, keep_still
from trainer.core.results import EpochMetrics

Measure = Literal["loss", "accuracy"]
# Okabe and Ito's palette, which colour-blind people tell apart too; the dashes tell the curves apart without colour.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9")
_DASHES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
    Qt.PenStyle.DashDotDotLine,
    Qt.PenStyle.SolidLine,
)
_TITLES = {"loss": mark("Validation loss"), "accuracy": mark("Validation accuracy")}


def curve_pen(number: int, width: float = 2) -> QPen:
    """Return how the curve of a run is drawn: `number` counts from 0."""
    pen: QPen = pg.mkPen(QColor(COLOURS[number % len(COLOURS)]), width=width, style=_DASHES[number % len(_DASHES)])
    return pen


class CompareCurves(QWidget):
    """One measure of all the runs."""

    def __init__(self, measure: Measure, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._measure = measure
        title = QLabel(tr(_TITLES[measure]))
        title.setProperty("role", "heading")
        self.plot = pg.PlotWidget(
            axisItems={"bottom": EpochAxis("bottom"), "left": ValueAxis("left", in_percent=measure == "accuracy")}
        )
        keep_still(self.plot)
        self.plot.setMinimumHeight(220)
        self.plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        item = self.plot.getPlotItem()
        item.layout.setContentsMargins(0, 10, 10, 0)  # half a label at either end of the axes
        self.curves: list[pg.PlotDataItem] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(title)
        layout.addWidget(self.plot, 1)
        self._restyle()
        theme.theme().changed.connect(self._restyle)

    def show_histories(self, histories: Sequence[tuple[EpochMetrics, ...]]) -> None:
        """Draw these runs' curves, in the order of their colours."""
        item = self.plot.getPlotItem()
        for curve in self.curves:
            item.removeItem(curve)
        one = self.devicePixelRatioF()  # pyqtgraph counts a pen's width in the screen's pixels
        self.curves = []
        for number, history in enumerate(histories):
            pen = curve_pen(number, 2 * one)
            curve = pg.PlotDataItem([row.epoch for row in history], [self._value(row) for row in history], pen=pen)
            if len(history) == 1:  # a line needs two
                curve.setData(symbol="o", symbolSize=7, symbolBrush=pen.color(), symbolPen=None)
            item.addItem(curve)
            self.curves.append(curve)

    def _value(self, row: EpochMetrics) -> float:
        return row.val_loss if self._measure == "loss" else row.val_accuracy

    def _restyle(self) -> None:
        colour_axes(self.plot)


class CurveSample(QWidget):
    """A short piece of a run's curve, beside its name."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Long enough for two dashes."""
        return QSize(36, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(curve_pen(self._number))
        room = QRectF(self.rect())
        painter.drawLine(QPointF(room.left() + 1, room.center().y()), QPointF(room.right() - 1, room.center().y()))
        painter.end()
