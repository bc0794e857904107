"""Where a run goes on: the newest of its two checkpoints that is whole, or its first step."""

from pathlib import Path
from typing import NamedTuple

from trainer.core.errors import CheckpointError
from trainer.core.events import CheckpointSaved
from trainer.core.text import Text, join, text
from trainer.storage.event_log import last_event
from trainer.storage.run_folder import RunFolder
from trainer.training import checkpoint
from trainer.training.checkpoint import Checkpoint, Expected, NewerCheckpointError


class Found(NamedTuple):
    """Where a run goes on."""

    checkpoint: Checkpoint | None = None
    """None where it begins with its first step."""
    path: Path | None = None
    note: Text | None = None
    """What the user should know of it."""


def find_checkpoint(folder: RunFolder, expected: Expected, *, has_model: bool) -> Found:
    """Return where a run goes on: both checkpoints lead to the same numbers, the older one to more work.

    Without any, it begins again, from the same seed and so to the same numbers, unless it has a model that would be
    lost. Without a whole model, the older one is chosen if only that has the weights of the best epoch so far.
    Raises CheckpointError where it cannot go on.
    """
    problems: list[CheckpointError] = []
    without_best: Found | None = None
    for path in (folder.checkpoint, folder.previous_checkpoint):
        try:
            found = checkpoint.read(path, expected)
        except FileNotFoundError:
            continue
        except NewerCheckpointError:
            raise
        except CheckpointError as error:
            problems.append(error)
        else:
            if has_model or not found.progress.history or found.progress.is_at_its_best:
                note = None if without_best else _older(folder, found, path, problems)
                return Found(found, path, note)
            without_best = without_best or Found(found, path, _older(folder, found, path, problems))
    if without_best is not None:
        return without_best
    if not folder.has_more_than_one_epoch():
        return Found(note=_begins_again(folder, problems))
    raise _none(folder, problems)


def _none(folder: RunFolder, problems: list[CheckpointError]) -> CheckpointError:
    """Return the error for a run without a checkpoint to go on from."""
    if problems:
        whats = join([problem.what for problem in problems])
        return CheckpointError(whats, remedy=problems[0].remedy, path=problems[0].path)
    what = text("Both checkpoints in {folder} are gone, so the run cannot go on.", folder=str(folder.path))
    remedy = text("Start a new run; the model that it made can still be used.")
    return CheckpointError(what, remedy=remedy, path=folder.checkpoint)


def _older(folder: RunFolder, found: Checkpoint, path: Path, problems: list[CheckpointError]) -> Text | None:
    """Return a sentence where a run does not go on from what it saved last."""
    place = {"epoch": found.progress.epoch, "batch": found.progress.batch}
    if problems:
        what = text("The run goes on from the checkpoint before it: epoch {epoch}, batch {batch}.", **place)
        return join([problems[0].what, what])
    saved = last_event(folder.events, CheckpointSaved)
    was_saved = saved.sha256 if isinstance(saved, CheckpointSaved) else ""
    if path == folder.checkpoint and was_saved in ("", found.sha256):
        return None
    if isinstance(saved, CheckpointSaved) and (saved.epoch, saved.batch) > (found.progress.epoch, found.progress.batch):
        return text(
            "The checkpoint that the run saved last is gone, so it goes on from an earlier one: epoch {epoch}, batch "
            "{batch}.",
            **place,
        )
    return None


def _begins_again(folder: RunFolder, problems: list[CheckpointError]) -> Text | None:
    if problems:
        return join([problems[0].what, text("The run begins again with its first step.")])
    if folder.events.exists():
        return text("The run has no checkpoint yet, so it begins again with its first step.")
    return None
