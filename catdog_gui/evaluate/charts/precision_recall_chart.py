"""Precision and recall of the positive class over the limit from which a photo is called so."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from catdog_gui.evaluate.charts.chart import Chart, Labels
from catdog_gui.evaluate.charts.chart_words import precision_recall_figures
from catdog_gui.evaluate.charts.legend import Legend
from catdog_gui.look import theme
from catdog_gui.look.language import tr
from trainer.core.results import Evaluation
from trainer.inference.curves import Floats, Integers, PrecisionRecall, precision_recall


class PrecisionRecallChart(Chart):
    """Precision is solid, recall dashed. Hidden where no photo is of the positive class."""

    def __init__(self) -> None:
        labels = Labels(tr("Precision and recall"), tr("Precision and recall over the limit between the classes"))
        super().__init__(labels)
        self.legend = Legend()
        self.body.insertWidget(1, self.legend)
        self.precision, self.recall = pg.PlotDataItem(), pg.PlotDataItem()
        self.limit = pg.InfiniteLine(angle=90)
        for part in (self.recall, self.precision, self.limit):
            self.plot.addItem(part)
        self.caption.hide()
        self.restyle()

    def show_outcomes(self, evaluation: Evaluation, probabilities: Floats, targets: Integers) -> None:
        """Draw both curves of these probabilities."""
        curve = precision_recall(probabilities, targets)
        self.setVisible(curve is not None)
        if curve is None:
            return
        positive = evaluation.classes[1]
        self.plot.getPlotItem().setLabel("bottom", tr("called {class_name} from here on", class_name=positive))
        self.legend.show_lines(
            tr("precision of {class_name}", class_name=positive), tr("recall of {class_name}", class_name=positive)
        )
        self.precision.setData(*_steps(curve, curve.precision))
        self.recall.setData(*_steps(curve, curve.recall, beyond=0.0))
        self.show_limit(evaluation.threshold)
        self.tell("", precision_recall_figures(curve))

    def show_limit(self, threshold: float) -> None:
        """Draw the limit between the classes there."""
        self.limit.setPos(threshold)

    def restyle(self) -> None:
        """Take the theme's colours."""
        super().restyle()
        colours = theme.colours()
        self.precision.setPen(self.pen(colours.accent))
        self.recall.setPen(self.pen(colours.muted, 2, Qt.PenStyle.DashLine))
        self.limit.setPen(self.pen(colours.text, 1.5, Qt.PenStyle.DashLine))


def _steps(curve: PrecisionRecall, values: Floats, beyond: float | None = None) -> tuple[Floats, Floats]:
    """Return the line: a value holds from the probability before its own up to it, and `beyond` after the last."""
    places, heights = np.repeat(curve.thresholds, 2), np.repeat(values, 2)
    places = np.concatenate([[0.0], places[:-1]])
    if beyond is not None:
        places, heights = np.concatenate([places, [places[-1], 1.0]]), np.concatenate([heights, [beyond, beyond]])
    return places, heights
