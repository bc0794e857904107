"""What of a run can be compared with another run."""

from collections.abc import Callable

import safetensors.torch
import torch

from trainer.core.config import TrainConfig
from trainer.core.results import RunResult

Config = Callable[..., TrainConfig]


def numbers(result: RunResult) -> list[tuple[float, ...]]:
    """Return a run's numbers but the times, which differ from run to run."""
    return [(row.train_loss, row.train_accuracy, row.val_loss, row.val_accuracy) for row in result.history]


def weights(result: RunResult) -> dict[str, torch.Tensor]:
    assert result.model is not None
    return safetensors.torch.load_file(result.model)


def assert_equal_runs(one: RunResult, other: RunResult) -> None:
    assert numbers(one) == numbers(other)
    assert one.best_epoch == other.best_epoch
    assert one.evaluation == other.evaluation
    assert all(torch.equal(tensor, weights(other)[name]) for name, tensor in weights(one).items())
