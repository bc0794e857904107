"""How far a run is, and the buttons that steer it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import mark, number, tr, tr_n, translated
from catdog_gui.look.words import duration, percent, photo_count, size
from catdog_gui.widgets.card import Card
from trainer.core.events import BatchFinished, RunStarted, StageProgressed
from trainer.core.recipes import RECIPES
from trainer.core.run_progress import RunProgress, epochs_are_quick
from trainer.core.run_state import Phase, RunState
from trainer.core.words import parameters

_TITLES: dict[Phase, str] = {
    "preparing": mark("Getting ready"),
    "training": mark("Training"),
    "paused": mark("Paused"),
    "evaluating": mark("Testing the best epoch"),
    "completed": mark("Done"),
    "stopped": mark("Stopped"),
    "failed": mark("The run failed"),
}
_STAGES = {
    "scan": mark("Checking the photos"),
    "download": mark("Fetching the pre-trained network"),
    "decode": mark("Reading the photos"),
    "evaluate": mark("Testing the best epoch"),
}
_LOOKING, _LOOKING_AGAIN = mark("Looking at every photo"), mark("Looking at the photos mirrored")
_STOP = mark("Stop and keep the best")
_SKIP = mark("Skip the test")
_SKIP_TIP = mark("End the run now. The best epoch is kept as a model, but it is neither calibrated nor tested.")
# Progress bars count whole numbers: this many steps are finer than any screen.
_STEPS = 10_000


class RunHeader(Card):
    """Shows a RunState."""

    pause_requested = Signal()
    continue_requested = Signal()
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.state = RunState()
        self._stopping = False
        self._on_backbone = False
        self._progress = RunProgress()
        self._last_batch: BatchFinished | None = None
        self.title = QLabel()
        self.title.setProperty("role", "heading")
        self.percent = QLabel()
        self.percent.setProperty("role", "heading")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress of the run"))
        self.facts = QLabel()
        self.facts.setProperty("role", "muted")
        self.facts.setWordWrap(True)
        self.pause = QPushButton(tr("Pause"))
        self.pause.clicked.connect(self._pause_or_continue)
        self.stop = QPushButton(tr(_STOP))
        self.stop.setIcon(theme.icon("stop"))
        self.stop.clicked.connect(self.stop_requested)
        top = QHBoxLayout()
        top.setSpacing(theme.S)
        self.title.setWordWrap(True)
        top.addWidget(self.title, 1)
        top.addWidget(self.percent)
        top.addSpacing(theme.S)
        top.addWidget(self.pause)
        top.addWidget(self.stop)
        self.body.addLayout(top)
        column = QVBoxLayout()
        column.setSpacing(theme.S)
        column.addWidget(self.bar)
        column.addWidget(self.facts)
        self.body.addLayout(column)
        self.show_state(self.state)

    def begin(self, recipe: str = "", seconds: int = 0, *, augmented: bool = False) -> None:
        """Make ready for another run; its recipe, and the time it was given, are known before it says a word."""
        self._stopping = False
        self._on_backbone = recipe in RECIPES and RECIPES[recipe].builds_on_backbone
        self._progress = RunProgress(recipe, seconds, augmented=augmented)
        self._last_batch = None
        self.show_state(RunState())

    def show_state(self, state: RunState) -> None:
        """Show how far the run is."""
        if state.phase == "evaluating" and self.state.phase != "evaluating":
            self._stopping = False  # the training has stopped; the test may be stopped as well
        self.state = state
        self._last_batch = state.batch or self._last_batch
        self.title.setText(tr("Stopping…") if self._stopping and not state.ended else self._title(state))
        if state.phase == "preparing" and (state.stage is None or not state.stage.total):
            self.bar.setRange(0, 0)
            self.percent.clear()
        else:
            self._show_share(self._progress.advance(state))
        self.facts.setText(translated(state.pause_reason) or "  ·  ".join(self._facts(state)))
        started = state.started
        self.facts.setToolTip(
            translated(parameters(started.parameters, started.trainable_parameters)) if started else ""
        )
        paused = state.phase == "paused"
        self.pause.setText(tr("Continue") if paused else tr("Pause"))
        self.pause.setIcon(theme.icon("play" if paused else "pause"))
        self.pause.setEnabled(state.phase in ("training", "paused") and not self._stopping)
        self.stop.setEnabled(not state.ended and not self._stopping)
        testing = state.phase == "evaluating"
        self.stop.setText(tr(_SKIP) if testing else tr(_STOP))
        self.stop.setToolTip(tr(_SKIP_TIP) if testing else "")
        for button in (self.pause, self.stop):
            button.setVisible(not state.ended)

    def show_stopping(self) -> None:
        """Show that the run was asked to stop, whoever asked it."""
        self._stopping = True
        self.show_state(self.state)

    def _show_share(self, share: float) -> None:
        self.bar.setRange(0, _STEPS)
        self.bar.setValue(round(_STEPS * share))
        self.percent.setText(percent(share))

    def _title(self, state: RunState) -> str:
        if state.phase == "training" and state.stage is not None:
            return tr(_LOOKING_AGAIN)
        if state.phase != "preparing" or state.stage is None:
            return tr(_TITLES[state.phase])
        return tr(_LOOKING if self._on_backbone and state.stage.stage == "decode" else _STAGES[state.stage.stage])

    def _facts(self, state: RunState) -> list[str]:
        """Return what is known, in the order of its interest."""
        started, stage = state.started, state.stage
        if started is None:
            return [_of_stage(stage) if stage is not None else tr("Loading the engine"), *_first_guess(state)]
        place = [_place(started)]
        if state.phase in ("training", "evaluating") and stage is not None:
            return [_of_stage(stage), *place]
        # Between two epochs the last batch stands, or the line would jump.
        batch = self._last_batch
        if batch is None:
            return [_epoch(min(len(state.history) + 1, started.epochs), started.epochs), *place]
        epoch = _epoch(batch.epoch, started.epochs)
        left = [tr("{duration} left", duration=duration(batch.seconds_left))] if state.phase == "training" else []
        if epochs_are_quick(state):
            return [epoch, *left, *place]
        speed = tr_n(round(batch.photos_per_second), "%n photo a second", "%n photos a second")
        return [epoch, tr("batch {batch} of {batches}", batch=batch.batch, batches=batch.batches), *left, speed, *place]

    def _pause_or_continue(self) -> None:
        (self.continue_requested if self.state.phase == "paused" else self.pause_requested).emit()


def _epoch(epoch: int, epochs: int) -> str:
    return tr("Epoch {epoch} of {epochs}", epoch=epoch, epochs=epochs)


def _place(started: RunStarted) -> str:
    """Return where a run is computed."""
    if started.device == "cpu":
        return tr_n(started.threads, "processor, %n thread", "processor, %n threads")
    return {"cuda": tr("NVIDIA card"), "mps": tr("Apple GPU")}.get(started.device, started.device)


def _first_guess(state: RunState) -> list[str]:
    """Return how well the head of the preview does, where there is one."""
    return [tr("A first guess is right on {share}", share=percent(score.accuracy)) for score in state.preview[-1:]]


def _of_stage(stage: StageProgressed) -> str:
    if stage.stage == "download":
        return (
            tr("{done} of {total}", done=size(stage.done), total=size(stage.total)) if stage.total else size(stage.done)
        )
    if stage.stage == "evaluate":  # photos of all splits are looked at, some more than once: their number would puzzle
        return tr("{share} done", share=percent(stage.done / max(stage.total, 1)))
    return tr("{done} of {photos}", done=number(stage.done), photos=photo_count(stage.total))
