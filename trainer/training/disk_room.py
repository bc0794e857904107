"""The room that a run takes on its disk: looked at before the first batch, and named where the disk is full."""

import errno
import math
import shutil
from collections.abc import Callable
from typing import NamedTuple, Self

import torch
from torch import nn

from trainer.core.errors import DiskError
from trainer.core.text import Text, join, text
from trainer.storage.run_folder import RunFolder
from trainer.training.checkpoint import REMEMBERED

_MB = 1_000_000
# Records, tables, the report, and the training photos beside the model.
_OTHERS = 30 * _MB
_FULL = {errno.ENOSPC, errno.EDQUOT}


class Room(NamedTuple):
    """Bytes of a run's large files."""

    checkpoint: int
    model: int

    @classmethod
    def of(cls, network: nn.Module, ema: nn.Module | None, optimiser: torch.optim.Optimizer) -> Self:
        """Return what those of this network take."""
        weights = sum(tensor.nbytes for tensor in network.state_dict().values())
        learning = sum(parameter.nbytes for group in optimiser.param_groups for parameter in group["params"])
        remembered = learning * len(REMEMBERED[type(optimiser)] - {"step"})
        return cls(checkpoint=weights * (2 if ema else 1) + remembered, model=weights)

    def least(self, folder: RunFolder) -> int:
        """Return what the run needs in addition to what it has, to get anywhere."""
        return self.checkpoint + (0 if folder.model.is_file() else self.model)

    def most(self, folder: RunFolder) -> int:
        """Return what it takes at most in addition: each new file is there before the one that it replaces is gone."""
        checkpoints = sum(file.is_file() for file in (folder.checkpoint, folder.previous_checkpoint))
        return (3 - checkpoints) * self.checkpoint + (2 - folder.model.is_file()) * self.model + _OTHERS


def check_room(folder: RunFolder, room: Room, note: Callable[[Text], None]) -> None:
    """Say that the disk may become too full for a run. Raises DiskError where not even its first files fit."""
    free = _free(folder)
    least, most = room.least(folder), room.most(folder)
    if free < least:
        raise DiskError(
            text(
                "The disk with {folder} has {free:,.0f} MB left, and the run needs {least:,.0f} MB.",
                folder=str(folder.path),
                free=free / _MB,
                least=math.ceil(least / _MB),
            ),
            remedy=text("Free some space on it, or choose another folder for runs."),
            path=folder.path,
        )
    if free < most:
        note(
            text(
                "The disk with {folder} has {free:,.0f} MB left, and the run may need {most:,.0f} MB. Free some space.",
                folder=str(folder.path),
                free=free / _MB,
                most=math.ceil(most / _MB),
            )
        )


def what_to_do(error: DiskError, folder: RunFolder, room: Room) -> Text:
    """Return what keeps a run waiting, and what the user can do."""
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.errno in _FULL:
        missing = max(room.least(folder) - _free(folder), _MB)
        return text("The disk is full: free {missing:,.0f} MB and go on.", missing=math.ceil(missing / _MB))
    return join([error.what, text("Mend this and go on, or stop: what was saved before is still there.")])


def folder_gone(folder: RunFolder) -> DiskError:
    """Return the error for a run whose folder was deleted or moved, or whose disk was taken away."""
    return DiskError(
        text("The run's folder {folder} is gone.", folder=str(folder.path)),
        remedy=text("Put it back and resume the run, or start a new one."),
        path=folder.path,
    )


def _free(folder: RunFolder) -> float:
    """Return the bytes that are free on the folder's disk; without an end where the system does not say."""
    try:
        return shutil.disk_usage(folder.path).free
    except OSError:
        return math.inf
