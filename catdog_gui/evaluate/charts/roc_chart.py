"""The ROC curve, with its diagonal and the place of the model's own threshold on it."""

import pyqtgraph as pg
from PySide6.QtCore import Qt

from catdog_gui.evaluate.charts.chart import Chart, Labels
from catdog_gui.evaluate.charts.chart_words import roc_figures, roc_words
from catdog_gui.look import theme
from catdog_gui.look.language import tr
from trainer.core.results import Evaluation
from trainer.inference.curves import Floats, Integers, roc


class RocChart(Chart):
    """Hidden where only one class is there."""

    def __init__(self) -> None:
        labels = Labels(
            tr("How well the classes are told apart"),
            tr("ROC curve: photos found over photos mistaken, at every threshold"),
        )
        super().__init__(labels)
        self.line, self.own, self._chance = pg.PlotDataItem(), pg.ScatterPlotItem(), pg.PlotDataItem([0, 1], [0, 1])
        for part in (self._chance, self.line, self.own):
            self.plot.addItem(part)
        self.restyle()

    def show_outcomes(self, evaluation: Evaluation, probabilities: Floats, targets: Integers) -> None:
        """Draw the curve of these probabilities."""
        curve = roc(probabilities, targets)
        self.setVisible(curve is not None)
        if curve is None:
            return
        first, second = evaluation.classes
        item = self.plot.getPlotItem()
        item.setLabel("bottom", tr("{first} called {second}", first=first, second=second))
        item.setLabel("left", tr("{second} found", second=second))
        self.line.setData(curve.false_positive_rate, curve.true_positive_rate)
        reached = int((curve.thresholds >= evaluation.threshold).sum()) - 1
        self.own.setData([curve.false_positive_rate[reached]], [curve.true_positive_rate[reached]])
        self.tell(roc_words(curve, reached, evaluation.classes), roc_figures(curve, evaluation.classes))

    def restyle(self) -> None:
        """Take the theme's colours."""
        super().restyle()
        colours = theme.colours()
        self._chance.setPen(self.pen(colours.faint, 1.5, Qt.PenStyle.DashLine))
        self.line.setPen(self.pen(colours.accent))
        self.own.setSize(10)
        self.own.setBrush(pg.mkBrush(colours.accent))
        self.own.setPen(pg.mkPen(None))
