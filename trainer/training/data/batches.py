"""Batches of photos in an order that only the seed and the epoch decide, each in shards.

A batch is the same shards whatever the machine: what a shard holds, and how its photos are augmented, depends on seed,
epoch and batch alone. Each is made, and computed, as a whole by one thread of torch, so that its numbers are the same
whoever does it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import torch

from trainer.core.config import TrainConfig
from trainer.core.schedule import image_size_at
from trainer.hardware.parallel import CHUNK
from trainer.training.data import seeds
from trainer.training.data.augment import draw
from trainer.training.data.mixup import mixes
from trainer.training.data.split_data import Batch, SplitData

Wanted = Callable[[int], Sequence[int]]
"""Which shards a process makes, by the number of a batch's shards, in order."""


def batch_count(data: SplitData, config: TrainConfig) -> int:
    """Return how many batches an epoch has; the last one may be smaller."""
    return -(-len(data) // config.batch_size)


class ShardedBatch(NamedTuple):
    """The photos of one step, in shards."""

    shards: Mapping[int, Batch]
    """By their number, in order: those that this process makes."""
    of: int
    """The shards of the whole batch."""
    photos: int
    """The photos of the whole batch."""


class BatchPlan(NamedTuple):
    """A batch that is not made yet."""

    number: int
    """In its epoch, from 0 on."""
    shards: Mapping[int, Callable[[], Batch]]
    """What makes each shard that this process needs, to be called in any thread with one thread of torch."""
    of: int
    photos: int


def shard_sizes(photos: int, config: TrainConfig, shards: int) -> list[int]:
    """Return how many photos each shard of a batch has: as many as the others, or one more.

    A batch that is not full, the last one, has fewer shards instead of smaller ones.
    """
    count = -(-photos // -(-config.batch_size // shards))
    return [photos // count + (number < photos % count) for number in range(count)]


def training_batches(
    data: SplitData, config: TrainConfig, epoch: int, *, shards: int, start: int = 0, wanted: Wanted = range
) -> Iterator[BatchPlan]:
    """Yield plans for an epoch's batches, shuffled and augmented, from batch `start` on.

    `wanted` says for a number of shards which of them are to be made; for a batch that is mixed, all of them are.
    """
    order = torch.randperm(len(data), generator=seeds.generator(config.seed, "order", epoch))
    params = draw(len(data), seed=config.seed, epoch=epoch)
    size = image_size_at(config, epoch)

    def make(indices: torch.Tensor) -> Batch:
        return data.batch(indices, data.augmented_inputs(indices, params[indices], config.augment, size))

    for number, indices in enumerate(order.split(config.batch_size)):
        if number >= start:
            parts = indices.split(shard_sizes(len(indices), config, shards))
            chosen = range(len(parts)) if mixes(config, epoch, number) else wanted(len(parts))
            yield BatchPlan(number, {shard: partial(make, parts[shard]) for shard in chosen}, len(parts), len(indices))


def evaluation_chunks(data: SplitData) -> Iterator[torch.Tensor]:
    """Yield the indices of a split's photos in path order, int64 [N], as many as a network looks at together."""
    yield from torch.arange(len(data)).split(CHUNK)
