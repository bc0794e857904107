"""Shards: a run ends with the same numbers, bit for bit, however many threads compute it."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.training.run_numbers import assert_equal_runs
from trainer import models
from trainer.core.config import TrainConfig
from trainer.core.events import AnyEvent, RunStarted
from trainer.core.recipes import recipe
from trainer.core.results import RunResult
from trainer.files.paths import cache_folder
from trainer.hardware.parallel import one_thread
from trainer.models.network import Network
from trainer.models.shard_layers import ShardBatchNorm2d, ShardDropout, shard_pass
from trainer.training.data.batches import shard_sizes
from trainer.training.loop import train
from trainer.training.low_precision import LowPrecisionCopy

# Small enough for a test, and with all that a recipe has: batch norm, dropout, mixing, averages, growing images.
SMALL: dict[str, dict[str, Any]] = {
    "classic": {"image_size": 48, "mixup": 0.5, "ema_decay": 0.9},
    "compact": {"image_size": 64, "first_size": 48, "last_size": 64, "class_weighting": "balanced"},
    "transfer": {"image_size": 48},
    "transfer, tuned": {"image_size": 48, "tuned_stages": 2},
    "transfer, augmented": {"image_size": 48, "augment": {"rotation": 10.0}, "mixup": 0.5},
}


def run(drawings: Path, home: Path, name: str, **given: Any) -> tuple[RunResult, list[AnyEvent]]:
    """Train by the recipe, with nothing left from runs before."""
    shutil.rmtree(cache_folder(), ignore_errors=True)
    events: list[AnyEvent] = []
    usual = {"epochs": 1, "batch_size": 24, "precision": "bfloat16"}
    config = recipe(name.partition(",")[0]).config(str(drawings), **{**usual, **SMALL[name], **given})
    result = train(config, out=home, emit=events.append)
    assert result.error is None
    return result, events


@pytest.mark.parametrize(
    "name", [name if name == "classic" else pytest.param(name, marks=pytest.mark.slow) for name in SMALL]
)
def test_one_two_and_three_threads_arrive_at_the_same_bits(drawings: Path, tmp_path: Path, name: str) -> None:
    alone, _ = run(drawings, tmp_path, name, threads=1)
    for threads in (2, 3):
        together, events = run(drawings, tmp_path, name, threads=threads)
        assert [event.threads for event in events if isinstance(event, RunStarted)] == [threads]
        assert_equal_runs(together, alone)


@pytest.mark.parametrize(
    ("photos", "sizes"), [(32, [8, 8, 8, 8]), (31, [8, 8, 8, 7]), (17, [6, 6, 5]), (9, [5, 4]), (5, [5]), (1, [1])]
)
def test_the_last_batch_has_fewer_shards_and_no_smaller_ones(photos: int, sizes: list[int]) -> None:
    assert shard_sizes(photos, TrainConfig(dataset="x", batch_size=32), 4) == sizes
    assert shard_sizes(photos, TrainConfig(dataset="x", batch_size=32), 1) == [photos]


def test_dropout_draws_from_the_shard_and_nothing_else() -> None:
    dropout, inputs = ShardDropout(0.25), torch.rand(8, 40)

    def drawn(seed: int) -> torch.Tensor:
        torch.rand(3)  # somebody else draws meanwhile
        with shard_pass(torch.Generator().manual_seed(seed)):
            found: torch.Tensor = dropout(inputs)
        return found

    assert torch.equal(drawn(1), drawn(1))
    assert not torch.equal(drawn(1), drawn(2))
    kept = drawn(1) != 0
    torch.testing.assert_close(drawn(1)[kept], inputs[kept] / 0.75)
    torch.manual_seed(1)
    expected = torch.nn.functional.dropout(inputs, 0.25)
    assert torch.equal(drawn(1), expected)  # as runs of former versions, whose batches were of one shard
    assert torch.equal(dropout.eval()(inputs), inputs)


def test_a_batch_norm_of_one_shard_is_torch_s_and_more_shards_are_merged() -> None:
    ours, theirs = ShardBatchNorm2d(3), torch.nn.BatchNorm2d(3)
    images = torch.randn(8, 3, 5, 5) * 2 + 1

    def passed(some: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        with shard_pass(torch.Generator()) as shard:
            return ours(some), *shard.statistics[ours]

    found, mean, variance = passed(images)
    assert torch.equal(ours.running_mean, torch.zeros(3))  # the network itself is not changed
    ours.merge(mean[None], variance[None], torch.ones(1, 1))
    torch.testing.assert_close(found, theirs(images), rtol=0, atol=0)
    torch.testing.assert_close(ours.state_dict(), theirs.state_dict())

    parts = [passed(some) for some in images.split((6, 2))]
    means, variances = (torch.stack([part[place] for part in parts]) for place in (1, 2))
    ours.load_state_dict(torch.nn.BatchNorm2d(3).state_dict())
    ours.merge(means, variances, torch.tensor([[0.75], [0.25]]))
    torch.testing.assert_close(ours.running_mean, 0.1 * images.mean(dim=(0, 2, 3)))
    assert ours.num_batches_tracked == 1
    torch.testing.assert_close(ours.running_var, 0.9 + 0.1 * (0.75 * variances[0] + 0.25 * variances[1]))


@pytest.mark.parametrize("name", ["classic", "compact"])
def test_weights_made_once_a_step_give_the_bits_of_autocast(name: str) -> None:
    torch.manual_seed(0)
    network = models.build(name, image_size=64, dropout=0.5).train()
    low = LowPrecisionCopy(network)
    images, learning = torch.rand(4, 3, 64, 64), list(network.parameters())

    def gradients(of: Network) -> list[torch.Tensor]:
        with shard_pass(torch.Generator().manual_seed(1)), torch.autocast("cpu", torch.bfloat16):
            logits = of.forward_trainable(images).float()
        return [one.float() for one in torch.autograd.grad(logits.square().sum(), list(of.parameters()))]

    with one_thread():
        for _ in range(2):
            usual = gradients(network)
            assert all(torch.equal(ours, theirs) for ours, theirs in zip(gradients(low.network), usual, strict=True))
            with torch.no_grad():
                for weight, gradient in zip(learning, usual, strict=True):
                    weight.sub_(gradient, alpha=0.01)
            low.follow()
