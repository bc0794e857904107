"""One run as its events tell it: `reduce` is the only way from one state to the next.

Plots, labels and progress bars show a RunState and nothing else, so a page can be tested by replaying events.
"""

from typing import Literal

import msgspec

from trainer.core.events import (
    AdviceGiven,
    AnyEvent,
    BatchFinished,
    CheckpointSaved,
    EpochFinished,
    EpochsPlanned,
    Noted,
    PhotoSeen,
    PreviewScored,
    RunContinued,
    RunPaused,
    RunStarted,
    StageProgressed,
)
from trainer.core.results import EpochMetrics, RunResult

Phase = Literal["preparing", "training", "paused", "evaluating", "completed", "stopped", "failed"]
MOST_SEEN = 32
"""More photos than this have no room beside one another."""
ENDED: tuple[Phase, ...] = ("completed", "stopped", "failed")


class RunState(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that may be shown of a run."""

    phase: Phase = "preparing"
    stage: StageProgressed | None = None
    """Work on many photos, as long as it goes on: before, between or after the epochs."""
    seen: tuple[PhotoSeen, ...] = ()
    """The photos that a frozen backbone looked at last, the newest last; none once the training begins."""
    preview: tuple[PreviewScored, ...] = ()
    """How well a first head does meanwhile; empty once the training begins."""
    started: RunStarted | None = None
    planned: EpochsPlanned | None = None
    """What fits into its time budget, once that is known; `started.epochs` follows it."""
    batch: BatchFinished | None = None
    """The latest batch of the epoch at hand; None between epochs."""
    history: tuple[EpochMetrics, ...] = ()
    best_epoch: int | None = None
    advice: tuple[AdviceGiven, ...] = ()
    notes: tuple[str, ...] = ()
    checkpoint: CheckpointSaved | None = None
    pause_reason: str = ""
    """What keeps a run from going on that was not paused by the user, and what to do."""
    result: RunResult | None = None
    damage: str = ""
    """What cannot be believed of the log that all of this was read from, in a sentence."""

    @property
    def ended(self) -> bool:
        """Whether the terminal event has come."""
        return self.phase in ENDED

    @property
    def fraction(self) -> float:
        """How much of the training is done, 0 to 1."""
        if self.phase == "completed":
            return 1.0
        if self.started is None:
            return 0.0
        if self.planned is not None:
            steps = len(self.history) * self.started.batches + (self.batch.batch if self.batch else 0)
            return min(1.0, steps / self.planned.steps)
        epochs = len(self.history) + (self.batch.batch / self.batch.batches if self.batch else 0.0)
        return min(1.0, epochs / self.started.epochs)


def reduce(state: RunState, event: AnyEvent) -> RunState:  # noqa: C901, PLR0911, PLR0912 - a list, one case an event
    """Return the state after the event. After a terminal event nothing changes any more."""
    if state.ended:
        return state
    replace = msgspec.structs.replace
    match event:
        case StageProgressed(stage=stage):
            phase: Phase = "evaluating" if stage == "evaluate" else state.phase
            return replace(state, stage=event, phase=phase)
        case PhotoSeen():
            return replace(state, seen=(*state.seen, event)[-MOST_SEEN:])
        case PreviewScored():
            return replace(state, preview=(*state.preview, event))
        case RunStarted(history=history):
            best = min(history, key=lambda row: row.val_loss).epoch if history else None
            return replace(
                state,
                phase="training",
                started=event,
                history=history,
                best_epoch=best,
                batch=None,
                stage=None,
                seen=(),
                preview=(),
            )
        case EpochsPlanned(epochs=epochs):
            started = replace(state.started, epochs=epochs) if state.started else None
            return replace(state, planned=event, started=started)
        case BatchFinished():
            return replace(state, batch=event, stage=None)
        case EpochFinished(metrics=metrics, is_best=is_best):
            best = metrics.epoch if is_best else state.best_epoch
            return replace(state, history=(*state.history, metrics), best_epoch=best, batch=None)
        case AdviceGiven():
            return replace(state, advice=(*state.advice, event))
        case Noted(text=text):
            return replace(state, notes=(*state.notes, text))
        case CheckpointSaved():
            return replace(state, checkpoint=event)
        case RunPaused(reason=reason):
            return replace(state, phase="paused", pause_reason=reason)
        case RunContinued():
            testing = state.stage is not None and state.stage.stage == "evaluate"
            return replace(state, phase="evaluating" if testing else "training", pause_reason="")
        case _:
            return replace(state, phase=event.result.status, result=event.result, seen=(), preview=())
