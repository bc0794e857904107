"""The splits of a run, ready to learn from: pixels, or what frozen layers make of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.progress import Cancelled, Progress
from trainer.dataset import pixels
from trainer.dataset.records import Dataset, SplitName
from trainer.dataset.replaced import Replaced
from trainer.dataset.sources.source import PhotoSource
from trainer.models.fuse import fuse_for_inference
from trainer.models.network import Network
from trainer.training.data import features
from trainer.training.data.feature_extractor import Watcher, nobody
from trainer.training.data.features import AugmentedFeatureData, CachedFeatureData
from trainer.training.data.mirroring import Mirroring
from trainer.training.data.preview import Preview
from trainer.training.data.split_data import PixelData, SplitData
from trainer.training.distributed.team import ALONE, Team
from trainer.training.reporter import Reporter


@dataclass(frozen=True)
class Splits:
    """A run's splits. Train and validation are ready; the test split is prepared on request, after training."""

    train: SplitData
    validation: SplitData
    prepare_test: Callable[[Progress, Cancelled], SplitData]
    """Make the test split ready, which may take minutes. Raises DatasetError and CancelledError."""
    mirroring: Mirroring | None = None
    """What mirrors training photos whose features are kept, where they are to be mirrored."""


@dataclass(frozen=True, kw_only=True)
class SplitBuilder:
    """Makes the splits of one run. What it makes is kept on disk (`trainer.files.array_cache`)."""

    config: TrainConfig
    dataset: Dataset
    source: PhotoSource
    network: Network
    device: torch.device
    precision: torch.dtype
    report: Reporter
    control: RunControl
    replaced: Replaced
    team: Team = ALONE
    over: Callable[[Progress, int], Progress] = lambda progress, _more: progress
    """What is put over the progress of the frozen layers' look at the photos, before so many more looks."""

    def build(self) -> Splits:
        """Make train and validation ready. Raises DatasetError and CancelledError."""
        return self._feature_splits() if self.network.has_frozen_layers else self._pixel_splits()

    def _pixel_splits(self) -> Splits:
        """Decode the photos of all splits at once."""
        decode = self._decoded_pixels()
        return Splits(decode("train"), decode("validation"), lambda _progress, _cancelled: decode("test"))

    def _feature_splits(self) -> Splits:
        """Compute features of train and validation now, and the others when they are needed."""

        def prepare_test(progress: Progress, cancelled: Cancelled) -> SplitData:
            return self._features(("test",), progress, cancelled)[0]

        stop = self.control.should_stop
        if not self.config.augment.only_mirrors:
            # Every epoch's photos are other ones, so the frozen layers see them all in every epoch.
            network = fuse_for_inference(self.network, self.device)
            varied = AugmentedFeatureData(network, self._decoded_pixels()("train"), precision=self.precision)
            (validation,) = self._features(("validation",), self._looking(), stop)
            return Splits(varied, validation, prepare_test)
        # How much fits into a time can be told only once all of the photos were seen in every way.
        at_once = self.config.augment.flip and self.config.time_budget > 0
        more = sum(photo.split == "train" for photo in self.dataset.photos) if at_once else 0
        train, validation = self._features(("train", "validation"), self._looking(more), stop, self._preview())
        mirroring = Mirroring(train, self._mirrored) if self.config.augment.flip else None
        if mirroring is not None and at_once:
            mirroring.prepare(stop)
        return Splits(train, validation, prepare_test, mirroring)

    def _mirrored(self, cancelled: Cancelled) -> CachedFeatureData:
        return self._features(("train",), self._looking(), cancelled, mirrored=True)[0]

    def _looking(self, more: int = 0) -> Progress:
        """Return the progress of the frozen layers' look at photos, before so many more looks."""
        return self.over(self.report.progress("decode"), more)

    def _decoded_pixels(self) -> Callable[[SplitName], PixelData]:
        """Decode all photos, and return what gives one split of them."""
        photos = self.dataset.photos
        with self.team.one_a_host_first():
            decoded = pixels.prepare(
                self.source,
                photos,
                self.config.image_size,
                progress=self.report.progress("decode"),
                cancelled=self.control.should_stop,
                note=self.report.note,
                replaced=self.replaced,
            )

        def split_of(split: SplitName) -> PixelData:
            rows = [row for row, photo in enumerate(photos) if photo.split == split]
            return PixelData(decoded, rows, [photos[row] for row in rows], self.device)

        return split_of

    def _features(
        self,
        splits: Sequence[SplitName],
        progress: Progress,
        cancelled: Cancelled,
        watcher: Watcher = nobody,
        *,
        mirrored: bool = False,
    ) -> Sequence[CachedFeatureData]:
        return features.prepare(
            self.network,
            self.source,
            [[photo for photo in self.dataset.photos if photo.split == split] for split in splits],
            self.config.image_size,
            device=self.device,
            precision=self.precision,
            mirrored=mirrored,
            threads=self.config.threads,
            progress=progress,
            cancelled=cancelled,
            note=self.report.note,
            replaced=self.replaced,
            team=self.team,
            watcher=watcher,
        )

    def _preview(self) -> Watcher:
        """Return what lets something be seen meanwhile, where somebody sees it."""
        if not self.team.leads:
            return nobody
        counts = self.dataset.split_counts()
        return Preview(sum(sum(counts[split].values()) for split in ("train", "validation")), self.report)
