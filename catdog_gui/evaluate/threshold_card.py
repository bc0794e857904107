"""Where the line between the classes is: probabilities, precision and recall, and a slider that moves the limit."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from catdog_gui.evaluate.charts.histogram_chart import HistogramChart
from catdog_gui.evaluate.charts.precision_recall_chart import PrecisionRecallChart
from catdog_gui.evaluate.evaluation_words import limit_words
from catdog_gui.look.language import tr, translated
from catdog_gui.look.words import percent
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.reflow import Reflow
from trainer.core.results import Evaluation
from trainer.inference.curves import Floats, Integers
from trainer.inference.operating_point import Decided, decide, what_changes

_STEPS = 100
_TWO_CHARTS = 560


class ThresholdCard(Card):
    """`save_requested` carries the threshold that the user chose."""

    save_requested = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Where the line between the classes is"), parent)
        self._evaluation: Evaluation | None = None
        self._at_own: Decided | None = None
        self.histogram, self.precision_recall = HistogramChart(), PrecisionRecallChart()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(1, _STEPS - 1)
        self.slider.setPageStep(10)
        self.slider.setAccessibleName(tr("Probability from which a photo is called the second class, in percent"))
        self.slider.valueChanged.connect(self._show_choice)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.save = QPushButton(tr("Save as a new model"))
        self.save.setAccessibleName(tr("Save as a new model with this line between the classes"))
        self.save.clicked.connect(lambda: self.save_requested.emit(self.threshold))
        self._low, self._high = QLabel(percent(0)), QLabel(percent(1))
        self._lay_out()

    @property
    def threshold(self) -> float:
        """What the slider says: exactly the model's own where it stands there."""
        assert self._evaluation is not None
        own = self._evaluation.threshold
        return own if self._is_own else self.slider.value() / _STEPS

    def show_evaluation(self, evaluation: Evaluation, probabilities: Floats, targets: Integers) -> None:
        """Draw the charts, with the slider at the model's own threshold."""
        self._evaluation = evaluation
        self._at_own = decide(evaluation)
        for chart in (self.histogram, self.precision_recall):
            chart.show_outcomes(evaluation, probabilities, targets)
        self.slider.setValue(round(_STEPS * evaluation.threshold))
        self._show_choice()

    @property
    def _is_own(self) -> bool:
        assert self._evaluation is not None
        return self.slider.value() == min(max(round(_STEPS * self._evaluation.threshold), 1), _STEPS - 1)

    def _show_choice(self) -> None:
        if self._evaluation is None or self._at_own is None:
            return
        limit = self.threshold
        for chart in (self.histogram, self.precision_recall):
            chart.show_limit(limit)
        chosen = decide(self._evaluation, threshold=limit)
        changes = "" if self._is_own else translated(what_changes(self._at_own, chosen))
        words = limit_words(limit, self._evaluation.classes[1], changes)
        self.words.setText(words)
        self.slider.setAccessibleDescription(words)
        self.save.setEnabled(not self._is_own)

    def _lay_out(self) -> None:
        row = QWidget()
        row.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as the charts above it, in every language
        dial = QHBoxLayout(row)
        dial.setContentsMargins(0, 0, 0, 0)
        for part in (self._low, self.slider, self._high):
            part.setProperty("role", "muted")
            dial.addWidget(part, 1 if part is self.slider else 0)
        below = QHBoxLayout()
        below.addWidget(self.words, 1)
        below.addWidget(self.save, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(Reflow(self.histogram, self.precision_recall, breakpoint_px=_TWO_CHARTS, whole=True))
        self.body.addWidget(row)
        self.body.addLayout(below)
