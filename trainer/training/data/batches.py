"""Batches of photos in an order that only the seed and the epoch decide."""

from collections.abc import Iterator

import torch

from trainer.core.config import TrainConfig
from trainer.core.schedule import image_size_at
from trainer.training.data import seeds
from trainer.training.data.augment import draw
from trainer.training.data.split_data import Batch, SplitData

# Photos a batch in evaluation: the usual batch size of training. A larger batch does not fit into the memory that
# training has freed (`trainer.hardware.memory`), and would take up to 300 MB more.
EVALUATION_BATCH = 32


def batch_count(data: SplitData, config: TrainConfig) -> int:
    """Return how many batches an epoch has; the last one may be smaller."""
    return -(-len(data) // config.batch_size)


def training_batches(data: SplitData, config: TrainConfig, epoch: int, *, start: int = 0) -> Iterator[Batch]:
    """Yield an epoch's batches, shuffled and augmented, from batch `start` on."""
    order = torch.randperm(len(data), generator=seeds.generator(config.seed, "order", epoch))
    params = draw(len(data), seed=config.seed, epoch=epoch)
    size = image_size_at(config, epoch)
    for indices in order.split(config.batch_size)[start:]:
        yield data.batch(indices, data.augmented_inputs(indices, params[indices], config.augment, size))


def evaluation_batches(data: SplitData) -> Iterator[Batch]:
    """Yield a split's batches in path order, never augmented."""
    for indices in torch.arange(len(data)).split(EVALUATION_BATCH):
        yield data.batch(indices, data.inputs(indices))
