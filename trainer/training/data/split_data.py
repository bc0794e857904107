"""One split of a dataset as tensors to learn from: pixels here, features in `trainer.training.data.features`."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
import torch

from trainer.core.config import AugmentConfig
from trainer.dataset.pixels import Pixels
from trainer.dataset.records import Photo
from trainer.hardware.devices import to_images
from trainer.training.data import seeds
from trainer.training.data.augment import augment


class Batch(NamedTuple):
    """N photos with what is known of them."""

    inputs: torch.Tensor
    """Float32 [N, ...]: images [N, 3, S, S] in [0, 1], channels last in memory, or a frozen backbone's features."""
    targets: torch.Tensor
    """Float32 [N]: 0 for the negative class, 1 for the positive one, in between where photos are mixed."""
    weights: torch.Tensor
    """Float32 [N]: how much each photo counts in the loss."""
    is_mixed: bool = False
    """Whether photos were mixed with one another (`trainer.training.data.mixup`)."""


class SplitData(ABC):
    """One split: its photos with their targets and weights, on the device that trains."""

    def __init__(self, photos: Sequence[Photo], device: torch.device) -> None:
        self.device = device
        self.photos = photos
        self.targets = torch.tensor([photo.class_index for photo in photos], dtype=torch.float32, device=device)
        self.weights = torch.ones_like(self.targets)

    def __len__(self) -> int:
        return len(self.photos)

    @abstractmethod
    def inputs(self, indices: torch.Tensor) -> torch.Tensor:
        """Return what a network takes in for the photos with these indices, int64 [N], not augmented."""

    @abstractmethod
    def augmented_inputs(
        self, indices: torch.Tensor, params: torch.Tensor, settings: AugmentConfig, size: int
    ) -> torch.Tensor:
        """Return the same, augmented by each photo's row of `augment.draw`, [N, 14]; images have side `size`."""

    @abstractmethod
    def subset(self, indices: torch.Tensor) -> Self:
        """Return the photos with these indices, int64 [N], as a split of their own."""

    def batch(self, indices: torch.Tensor, inputs: torch.Tensor) -> Batch:
        """Return those inputs with the targets and weights of the photos with these indices."""
        indices = indices.to(self.device)
        return Batch(inputs, self.targets[indices], self.weights[indices])

    def balance(self) -> None:
        """Let both classes count the same: each photo counts n / (2 * photos of its class), on average 1."""
        counts = torch.stack([(self.targets == 0).sum(), (self.targets == 1).sum()])
        self.weights = len(self) / (2 * counts[self.targets.long()])

    def sample(self, count: int, seed: int) -> "SplitData":
        """Return at most `count` of the photos, chosen by the seed, in path order."""
        if len(self) <= count:
            return self
        chosen = torch.randperm(len(self), generator=seeds.generator(seed, "sample"))[:count].sort().values
        return self.subset(chosen)


class PixelData(SplitData):
    """A split whose network learns from the photos themselves."""

    def __init__(self, pixels: Pixels, rows: Sequence[int], photos: Sequence[Photo], device: torch.device) -> None:
        """Take photos whose pixels are those `rows` of `pixels`."""
        super().__init__(photos, device)
        self._pixels = pixels
        self._rows = np.asarray(rows, dtype=np.int64)

    def inputs(self, indices: torch.Tensor) -> torch.Tensor:
        """Return float32 [N, 3, S, S] in [0, 1]."""
        return to_images(self._pixels.batch(self._rows[indices.numpy()]), self.device)

    def augmented_inputs(
        self, indices: torch.Tensor, params: torch.Tensor, settings: AugmentConfig, size: int
    ) -> torch.Tensor:
        """Return float32 [N, 3, size, size] in [0, 1]."""
        return augment(self.inputs(indices), params.to(self.device), settings, size=size)

    def subset(self, indices: torch.Tensor) -> Self:
        """Return the photos with these indices, int64 [N], as a split of their own."""
        rows = self._rows[indices.numpy()].tolist()
        return type(self)(self._pixels, rows, [self.photos[index] for index in indices.tolist()], self.device)
