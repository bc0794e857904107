"""A run on the terminal: a progress bar, and one line for each finished epoch."""

from types import TracebackType
from typing import Self

from rich.progress import TaskID, TextColumn

from trainer.cli.console import bars, percent, say_note, shown, stderr
from trainer.core.duration import duration_words
from trainer.core.events import (
    AdviceGiven,
    AnyEvent,
    BatchFinished,
    EpochFinished,
    Noted,
    RunPaused,
    RunStarted,
    StageProgressed,
)
from trainer.core.recipes import RECIPES
from trainer.core.run_progress import RunProgress
from trainer.core.run_state import RunState, reduce
from trainer.core.text import plural
from trainer.core.words import parameters

STAGES = {
    "scan": "Reading photos",
    "download": "Fetching the pre-trained network",
    "decode": "Decoding photos",
    "evaluate": "Testing",
}
_LOOKING, _LOOKING_AGAIN = "Looking at every photo", "Looking at the photos mirrored"


class TrainDisplay:
    """Shows events on standard error. `quiet` leaves out what a program that reads JSON is told anyway.

    `recipe` is the run's recipe by name, "" where only the run itself knows it; `seconds` is the time it was given.
    """

    def __init__(self, *, quiet: bool, recipe: str = "", seconds: int = 0, augmented: bool = False) -> None:
        self._quiet = quiet
        self._bars = bars(TextColumn("{task.fields[more]}"))
        self._task: TaskID | None = None
        self._showing: object = None
        self._state = RunState()
        self._progress = RunProgress(recipe, seconds, augmented=augmented)
        self._on_backbone = recipe in RECIPES and RECIPES[recipe].builds_on_backbone

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def show(self, event: AnyEvent) -> None:
        """Show one event, if it is one to show."""
        self._state = reduce(self._state, event)
        so_far = f"{self._progress.advance(self._state):4.0%}"  # of the whole run; the bar is of the work at hand
        match event:
            case StageProgressed():
                text = f"{so_far}  {self._words(event)}"
                self._advance(event.stage, text, event.done, event.total, self._first_guess)
            case BatchFinished():
                left = f"  {duration_words(event.seconds_left)} left" if self._state.planned else ""
                more = f"loss {event.loss:.3f}  accuracy {percent(event.accuracy)}{left}"
                text = f"{so_far}  Epoch {event.epoch}/{self._epochs}"
                self._advance(event.epoch, text, event.batch, event.batches, more)
            case _ if not self._quiet:
                self._say(event)
            case _:
                pass

    def _words(self, event: StageProgressed) -> str:
        if event.stage != "decode":
            return STAGES[event.stage]
        if self._state.started is not None:
            return _LOOKING_AGAIN
        return _LOOKING if self._on_backbone else STAGES[event.stage]

    @property
    def _first_guess(self) -> str:
        preview = self._state.preview
        return f"a first guess is right on {percent(preview[-1].accuracy)}" if preview else ""

    @property
    def _epochs(self) -> int:
        return self._state.started.epochs if self._state.started else 0

    def _advance(self, showing: object, text: str, done: int, total: int, more: str = "") -> None:
        """Move the bar on, or begin a new one where it shows something else."""
        if self._task is None or showing != self._showing:
            if self._task is not None:
                self._bars.remove_task(self._task)
            self._task, self._showing = self._bars.add_task(text, total=total, more=more), showing
        self._bars.update(self._task, description=text, completed=done, total=total, more=more)

    def _say(self, event: AnyEvent) -> None:
        match event:
            case RunStarted():
                counts = ", ".join(f"{sum(row.values()):,} {split}" for split, row in event.photos.items())
                threads = plural(event.threads, "%n thread", "%n threads")
                size = parameters(event.parameters, event.trainable_parameters)
                stderr.print(
                    shown(
                        f"{' or '.join(event.classes)}: {counts} photos; {size} on "
                        f"{event.device} with {threads}; the run is {event.run_folder}"
                    )
                )
            case EpochFinished(metrics=row):
                stderr.print(
                    f"epoch {row.epoch:>3}/{self._epochs}   train loss {row.train_loss:.4f} accuracy "
                    f"{percent(row.train_accuracy)}   validation loss {row.val_loss:.4f} accuracy "
                    f"{percent(row.val_accuracy)}   {row.seconds:.1f} s{'   best' if event.is_best else ''}",
                )
            case AdviceGiven():
                say_note(f"{event.text} {event.remedy}")
            case Noted():
                say_note(event.text)
            case RunPaused():
                stderr.print("Paused.")
            case _:
                pass
