"""Everything needed to go on exactly where a run stopped.

Random numbers need no place here: `trainer.training.seeds` derives them from the seed, the epoch and the batch.
"""

import io
import warnings
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch import nn

from trainer.core.errors import CheckpointError
from trainer.core.results import EpochMetrics
from trainer.files.files import write_whole

FORMAT = 1


@dataclass(kw_only=True)
class Progress:
    """How far a run is: the epoch at hand with its sums so far, and the epochs done."""

    epoch: int = 1
    batch: int = 0
    """Batches done of this epoch."""
    loss_sum: float = 0.0
    correct: int = 0
    seen: int = 0
    seconds: float = 0.0
    history: list[EpochMetrics] = field(default_factory=list)
    advised: list[str] = field(default_factory=list)
    """Kinds of advice given, so that none is given twice."""

    @property
    def best(self) -> EpochMetrics | None:
        """The epoch of lowest validation loss, the earlier one of equals."""
        return min(self.history, key=lambda row: row.val_loss, default=None)

    def close_epoch(self, metrics: EpochMetrics) -> None:
        """Add an epoch's metrics and begin the next one."""
        self.history.append(metrics)
        self.epoch += 1
        self.batch, self.loss_sum, self.correct, self.seen, self.seconds = 0, 0.0, 0, 0, 0.0


def save(
    path: Path,
    network: nn.Module,
    average: nn.Module | None,
    optimiser: torch.optim.Optimizer,
    progress: Progress,
) -> None:
    """Write a checkpoint, whole or not at all. Raises DiskError."""
    content = {
        "format": FORMAT,
        "network": network.state_dict(),
        "average": average.state_dict() if average else None,
        "optimiser": optimiser.state_dict(),
        "progress": {**asdict(progress), "history": [msgspec.to_builtins(row) for row in progress.history]},
    }
    buffer = io.BytesIO()  # torch.save would disguise a full disk as an error of its own
    torch.save(content, buffer)
    write_whole(path, buffer.getvalue())


def load(path: Path, network: nn.Module, average: nn.Module | None, optimiser: torch.optim.Optimizer) -> Progress:
    """Put a checkpoint's state into network, average and optimiser, and return how far the run was.

    Raises CheckpointError where the file is damaged or of another kind. No code in it is run.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what may be odd in a file that is refused right after
            content = torch.load(path, map_location="cpu", weights_only=True)
        is_newer = content["format"] > FORMAT
        if not is_newer:
            progress = _progress(content["progress"])
            network.load_state_dict(content["network"])
            if average:
                average.load_state_dict(content["average"])
            optimiser.load_state_dict(content["optimiser"])
    except Exception as error:  # whatever torch's reader, or a dictionary of another shape, has to say
        raise CheckpointError(
            f"The checkpoint {path} is damaged or not CatDog's.", remedy="Start a new run.", path=path
        ) from error
    if is_newer:
        raise CheckpointError(f"{path} was saved by a newer CatDog.", remedy="Update CatDog.", path=path)
    return progress


def _progress(values: dict[str, Any]) -> Progress:
    history = msgspec.convert(values["history"], list[EpochMetrics])
    return Progress(**{**values, "history": history})
