"""Everything needed to resume a run exactly where it stopped.

Random states are not among it: `trainer.training.data.seeds` derives them from the seed, the epoch and the batch.
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
from trainer.core.text import text
from trainer.files.atomic import write_atomically

FORMAT = 2  # 1, of CatDog 0.1, is read too


@dataclass(kw_only=True)
class TrainingState:
    """How far a run is: the epoch at hand with its sums so far, and the epochs done."""

    epoch: int = 1
    batch: int = 0
    """Batches done of this epoch."""
    loss_sum: float = 0.0
    """Of plain cross-entropies in nats, comparable with the validation loss; mixed photos are not among them."""
    loss_photos: int = 0
    """Photos in that sum."""
    objective_sum: float = 0.0
    """Of what the optimiser minimised: with label smoothing, class weights and mixed photos."""
    correct: int = 0
    seen: int = 0
    seconds: float = 0.0
    run_seconds: float = 0.0
    """That the whole run took, from its start on, without pauses."""
    history: list[EpochMetrics] = field(default_factory=list)
    advised: list[str] = field(default_factory=list)
    """Kinds of advice given, so that none is given twice."""
    in_float32: bool = False
    """Whether a loss overflowed in bfloat16, so that the run goes on in float32."""

    @property
    def best(self) -> EpochMetrics | None:
        """The epoch of lowest validation loss, the earlier one of equals."""
        return min(self.history, key=lambda row: row.val_loss, default=None)

    def close_epoch(self, metrics: EpochMetrics) -> None:
        """Add an epoch's metrics and begin the next one."""
        self.history.append(metrics)
        self.epoch += 1
        self.batch, self.correct, self.seen, self.seconds = 0, 0, 0, 0.0
        self.loss_sum, self.loss_photos, self.objective_sum = 0.0, 0, 0.0

    @property
    def objective(self) -> float:
        """Mean of what the optimiser minimised, so far in this epoch."""
        return self.objective_sum / self.seen

    @property
    def loss(self) -> float:
        """Mean plain cross-entropy so far in this epoch; the objective where all photos were mixed."""
        return self.loss_sum / self.loss_photos if self.loss_photos else self.objective


def save(
    path: Path,
    network: nn.Module,
    ema: nn.Module | None,
    optimiser: torch.optim.Optimizer,
    progress: TrainingState,
) -> None:
    """Write a checkpoint, whole or not at all. Raises DiskError."""
    content = {
        "format": FORMAT,
        "network": network.state_dict(),
        "ema": ema.state_dict() if ema else None,
        "optimiser": optimiser.state_dict(),
        "progress": {**asdict(progress), "history": [msgspec.to_builtins(row) for row in progress.history]},
    }
    buffer = io.BytesIO()  # torch.save would disguise a full disk as an error of its own
    torch.save(content, buffer)
    write_atomically(path, buffer.getvalue())


def load(path: Path, network: nn.Module, ema: nn.Module | None, optimiser: torch.optim.Optimizer) -> TrainingState:
    """Put a checkpoint's state into network, moving average and optimiser, and return how far the run was.

    Raises CheckpointError where the file is damaged or of another kind. No code in it is run.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a file that is refused anyway
            content = torch.load(path, map_location="cpu", weights_only=True)
        is_newer = content["format"] > FORMAT
        if not is_newer:
            _accept_format_1(content)
            progress = _progress(content["progress"])
            network.load_state_dict(content["network"])
            if ema:
                ema.load_state_dict(content["ema"])
            optimiser.load_state_dict(content["optimiser"])
    except Exception as error:  # whatever torch's reader, or a dictionary of another shape, raises
        raise CheckpointError(
            text("The checkpoint {path} is damaged or not CatDog's.", path=str(path)),
            remedy=text("Start a new run."),
            path=path,
        ) from error
    if is_newer:
        what = text("{path} was saved by a newer CatDog.", path=str(path))
        raise CheckpointError(what, remedy=text("Update CatDog."), path=path)
    return progress


def _progress(values: dict[str, Any]) -> TrainingState:
    history = msgspec.convert(values["history"], list[EpochMetrics])
    return TrainingState(**{**values, "history": history})


def _accept_format_1(content: dict[str, Any]) -> None:
    """Rename what CatDog 0.1 saved to today's names. Networks rename their own weights when they load them."""
    if content["format"] > 1:
        return
    content["ema"] = content.pop("average")
    for group in content["optimiser"]["param_groups"]:
        if "pace" in group:
            group["lr_scale"] = group.pop("pace")
    state = content["progress"]
    # There was one sum, of the objective. It also stands in for the plain loss until the epoch ends.
    state.update(loss_photos=state["seen"], objective_sum=state["loss_sum"])
