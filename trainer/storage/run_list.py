"""The runs that were made on this computer, as far as their folders can still be read."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from trainer.core.config import TrainConfig
from trainer.core.errors import CheckpointError
from trainer.core.events import TERMINAL
from trainer.core.results import Evaluation, RunStatus
from trainer.files.paths import runs_folder
from trainer.storage.event_log import last_event
from trainer.storage.run_folder import RunFolder, RunInUseError


class RunSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One run as its folder tells it."""

    folder: Path
    config: TrainConfig
    created: str
    status: RunStatus | Literal["running", "interrupted"]
    """How the run ended; where it has no end, "running" if a process works on it now, else "interrupted"."""
    model: Path | None
    """The best epoch's model, if there is one yet."""
    epochs: int = 0
    """How many epochs it has done, of `config.epochs`."""
    resumable: bool
    """It is neither complete nor running, can go on or begin again, and its folder can be written to."""
    saved: bool = True
    """It has a checkpoint: without one, it goes on by beginning again."""
    extendable: bool = False
    """It is complete, and can be trained for more epochs."""
    evaluation: Evaluation | None


def list_runs(parent: Path | None = None) -> list[RunSummary]:
    """Return the runs in a folder (by default the user's), the newest first; other folders are skipped."""
    parent = parent or runs_folder()
    try:
        folders = [path for path in parent.iterdir() if path.is_dir()]
    except OSError:  # none was made yet, or the folder cannot be read
        return []
    found = (summarise(path) for path in folders)
    return sorted((run for run in found if run is not None), key=lambda run: run.created, reverse=True)


def summarise(path: Path) -> RunSummary | None:
    """Return what a run's folder tells, or None where it is not a run or is damaged."""
    try:
        return read_summary(path)
    except CheckpointError:
        return None


def read_summary(path: Path, *, strict: bool = False) -> RunSummary:
    """Return what a run's folder tells. Raises CheckpointError where it is not a run or is damaged.

    Without its log a run counts as interrupted; where that cannot be read and `strict` is set, raises DiskError.
    """
    folder = RunFolder(path)
    record = folder.read_record()
    evaluation = folder.read_evaluation()
    last = last_event(folder.events, strict=strict)
    ended = last.result.status if isinstance(last, TERMINAL) else None
    lock = _try_lock(folder)
    status = ended or ("running" if lock == "held" else "interrupted")
    return RunSummary(
        folder=path,
        config=record.config,
        created=record.created,
        status=status,
        model=folder.model if folder.model.is_file() else None,
        epochs=(len(last.result.history) if isinstance(last, TERMINAL) else 0) or folder.epochs_done(),
        resumable=status not in {"completed", "running"}
        and lock != "refused"
        and (folder.has_checkpoint or (record.has_begun and _may_begin_again(folder, status))),
        saved=folder.has_checkpoint,
        extendable=status == "completed" and lock == "free" and folder.has_checkpoint,
        evaluation=evaluation,
    )


def _may_begin_again(folder: RunFolder, status: str) -> bool:
    """Whether a run without a checkpoint was cut off, or failed after an epoch: others would fail in the same way."""
    return (status == "interrupted" or folder.model.is_file()) and not folder.has_more_than_one_epoch()


def _try_lock(folder: RunFolder) -> Literal["free", "held", "refused"]:
    """Return whether another process holds the run's lock; "refused" where the folder cannot be written to.

    To look does not make the lock's file: a run that is being deleted meanwhile must not get a new one.
    """
    if not folder.lock.exists():
        effective = os.access in os.supports_effective_ids
        return "free" if os.access(folder.path, os.W_OK, effective_ids=effective) else "refused"
    try:
        with folder.locked(patience=0):
            pass
    except RunInUseError:
        return "held"
    except CheckpointError:
        return "refused"
    if not folder.config.exists():  # deleted between the two, and the lock's library made folder and file again
        with suppress(OSError):
            folder.lock.unlink()
            folder.path.rmdir()
    return "free"
