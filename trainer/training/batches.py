"""Batches of photos as tensors, in an order that only the seed and the epoch decide."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch

from trainer.core.config import AugmentConfig, TrainConfig
from trainer.dataset.pixels import Pixels
from trainer.dataset.records import Photo, SplitName
from trainer.hardware.devices import to_images
from trainer.training import seeds
from trainer.training.augment import augment, draw

# Photos a batch where nothing is learnt: as many as are learnt from together as a rule. What a larger batch takes does
# not fit the holes that training left in memory (`trainer.hardware.memory`), and came on top: 300 MB, in some runs.
EVALUATION_BATCH = 32


class Batch(NamedTuple):
    """Photos with what is known of them."""

    images: torch.Tensor
    """What the network learns from: as a rule float32 [N, 3, S, S] in [0, 1], in channels-last order in memory."""
    classes: torch.Tensor
    """Float32 [N]: 0 for the negative class, 1 for the positive one, in between where photos are blended."""
    weights: torch.Tensor
    """Float32 [N]: how much each photo counts."""


class SplitData(ABC):
    """One split: its photos' numbers, classes and weights."""

    def __init__(self, photos: Sequence[Photo], device: torch.device) -> None:
        self.device = device
        self.photos = photos
        self.classes = torch.tensor([photo.class_index for photo in photos], dtype=torch.float32, device=device)
        self.weights = torch.ones_like(self.classes)

    def __len__(self) -> int:
        return len(self.photos)

    @abstractmethod
    def images(self, places: torch.Tensor) -> torch.Tensor:
        """Return the photos at these places of the split, int64 [N], as they are."""

    @abstractmethod
    def varied(self, places: torch.Tensor, numbers: torch.Tensor, settings: AugmentConfig, size: int) -> torch.Tensor:
        """Return the same photos varied by their rows of `draw`, [N, 14]; images have side `size`."""

    def batch(self, places: torch.Tensor, images: torch.Tensor) -> Batch:
        """Return those images with the classes and weights of the photos at these places."""
        places = places.to(self.device)
        return Batch(images, self.classes[places], self.weights[places])

    def balance(self) -> None:
        """Let both classes count the same: each photo counts n / (2 * photos of its class), on average 1."""
        counts = torch.stack([(self.classes == 0).sum(), (self.classes == 1).sum()])
        self.weights = len(self) / (2 * counts[self.classes.long()])

    def sample(self, count: int, seed: int) -> "SplitData":
        """Return at most `count` of the photos, chosen by the seed, in path order."""
        if len(self) <= count:
            return self
        chosen = torch.randperm(len(self), generator=seeds.generator(seed, "sample"))[:count].sort().values
        return self.subset(chosen)

    @abstractmethod
    def subset(self, places: torch.Tensor) -> "SplitData":
        """Return the photos at these places, int64 [N], as a split of their own."""


class PixelData(SplitData):
    """A split whose network learns from the photos themselves."""

    def __init__(self, pixels: Pixels, indices: Sequence[int], photos: Sequence[Photo], device: torch.device) -> None:
        super().__init__(photos, device)
        self._pixels = pixels
        self._indices = np.asarray(indices, dtype=np.int64)

    def images(self, places: torch.Tensor) -> torch.Tensor:
        """Return float32 [N, 3, S, S] in [0, 1]."""
        return to_images(self._pixels.batch(self._indices[places.numpy()]), self.device)

    def varied(self, places: torch.Tensor, numbers: torch.Tensor, settings: AugmentConfig, size: int) -> torch.Tensor:
        """Return float32 [N, 3, size, size] in [0, 1]."""
        images = self.images(places)
        return augment(images, numbers.to(self.device), settings, size=size)

    def subset(self, places: torch.Tensor) -> "PixelData":
        """Return the photos at these places, int64 [N], as a split of their own."""
        indices = self._indices[places.numpy()].tolist()
        return PixelData(self._pixels, indices, [self.photos[place] for place in places.tolist()], self.device)


class Splits(dict[SplitName, SplitData]):
    """The splits by name, each made when it is first asked for: nobody waits for test photos before the test."""

    def __init__(self, make: Callable[[SplitName], SplitData]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, split: SplitName) -> SplitData:
        self[split] = self._make(split)
        return self[split]


def batch_count(data: SplitData, config: TrainConfig) -> int:
    """Return how many batches an epoch has; the last one may be smaller."""
    return -(-len(data) // config.batch_size)


def side(config: TrainConfig, epoch: int) -> int:
    """Return the side of an epoch's training images in pixels.

    It grows in steps of 16 from the first size to the last, which it reaches when nine tenths of the epochs are done.
    """
    last = config.last_size or config.image_size
    first = config.first_size or last
    share = min(1.0, (epoch - 1) / (0.9 * config.epochs))
    return last if share == 1 or first == last else round((first + (last - first) * share) / 16) * 16


def training_batches(data: SplitData, config: TrainConfig, epoch: int, *, start: int = 0) -> Iterator[Batch]:
    """Yield an epoch's batches, shuffled and augmented, from batch `start` on."""
    order = torch.randperm(len(data), generator=seeds.generator(config.seed, "order", epoch))
    numbers = draw(len(data), seed=config.seed, epoch=epoch)
    size = side(config, epoch)
    for places in order.split(config.batch_size)[start:]:
        yield data.batch(places, data.varied(places, numbers[places], config.augment, size))


def evaluation_batches(data: SplitData) -> Iterator[Batch]:
    """Yield a split's batches in path order, never augmented."""
    for places in torch.arange(len(data)).split(EVALUATION_BATCH):
        yield data.batch(places, data.images(places))
