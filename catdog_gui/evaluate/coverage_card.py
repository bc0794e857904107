"""How sure the model has to be: the accuracy of its verdicts over the share of photos that gets one, and a dial."""

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QSlider, QWidget

from catdog_gui.evaluate.evaluation_words import coverage_words
from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.plots.plot_axes import ValueAxis, colour_axes, keep_still
from trainer.core.results import EvaluatedPhoto, Evaluation
from trainer.inference.coverage import CoveragePoint, at, curve
from trainer.inference.operating_point import decide, what_changes

# The slider counts tenths of a logit.
_STEPS_A_LOGIT, _REACH = 10, 50
_HEIGHT = 200


class CoverageCard(Card):
    """`save_requested` carries the strictness, in logits, that the user chose."""

    save_requested = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("How sure it has to be"), parent)
        self._evaluation: Evaluation | None = None
        self._photos: list[EvaluatedPhoto] = []
        self._at_own = at(self._photos, 0)
        self.plot = pg.PlotWidget(axisItems={side: ValueAxis(side, in_percent=True) for side in ("left", "bottom")})
        self._line, self._own, self._moved = pg.PlotDataItem(), pg.ScatterPlotItem(), pg.ScatterPlotItem()
        self._set_up_plot()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(-_REACH, _REACH)
        self.slider.setPageStep(_STEPS_A_LOGIT)
        self.slider.setAccessibleName(tr("How sure the model has to be for a verdict"))
        self.slider.valueChanged.connect(self._show_choice)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.save = QPushButton(tr("Save as a new model"))
        self.save.clicked.connect(lambda: self.save_requested.emit(self.strictness))
        self._lay_out()
        theme.theme().changed.connect(self._restyle)

    @property
    def strictness(self) -> float:
        """What the slider says, in logits."""
        return self.slider.value() / _STEPS_A_LOGIT

    def show_evaluation(self, evaluation: Evaluation) -> None:
        """Draw the curve, with the slider at the model's own limits; hide where an older CatDog made the evaluation."""
        points = [point for point in curve(evaluation) if point.accuracy is not None]
        self.setVisible(len(points) > 1)
        self._evaluation, self._photos = evaluation, [*evaluation.right, *evaluation.wrong]
        self._line.setData([point.coverage for point in points], [point.accuracy for point in points])
        self._at_own = at(self._photos, 0)
        _place(self._own, self._at_own)
        self.slider.setValue(0)
        self._show_choice()

    def _show_choice(self) -> None:
        if not self._photos:
            return
        assert self._evaluation is not None
        chosen = at(self._photos, self.strictness)
        _place(self._moved, chosen)
        changes = what_changes(decide(self._evaluation), decide(self._evaluation, strictness=self.strictness))
        words = coverage_words(self._at_own, chosen, translated(changes))
        self.words.setText(words)
        self.slider.setAccessibleDescription(words)
        self.save.setEnabled(self.slider.value() != 0)

    def _set_up_plot(self) -> None:
        keep_still(self.plot)
        self.plot.setFixedHeight(_HEIGHT)
        self.plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.plot.setAccessibleName(tr("Accuracy of the verdicts over the share of photos that gets one"))
        item = self.plot.getPlotItem()
        item.layout.setContentsMargins(0, 10, 20, 0)
        for part in (self._line, self._own, self._moved):
            item.addItem(part)
        item.setLabel("bottom", tr("photos that get a verdict"))
        self._restyle()

    def _lay_out(self) -> None:
        dial = QHBoxLayout()
        for part in (_muted(tr("bolder")), self.slider, _muted(tr("stricter"))):
            dial.addWidget(part, 1 if part is self.slider else 0)
        below = QHBoxLayout()
        below.addWidget(self.words, 1)
        below.addWidget(self.save, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(
            _muted(tr("The share of given verdicts that is right, over the share of photos that gets one."), wraps=True)
        )
        self.body.addWidget(self.plot)
        self.body.addLayout(dial)
        self.body.addLayout(below)

    def _restyle(self) -> None:
        colours = theme.colours()
        colour_axes(self.plot)
        self._line.setPen(pg.mkPen(colours.accent, width=2))
        self._own.setBrush(pg.mkBrush(colours.accent))
        self._own.setPen(pg.mkPen(None))
        self._own.setSize(9)
        self._moved.setBrush(pg.mkBrush(None))
        self._moved.setPen(pg.mkPen(colours.text, width=2))
        self._moved.setSize(15)


def _muted(words: str, *, wraps: bool = False) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "muted")
    label.setWordWrap(wraps)
    return label


def _place(mark: pg.ScatterPlotItem, point: CoveragePoint) -> None:
    """Put a mark on a point of the curve; nowhere, if nothing gets a verdict there."""
    if point.accuracy is None:
        mark.setData([], [])
    else:
        mark.setData([point.coverage], [point.accuracy])
