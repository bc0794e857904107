"""Batches of photos as tensors, in an order that only the seed and the epoch decide."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch

from trainer import seeds
from trainer.augment import augment, draw
from trainer.config import TrainConfig
from trainer.dataset.cache import Pixels
from trainer.dataset.records import Dataset, Photo, SplitName

# Photos a batch where nothing is learnt: large enough to keep the processor busy, small enough for its memory.
EVALUATION_BATCH = 64


class Batch(NamedTuple):
    """Photos with what is known of them."""

    images: torch.Tensor
    """Float32 [N, 3, S, S] in [0, 1], in channels-last order in memory, as the pixels were stored."""
    classes: torch.Tensor
    """Float32 [N]: 0 for the negative class, 1 for the positive one."""
    weights: torch.Tensor
    """Float32 [N]: how much each photo counts."""


class SplitData:
    """One split: its photos' pixels, classes and weights."""

    def __init__(self, pixels: Pixels, indices: Sequence[int], photos: Sequence[Photo], device: torch.device) -> None:
        self._pixels = pixels
        self._indices = np.asarray(indices, dtype=np.int64)
        self.device = device
        self.photos = photos
        self.classes = torch.tensor([photo.class_index for photo in photos], dtype=torch.float32, device=device)
        self.weights = torch.ones_like(self.classes)

    def __len__(self) -> int:
        return len(self.photos)

    def batch(self, places: torch.Tensor) -> Batch:
        """Return the photos at these places of the split, int64 [N]."""
        images = to_images(self._pixels.batch(self._indices[places.numpy()]), self.device)
        places = places.to(self.device)
        return Batch(images, self.classes[places], self.weights[places])

    def balance(self) -> None:
        """Let both classes count the same: each photo counts n / (2 * photos of its class), on average 1."""
        counts = torch.stack([(self.classes == 0).sum(), (self.classes == 1).sum()])
        self.weights = len(self) / (2 * counts[self.classes.long()])


def to_images(pixels: np.ndarray, device: torch.device) -> torch.Tensor:
    """Return uint8 [N, S, S, 3] pixels as float32 [N, 3, S, S] in [0, 1]."""
    return torch.from_numpy(pixels).to(device).permute(0, 3, 1, 2).float().div_(255)


def split_data(dataset: Dataset, pixels: Pixels, split: SplitName, device: torch.device) -> SplitData:
    """Return one split of a dataset whose photos all have their pixels in `pixels`, in the same order."""
    chosen = [(index, photo) for index, photo in enumerate(dataset.photos) if photo.split == split]
    return SplitData(pixels, [index for index, _ in chosen], [photo for _, photo in chosen], device)


def batch_count(data: SplitData, config: TrainConfig) -> int:
    """Return how many batches an epoch has; the last one may be smaller."""
    return -(-len(data) // config.batch_size)


def training_batches(data: SplitData, config: TrainConfig, epoch: int, *, start: int = 0) -> Iterator[Batch]:
    """Yield an epoch's batches, shuffled and augmented, from batch `start` on."""
    order = torch.randperm(len(data), generator=seeds.generator(config.seed, "order", epoch))
    numbers = draw(len(data), seed=config.seed, epoch=epoch)
    for places in order.split(config.batch_size)[start:]:
        batch = data.batch(places)
        yield batch._replace(images=augment(batch.images, numbers[places].to(batch.images.device), config.augment))


def evaluation_batches(data: SplitData) -> Iterator[Batch]:
    """Yield a split's batches in path order, never augmented."""
    for places in torch.arange(len(data)).split(EVALUATION_BATCH):
        yield data.batch(places)
