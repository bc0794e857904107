"""The runs that were made on this computer, as far as their folders can still be read."""

from pathlib import Path
from typing import Literal

import msgspec

from trainer.core.config import TrainConfig
from trainer.core.errors import CheckpointError
from trainer.core.events import TERMINAL
from trainer.core.results import Evaluation, RunStatus
from trainer.files.paths import runs_folder
from trainer.storage.event_log import last_event
from trainer.storage.run_folder import RunFolder


class RunSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One run as its folder tells it."""

    folder: Path
    config: TrainConfig
    created: str
    status: RunStatus | Literal["running", "interrupted"]
    """"running" where it goes on right now, "interrupted" where it was killed."""
    model: Path | None
    """The best epoch's model, if there is one yet."""
    resumable: bool
    evaluation: Evaluation | None


def list_runs(parent: Path | None = None) -> list[RunSummary]:
    """Return the runs in a folder (by default the user's), the newest first; what is no run is passed over."""
    parent = parent or runs_folder()
    try:
        folders = [path for path in parent.iterdir() if path.is_dir()]
    except OSError:  # none was made yet, or it cannot be looked into
        return []
    found = (summarise(path) for path in folders)
    return sorted((run for run in found if run is not None), key=lambda run: run.created, reverse=True)


def summarise(path: Path) -> RunSummary | None:
    """Return what a run's folder tells, or None where it is no run or damaged."""
    folder = RunFolder(path)
    try:
        record = folder.read_record()
        evaluation = folder.read_evaluation()
    except CheckpointError:
        return None
    last = last_event(folder.events)
    status = last.result.status if isinstance(last, TERMINAL) else _without_an_end(folder)
    return RunSummary(
        folder=path,
        config=record.config,
        created=record.created,
        status=status,
        model=folder.model if folder.model.is_file() else None,
        resumable=folder.checkpoint.is_file() and status not in {"completed", "running"},
        evaluation=evaluation,
    )


def _without_an_end(folder: RunFolder) -> Literal["running", "interrupted"]:
    try:
        with folder.locked(patience=0):
            return "interrupted"
    except CheckpointError:
        return "running"
