"""How the probabilities of either class are spread, with the limit between the classes."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from catdog_gui.evaluate.charts.chart import Chart, Labels
from catdog_gui.evaluate.charts.chart_words import histogram_figures
from catdog_gui.evaluate.charts.legend import Legend
from catdog_gui.look import theme
from catdog_gui.look.language import tr
from trainer.core.results import Evaluation
from trainer.inference.curves import HISTOGRAM_BINS, Floats, Integers, histogram

# Of a bin's width, either class has less than half, so that pairs stand apart.
_BAR = 0.42


class HistogramChart(Chart):
    """In each bin, the first class on the left and the second on the right."""

    def __init__(self) -> None:
        labels = Labels(tr("Probabilities of the photos"), tr("Histogram: photos of either class by their probability"))
        super().__init__(labels, counts=True)
        self.legend = Legend()
        self.body.insertWidget(1, self.legend)
        self.bars = tuple(pg.BarGraphItem(x=[], height=[], width=_BAR / HISTOGRAM_BINS) for _ in range(2))
        self.limit = pg.InfiniteLine(angle=90)
        for part in (*self.bars, self.limit):
            self.plot.addItem(part)
        self.caption.hide()
        self.restyle()

    def show_outcomes(self, evaluation: Evaluation, probabilities: Floats, targets: Integers) -> None:
        """Draw how these probabilities are spread."""
        counts = histogram(probabilities, targets)
        positive = evaluation.classes[1]
        self.plot.getPlotItem().setLabel("bottom", tr("probability of {class_name}", class_name=positive))
        self.legend.show_classes(evaluation.classes)
        middles = (np.arange(HISTOGRAM_BINS) + 0.5) / HISTOGRAM_BINS
        for bar, row, side in zip(self.bars, counts, (-0.5, 0.5), strict=True):
            there = row > 0
            bar.setOpts(x=middles[there] + side * _BAR / HISTOGRAM_BINS, height=row[there])
        self.plot.setYRange(0, max(int(counts.max()), 1), padding=0.05)
        self.show_limit(evaluation.threshold)
        self.tell("", histogram_figures(probabilities, targets, evaluation.classes))

    def show_limit(self, threshold: float) -> None:
        """Draw the limit between the classes there."""
        self.limit.setPos(threshold)

    def restyle(self) -> None:
        """Take the theme's colours."""
        super().restyle()
        colours = theme.colours()
        for bar, colour in zip(self.bars, colours.classes, strict=True):
            bar.setOpts(brush=pg.mkBrush(colour), pen=self.pen(colour, 1))  # the pen lets a single photo be seen
        self.limit.setPen(self.pen(colours.text, 1.5, Qt.PenStyle.DashLine))
