"""Owns the training run that the window shows: starts it, steers it, and reports its state."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from catdog_gui import worker
from catdog_gui.state.engine import Emit, Engine, TorchEngine
from catdog_gui.state.run_draft import RunDraft
from catdog_gui.state.settings import Settings
from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.events import AnyEvent, terminal
from trainer.core.results import ErrorRecord, RunResult
from trainer.core.run_progress import RunProgress
from trainer.core.run_state import RunState, reduce
from trainer.core.text import text

if TYPE_CHECKING:
    from trainer.dataset.records import Photo

RECIPE_NOTE = "recipe"
"""The settings' key of the recipe that was chosen last."""


class RunController(QObject):
    """One run at a time. All that may be shown of it is `state`; the last run's stays until the next begins."""

    started = Signal()
    stopping = Signal()
    """The run was asked to stop, the first time or again."""
    state_changed = Signal(object)
    """The RunState, at most once a turn of the event loop however many events came."""
    ended = Signal(object)
    """The RunResult, once a run, after the last `state_changed`, when its thread is gone."""

    def __init__(self, settings: Settings, parent: QObject | None = None, *, engine: Engine | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.draft = RunDraft(self, recipe=settings.note(RECIPE_NOTE))
        self.state = RunState()
        self.config: TrainConfig | None = None
        self.recipe = ""
        """Name of the run's recipe; "" where that is known only once the run has started."""
        self.seconds = 0
        """The time that the run was given; 0 where it has a number of epochs."""
        self.augmented = False
        """As `RunStarted` says."""
        self.share = 0.0
        """How far the whole run is, 0 to 1."""
        self.stops = 0
        """How often the run was asked to stop."""
        self._progress = RunProgress()
        self._engine = engine or TorchEngine()
        self._task: worker.Task | None = None
        self._tell = QTimer(self)
        self._tell.setSingleShot(True)
        self._tell.setInterval(0)
        self._tell.timeout.connect(lambda: self.state_changed.emit(self.state))

    @property
    def running(self) -> bool:
        """Whether a run has begun and its thread is not gone yet."""
        return self._task is not None

    @property
    def run_folder(self) -> Path | None:
        """Where the run keeps its files; None before it said so."""
        if self.state.result is not None and self.state.result.run_folder:
            return Path(self.state.result.run_folder)
        return Path(self.state.started.run_folder) if self.state.started else None

    def start(self, config: TrainConfig, out: Path | None = None, *, known: "Sequence[Photo]" = ()) -> None:
        """Train. `out` is the folder that the run's own folder is made in; None for the one in the preferences.

        Photos that are `known` from an earlier scan, and have not changed, are not read again to find them.
        """
        out = out or self._settings.runs_folder
        self.recipe, self.seconds = config.recipe, config.time_budget
        self.augmented = not config.augment.only_mirrors
        self._begin(
            config,
            lambda emit, control: self._engine.train(config, out=out, emit=emit, control=control, known=known),
        )

    def resume(
        self,
        folder: Path,
        epochs: int | None = None,
        *,
        recipe: str = "",
        seconds: int = 0,
        augmented: bool = False,
    ) -> None:
        """Let an earlier run go on, to `epochs` in all if that is given.

        `recipe` is its recipe's name, and `seconds` the time that it was given, if they are known; `augmented` is what
        `RunStarted` will say.
        """
        self.recipe, self.seconds, self.augmented = recipe, seconds, augmented
        self._begin(None, lambda emit, control: self._engine.resume(folder, epochs=epochs, emit=emit, control=control))

    def pause(self) -> None:
        """Let the run wait after the batch at hand."""
        self._steer(RunControl.pause)

    def unpause(self) -> None:
        """End a pause."""
        self._steer(RunControl.unpause)

    def stop(self) -> None:
        """End the training in order, then calibrate and test its best epoch; `ended` tells when that is done.

        Called again while the state is "evaluating", it ends that too: the best epoch is kept as it is.
        """
        if self._task is not None:
            self.stops += 1
            self._task.control.stop()
            self.stopping.emit()

    def _steer(self, ask: Callable[[RunControl], None]) -> None:
        if self._task is not None:
            ask(self._task.control)

    def _begin(self, config: TrainConfig | None, work: Callable[[Emit, RunControl], RunResult]) -> None:
        if self.running:
            raise RuntimeError("A run is in progress already.")
        self.state = RunState()
        self.config = config
        self.stops = 0
        self.share, self._progress = 0.0, RunProgress(self.recipe, self.seconds, augmented=self.augmented)
        self._task = worker.start(work, parent=self)
        self._task.progressed.connect(self._take)
        self._task.succeeded.connect(self._conclude)
        self._task.failed.connect(self._fail)
        self._task.cancelled.connect(lambda: self._conclude(RunResult(status="stopped")))
        self._task.finished.connect(self._finish)
        self.started.emit()
        self._tell.start()

    def _take(self, event: AnyEvent) -> None:
        self.state = reduce(self.state, event)
        self.share = self._progress.advance(self.state)
        if not self._tell.isActive():
            self._tell.start()

    def _fail(self, error: ErrorRecord) -> None:
        started = self.state.started
        folder = started.run_folder if started else None
        self._conclude(RunResult(status="failed", run_folder=folder, history=self.state.history, error=error))

    def _conclude(self, result: RunResult) -> None:
        """End the run, unless its terminal event has come already."""
        self._take(terminal(result))

    def _finish(self) -> None:
        self._task = None
        self._tell.stop()
        if self.state.result is None:
            self._fail(
                ErrorRecord(what=text("The training ended without saying how."), remedy=text("Please start it again."))
            )
            self._tell.stop()
        self.state_changed.emit(self.state)
        self.ended.emit(self.state.result)
