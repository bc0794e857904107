"""From a dataset to what the network of a run learns from: pixels, or what a frozen trunk makes of them."""

from collections.abc import Callable
from typing import NamedTuple

import torch

from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.dataset import pixels
from trainer.dataset.records import Dataset, Photo, SplitName
from trainer.dataset.sources.source import PhotoSource
from trainer.models.fuse import fuse_for_inference
from trainer.models.network import Network
from trainer.training import features
from trainer.training.batches import PixelData, SplitData, Splits
from trainer.training.features import VariedFeatureData
from trainer.training.reporter import Reporter


class Ingredients(NamedTuple):
    """Everything that the splits are made from."""

    config: TrainConfig
    dataset: Dataset
    source: PhotoSource
    network: Network
    device: torch.device
    precision: torch.dtype
    report: Reporter
    control: RunControl

    def splits(self) -> Splits:
        """Return the run's splits, of which train and validation are ready. Raises DatasetError and CancelledError."""
        splits = Splits(self._look if self.network.is_partly_frozen else self._decoder())
        if self.network.is_partly_frozen and not self.config.augment.only_mirrors:
            splits["train"] = self._varied()
        for split in ("train", "validation"):
            splits[split]
        return splits

    def _decoder(self) -> Callable[[SplitName], PixelData]:
        """Decode all photos and return what makes a split of them."""
        dataset = self.dataset
        decoded = pixels.prepare(
            self.source,
            dataset.photos,
            self.config.image_size,
            progress=self.report.progress("decode"),
            cancelled=self.control.should_stop,
            note=self.report.note,
        )

        def make(split: SplitName) -> PixelData:
            chosen = [index for index, photo in enumerate(dataset.photos) if photo.split == split]
            return PixelData(decoded, chosen, [dataset.photos[index] for index in chosen], self.device)

        return make

    def _varied(self) -> SplitData:
        """Return the training photos, at which the frozen trunk looks whenever they are asked for."""
        network = fuse_for_inference(self.network, self.device)
        return VariedFeatureData(network, self._decoder()("train"), precision=self.precision)

    def _look(self, split: SplitName) -> SplitData:
        """Let the frozen trunk look at a split's photos."""
        photos: tuple[Photo, ...] = tuple(photo for photo in self.dataset.photos if photo.split == split)
        is_test = split == "test"  # looked at when all is done, even if the run was stopped
        return features.prepare(
            self.network,
            self.source,
            photos,
            self.config.image_size,
            views=2 if split == "train" and self.config.augment.flip else 1,
            device=self.device,
            precision=self.precision,
            progress=self.report.progress("evaluate" if is_test else "decode"),
            cancelled=(lambda: False) if is_test else self.control.should_stop,
            note=self.report.note,
        )
