"""How a run ended: the test result in large figures with what it is worth, and where to go from here."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import number, tr, tr_n, translated
from catdog_gui.look.words import interval, percent
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.figure import Figure
from catdog_gui.widgets.flow import Flow
from catdog_gui.widgets.glyph import Glyph
from trainer.core.judgement import Judgement, judge
from trainer.core.results import RunResult
from trainer.core.run_state import RunState


class RunSummary(Card):
    """Shows the RunResult; the buttons are those that make sense for it."""

    use_requested = Signal()
    evaluation_requested = Signal()
    resume_requested = Signal()
    longer_requested = Signal()
    again_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.icon = Glyph("success", "success", 24)
        self.title = QLabel()
        self.title.setProperty("role", "heading")
        self.title.setWordWrap(True)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.accuracy = Figure(tr("right on test photos"))
        self.photos = Figure(tr("test photos"), tr("How many photos the accuracy stands on."))
        self.interval = Figure(
            tr("likely range (95 %)"), tr("Where the accuracy on other such photos most likely lies.")
        )
        self.baseline = Figure(
            tr("baseline"), tr("The accuracy of always answering with the class that has more photos.")
        )
        self.best = Figure(tr("best epoch"), tr("The epoch with the lowest validation loss: its model is kept."))
        self._figures = (self.accuracy, self.interval, self.photos, self.baseline, self.best)
        self.use = self._button(tr("Use this model"), self.use_requested)
        self.evaluation = self._button(tr("See the evaluation"), self.evaluation_requested)
        self.resume = self._button(tr("Go on with this run"), self.resume_requested)
        self.longer = self._button(tr("Train longer…"), self.longer_requested)
        self.again = self._button(tr("New run"), self.again_requested)
        self._lay_out()

    def show_result(self, result: RunResult, state: RunState) -> None:
        """Show how the run ended."""
        evaluation = result.evaluation
        recipe = state.started.recipe if state.started else ""
        judged = judge(evaluation, recipe=recipe) if evaluation is not None else None
        self.icon.show_icon(*_icon(result, judged))
        self.title.setText(_title(result, judged))
        self.words.setText(_words(result, state, judged))
        for figure in self._figures[:4]:
            figure.setVisible(evaluation is not None)
        self.best.setVisible(result.best_epoch is not None)
        self.best.show_value(number(result.best_epoch or 0))
        if evaluation is not None:
            self.accuracy.show_value(percent(evaluation.accuracy, 1))
            self.interval.show_value(interval(*evaluation.accuracy_interval))
            self.photos.show_value(number(evaluation.photos))
            self.baseline.show_value(percent(evaluation.baseline))
        self.use.setVisible(result.model is not None)
        weak = judged is not None and not judged.is_good
        theme.mark(self.use, kind="" if weak else "primary")
        self.evaluation.setVisible(result.model is not None and evaluation is not None)
        can_resume = result.status != "completed" and state.checkpoint is not None
        self.resume.setVisible(can_resume)
        theme.mark(self.longer, kind="primary" if weak else "")
        self.longer.setVisible(result.status == "completed" and state.checkpoint is not None)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.M)
        head.addWidget(self.icon)
        head.addWidget(self.title, 1)
        column = QVBoxLayout()
        column.setSpacing(theme.L)
        column.addLayout(head)
        column.addWidget(self.words)
        column.addWidget(Flow(*self._figures, spacing=theme.XXL))
        column.addWidget(Flow(self.use, self.evaluation, self.resume, self.longer, self.again, spacing=theme.S))
        self.body.addLayout(column)

    def _button(self, text: str, signal: object) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(signal)
        return button


def _icon(result: RunResult, judged: Judgement | None) -> tuple[str, str]:
    if result.status == "failed":
        return "error", "danger"
    if judged is None:
        return "info", "muted"
    return ("success", "success") if judged.is_good else ("warning", "warning")


def _title(result: RunResult, judged: Judgement | None) -> str:
    if result.status == "failed":
        return tr("The run ended with an error")
    if result.model is None:
        return tr("Stopped before the first epoch was done")
    if judged is not None and not judged.is_good:
        return translated(judged.title)
    return tr("The model is ready") if result.status == "completed" else tr("Stopped, and the best epoch kept")


def _words(result: RunResult, state: RunState, judged: Judgement | None) -> str:
    if result.error is not None:
        kept = [tr("The best epoch so far is kept.")] if result.model else []
        return " ".join([translated(result.error.what), translated(result.error.remedy), *kept]).strip()
    if result.model is None:
        return tr("There is no model yet, because no epoch was finished.")
    words = [_epochs(result, state)]
    if judged is None:
        words.append(tr("It was not tested: go on with this run, and it will be."))
    elif not judged.is_good:
        words.append(translated(judged.explanation))
    return " ".join(words)


def _epochs(result: RunResult, state: RunState) -> str:
    done = len(result.history)
    if result.stopped_early:
        return tr_n(
            done,
            "It stopped by itself after %n epoch, because the validation loss no longer fell.",
            "It stopped by itself after %n epochs, because the validation loss no longer fell.",
        )
    planned = state.started.epochs if state.started else done
    return tr_n(planned, "It trained for {done} of %n epoch.", "It trained for {done} of %n epochs.", done=done)
