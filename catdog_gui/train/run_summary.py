"""How a run ended: the test result in large figures, and where to go from here."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.words import percent
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.figure import Figure
from catdog_gui.widgets.glyph import Glyph
from trainer.core.results import RunResult
from trainer.core.run_state import RunState


class RunSummary(Card):
    """Shows the RunResult; the buttons are those that make sense for it."""

    use_requested = Signal()
    evaluation_requested = Signal()
    resume_requested = Signal()
    again_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._icon = Glyph("success", "success", 24)
        self.title = QLabel()
        self.title.setProperty("role", "heading")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.accuracy = Figure("right on test photos")
        self.interval = Figure("likely range (95 %)", "Where the accuracy on other such photos most likely lies.")
        self.baseline = Figure("baseline", "The accuracy of always answering with the class that has more photos.")
        self.best = Figure("best epoch", "The epoch with the lowest validation loss: its model is kept.")
        self._figures = (self.accuracy, self.interval, self.baseline, self.best)
        self.use = self._button("Use this model", self.use_requested, primary=True)
        self.evaluation = self._button("See the evaluation", self.evaluation_requested)
        self.resume = self._button("Continue this run", self.resume_requested)
        self.again = self._button("New run", self.again_requested)
        self._lay_out()

    def show_result(self, result: RunResult, state: RunState) -> None:
        """Show how the run ended."""
        if result.status == "failed":
            self._icon.show_icon("error", "danger")
        elif _is_no_better_than_guessing(result):
            self._icon.show_icon("warning", "warning")
        else:
            self._icon.show_icon("success", "success")
        self.title.setText(_title(result))
        self.words.setText(_words(result, state))
        evaluation = result.evaluation
        for figure in self._figures[:3]:
            figure.setVisible(evaluation is not None)
        self.best.setVisible(result.best_epoch is not None)
        self.best.show_value(str(result.best_epoch))
        if evaluation is not None:
            low, high = evaluation.accuracy_interval
            self.accuracy.show_value(percent(evaluation.accuracy, 1))
            self.interval.show_value(f"{100 * low:.0f}–{100 * high:.0f} %")
            self.baseline.show_value(percent(evaluation.baseline))
        self.use.setVisible(result.model is not None)
        self.evaluation.setVisible(result.model is not None and evaluation is not None)
        self.resume.setVisible(result.status != "completed" and state.checkpoint is not None)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.M)
        head.addWidget(self._icon)
        head.addWidget(self.title, 1)
        figures = QHBoxLayout()
        figures.setSpacing(theme.XXL)
        for figure in self._figures:
            figures.addWidget(figure)
        figures.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.S)
        for button in (self.use, self.evaluation, self.resume, self.again):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(theme.L)
        column.addLayout(head)
        column.addWidget(self.words)
        column.addLayout(figures)
        column.addLayout(buttons)
        self.body.addLayout(column)

    def _button(self, text: str, signal: object, *, primary: bool = False) -> QPushButton:
        button = QPushButton(text)
        if primary:
            button.setProperty("kind", "primary")
        button.clicked.connect(signal)
        return button


def _title(result: RunResult) -> str:
    if result.status == "failed":
        return "The run ended with an error"
    if result.model is None:
        return "Stopped before the first epoch was done"
    if _is_no_better_than_guessing(result):
        return "The model is no better than guessing"
    return "The model is ready" if result.status == "completed" else "Stopped, and the best epoch kept"


def _is_no_better_than_guessing(result: RunResult) -> bool:
    return result.evaluation is not None and not result.evaluation.beats_baseline


def _words(result: RunResult, state: RunState) -> str:
    if result.error is not None:
        kept = " The best epoch so far is kept." if result.model else ""
        return f"{result.error.sentence}{kept}"
    if result.model is None:
        return "There is no model yet, because no epoch was finished."
    if result.stopped_early:
        return f"It stopped by itself after {len(result.history)} epochs, because the validation loss no longer fell."
    epochs = state.started.epochs if state.started else len(result.history)
    untested = "" if result.evaluation else " It was not tested: continue this run, and it will be."
    return f"It trained for {len(result.history)} of {epochs} epochs.{untested}"
