"""What a run tells the world while it goes on: frozen records of plain numbers and paths, one JSON line each.

Every run emits exactly one terminal event, the last: `RunCompleted`, `RunStopped` or `RunFailed`.
"""

from typing import Literal

import msgspec

from trainer.core.results import EpochMetrics, RunResult
from trainer.core.text import plain, text

Stage = Literal["scan", "download", "decode", "evaluate"]
AdviceKind = Literal["overfitting", "not learning", "too few photos", "unequal classes", "weak model"]


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag=True):
    """The base of all events."""


class StageProgressed(Event, frozen=True, kw_only=True, tag=True):
    """Work on many photos before or after the training itself."""

    stage: Stage
    done: int
    total: int


class PhotoSeen(Event, frozen=True, kw_only=True, tag=True):
    """A photo that a frozen backbone has just looked at: of many, a few each second."""

    path: str
    class_index: int
    thumbnail: bytes
    """A JPEG file whose longer side is at most 96 pixels."""


class PreviewScored(Event, frozen=True, kw_only=True, tag=True):
    """How well a first head does that learns from what a frozen backbone has seen so far. The run does not keep it."""

    done: int
    """Photos looked at, for training and validation."""
    total: int
    photos: int
    """Validation photos among them, which loss and accuracy are of."""
    loss: float
    accuracy: float


class Noted(Event, frozen=True, kw_only=True, tag=True):
    """A plain sentence that the user may want to know, such as that some photos were left out."""

    text: str


class RunStarted(Event, frozen=True, kw_only=True, tag=True):
    """The data is ready and training begins (or goes on)."""

    run_folder: str
    recipe: str
    classes: tuple[str, str]
    photos: dict[str, dict[str, int]]
    """Photos per split and class name."""
    epochs: int
    batches: int
    """Batches in an epoch."""
    parameters: int
    """All of the network's weights."""
    trainable_parameters: int | None = None
    """Those that learn; None in logs of CatDog 0.1, whose `parameters` were these."""
    device: str
    threads: int
    augmented: bool = False
    """Whether training photos are varied in more ways than by mirroring: a backbone then sees them in every epoch."""
    history: tuple[EpochMetrics, ...] = ()
    """The epochs done before, where the run was resumed."""


class BatchFinished(Event, frozen=True, kw_only=True, tag=True):
    """One step of the optimiser. Loss (as `EpochMetrics.train_loss`) and accuracy are means of the epoch so far."""

    epoch: int
    batch: int
    batches: int
    loss: float
    accuracy: float
    photos_per_second: float
    seconds_left: float
    """Estimate to the end of the last epoch; of a run with a time budget, to its very end."""


class EpochsPlanned(Event, frozen=True, kw_only=True, tag=True):
    """How much fits into the run's time budget. Comes again when that is corrected, and when such a run goes on."""

    epochs: int
    """The last may be a part of one."""
    steps: int
    """Batches of all of them."""
    seconds: float
    """Estimate of the whole run's length, from its start to its end."""
    seconds_left: float
    """Estimate of what is left of it."""


class EpochFinished(Event, frozen=True, kw_only=True, tag=True):
    """One pass over the training photos, validated."""

    metrics: EpochMetrics
    is_best: bool


class AdviceGiven(Event, frozen=True, kw_only=True, tag=True):
    """Something to know about how the training goes, and what to try. Each kind comes once a run."""

    kind: AdviceKind
    text: str
    remedy: str


class CheckpointSaved(Event, frozen=True, kw_only=True, tag=True):
    """From here the run can be resumed."""

    epoch: int
    batch: int
    """Batches done of that epoch; 0 is its beginning."""
    file: str = ""
    """Its name in the run's folder; empty in logs of former versions, as is its checksum."""
    sha256: str = ""


class RunPaused(Event, frozen=True, kw_only=True, tag=True):
    """The run waits."""

    reason: str = ""
    """What keeps it from going on and what to do, where it waits for more than a word of the user."""


class RunContinued(Event, frozen=True, kw_only=True, tag=True):
    """The run goes on after a pause."""


class RunCompleted(Event, frozen=True, kw_only=True, tag=True):
    """Terminal: all epochs done, or patience ended it."""

    result: RunResult


class RunStopped(Event, frozen=True, kw_only=True, tag=True):
    """Terminal: the user stopped it; the best epoch so far is kept."""

    result: RunResult


class RunFailed(Event, frozen=True, kw_only=True, tag=True):
    """Terminal: an error ended it; the result names it and what was kept."""

    result: RunResult


TERMINAL = (RunCompleted, RunStopped, RunFailed)
PASSING = (StageProgressed, PhotoSeen, PreviewScored)
"""What is only worth watching while it happens: a run's log does without."""
AnyEvent = (
    StageProgressed
    | PhotoSeen
    | PreviewScored
    | Noted
    | RunStarted
    | EpochsPlanned
    | BatchFinished
    | EpochFinished
    | AdviceGiven
    | CheckpointSaved
    | RunPaused
    | RunContinued
    | RunCompleted
    | RunStopped
    | RunFailed
)

_DECODER: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def to_line(event: AnyEvent) -> str:
    """Return the event as one line of JSON, without the line's end."""
    return msgspec.json.encode(event, enc_hook=plain).decode()


def from_line(line: str | bytes) -> AnyEvent:
    """Read one line of `events.jsonl`. Raises msgspec.ValidationError or DecodeError for anything else."""
    try:
        return _DECODER.decode(line)
    except RecursionError as error:
        raise msgspec.DecodeError(text("it is nested too deeply")) from error


def terminal(result: RunResult) -> RunCompleted | RunStopped | RunFailed:
    """Return the terminal event that a result's status calls for."""
    match result.status:
        case "completed":
            return RunCompleted(result=result)
        case "stopped":
            return RunStopped(result=result)
        case "failed":
            return RunFailed(result=result)
