"""The reliability diagram: how often a probability comes true, with intervals."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from catdog_gui.evaluate.charts.chart import Chart, Labels
from catdog_gui.evaluate.charts.chart_words import reliability_figures, reliability_words
from catdog_gui.look import theme
from catdog_gui.look.language import tr
from trainer.core.results import Evaluation
from trainer.inference.curves import Floats, Integers, reliability

_BEAM = 0.015


class ReliabilityChart(Chart):
    """A dot for each bin of probabilities; those of well calibrated ones lie on the diagonal."""

    def __init__(self) -> None:
        labels = Labels(
            tr("Can the probabilities be believed?"),
            tr("Reliability diagram: observed shares over predicted probabilities"),
        )
        super().__init__(labels)
        self.dots, self.bars = pg.ScatterPlotItem(), pg.ErrorBarItem(beam=_BEAM)
        self._perfect = pg.PlotDataItem([0, 1], [0, 1])
        for part in (self._perfect, self.bars, self.dots):
            self.plot.addItem(part)
        self.restyle()

    def show_outcomes(self, evaluation: Evaluation, probabilities: Floats, targets: Integers) -> None:
        """Draw the diagram of these probabilities."""
        diagram = reliability(probabilities, targets)
        self.setVisible(bool(diagram.bins))
        if not diagram.bins:
            return
        positive = evaluation.classes[1]
        item = self.plot.getPlotItem()
        item.setLabel("bottom", tr("predicted probability of {class_name}", class_name=positive))
        item.setLabel("left", tr("share that is {class_name}", class_name=positive))
        predicted = np.array([one.predicted for one in diagram.bins])
        observed = np.array([one.observed for one in diagram.bins])
        low, high = np.array([one.interval for one in diagram.bins]).T
        self.dots.setData(predicted, observed)
        self.bars.setData(x=predicted, y=observed, top=high - observed, bottom=observed - low)
        self.tell(reliability_words(diagram), reliability_figures(diagram, positive))

    def restyle(self) -> None:
        """Take the theme's colours."""
        super().restyle()
        colours = theme.colours()
        self._perfect.setPen(self.pen(colours.faint, 1.5, Qt.PenStyle.DashLine))
        self.bars.setData(pen=self.pen(colours.muted, 1.5))
        self.dots.setSize(9)
        self.dots.setBrush(pg.mkBrush(colours.accent))
        self.dots.setPen(pg.mkPen(None))
