"""What a frozen backbone makes of each photo: computed once, kept on disk, and learnt from in every epoch.

The backbone sees each photo as it is and, from the second epoch of training on, mirrored too: the one augmentation that
costs a photo only one more pass. With any other augmentation the backbone sees every photo in every epoch. Kept
features are float16: they are read far more often than made, and the network's own noise is larger.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Protocol, Self

import numpy as np
import torch

from trainer.core.config import AugmentConfig
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import text
from trainer.dataset import pixels
from trainer.dataset.records import Photo
from trainer.dataset.replaced import Replaced
from trainer.dataset.sources.source import PhotoSource
from trainer.files import array_cache
from trainer.hardware.devices import autocast
from trainer.hardware.parallel import CHUNK
from trainer.models.network import Network
from trainer.training.data.augment import mirrored
from trainer.training.data.extraction_plan import ExtractionPlan
from trainer.training.data.feature_extractor import FeatureExtractor, KeptFeatures, Watcher, nobody
from trainer.training.data.shared_features import fill_together
from trainer.training.data.split_data import PixelData, SplitData
from trainer.training.distributed.team import ALONE, Team

# Part of every key: raised whenever the same photo and weights would give other features.
EXTRACTION_VERSION = 3


class Rows(Protocol):
    """Features by row, in the order of an `ExtractionPlan`."""

    def read(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return those rows, float16 [N, ...]."""
        ...


class CachedFeatureData(SplitData):
    """A split whose network learns from features that were computed before."""

    def __init__(self, features: Rows, rows: np.ndarray, photos: Sequence[Photo], device: torch.device) -> None:
        """Take photos; the features of photo i are in row `rows[i]`."""
        super().__init__(photos, device)
        self._features, self._rows = features, rows
        self._mirrored: Self | None = None

    def mirror_with(self, mirrored: Self) -> None:
        """From now on, let photos be mirrored where that is drawn: `mirrored` has the same photos mirrored."""
        self._mirrored = mirrored

    def inputs(self, indices: torch.Tensor) -> torch.Tensor:
        """Return the features of the photos as they are, float32 [N, ...]."""
        found = self._features.read(self._rows[indices.numpy()])
        return torch.from_numpy(found).to(self.device).float()

    def augmented_inputs(
        self,
        indices: torch.Tensor,
        params: torch.Tensor,
        settings: AugmentConfig,
        size: int,  # noqa: ARG002 - features have no size
    ) -> torch.Tensor:
        """Return the features of the photos or, where there are any, of their mirror images, float32 [N, ...]."""
        if self._mirrored is None:
            return self.inputs(indices)
        is_mirrored = mirrored(params, settings)
        straight, turned = torch.where(~is_mirrored)[0], torch.where(is_mirrored)[0]
        found = [self.inputs(indices[straight])] if len(straight) else []
        found += [self._mirrored.inputs(indices[turned])] if len(turned) else []
        return torch.cat(found)[torch.cat([straight, turned]).argsort()]

    def subset(self, indices: torch.Tensor) -> Self:
        """Return the photos with these indices, int64 [N], as a split of their own."""
        photos = [self.photos[index] for index in indices.tolist()]
        part = type(self)(self._features, self._rows[indices.numpy()], photos, self.device)
        if self._mirrored is not None:
            part.mirror_with(self._mirrored.subset(indices))
        return part


class AugmentedFeatureData(SplitData):
    """A split whose photos go through the frozen backbone in every epoch, each time augmented anew."""

    def __init__(self, network: Network, photos: PixelData, *, precision: torch.dtype) -> None:
        super().__init__(photos.photos, photos.device)
        self._network, self._photos, self._precision = network, photos, precision

    def inputs(self, indices: torch.Tensor) -> torch.Tensor:
        """Return the features of the photos as they are, float32 [N, ...]."""
        return self._features(self._photos.inputs(indices))

    def augmented_inputs(
        self, indices: torch.Tensor, params: torch.Tensor, settings: AugmentConfig, size: int
    ) -> torch.Tensor:
        """Return the features of the photos augmented, float32 [N, ...]."""
        return self._features(self._photos.augmented_inputs(indices, params, settings, size))

    def subset(self, indices: torch.Tensor) -> Self:
        """Return the photos with these indices, int64 [N], as a split of their own."""
        return type(self)(self._network, self._photos.subset(indices), precision=self._precision)

    def _features(self, images: torch.Tensor) -> torch.Tensor:
        # Not in inference mode, whose tensors nothing can learn from.
        with torch.no_grad(), autocast(self._precision, self.device):
            return torch.cat([self._network.forward_frozen(some).float() for some in images.split(CHUNK)])


def prepare(
    network: Network,
    source: PhotoSource,
    parts: Sequence[Sequence[Photo]],
    size: int,
    *,
    device: torch.device,
    precision: torch.dtype,
    mirrored: bool = False,
    threads: int = 0,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
    note: Callable[[str], None] = lambda _text: None,
    replaced: Replaced | None = None,
    team: Team = ALONE,
    watcher: Watcher = nobody,
) -> list[CachedFeatureData]:
    """Return the features of each part's photos, or of their mirror images, from the disk or computed and kept there.

    The ranks of a team compute a share each, and the first one on each machine keeps all of them. Where the disk has no
    room, `note` is told so and features are computed whenever they are needed; `replaced` is told where a photo is
    another one than the scan found. The watcher changes nothing. Raises
    DatasetError for a photo that can no longer be read, CancelledError and RankLostError.
    """
    plan = ExtractionPlan(parts)
    extractor = FeatureExtractor(
        network,
        source,
        plan,
        size,
        device=device,
        precision=precision,
        mirrored=mirrored,
        threads=threads,
        replaced=replaced,
    )
    shape = extractor.shape()
    need = len(plan.photos) * shape.numel() * 2
    looks = f"{[len(part) for part in parts]}{' mirrored' if mirrored else ''}"
    key = _identity(network, pixels.identity(source, plan.photos, size), looks, precision)
    rows: Rows
    try:
        if team.ranks > 1:
            kept = fill_together(
                extractor, key, shape, need=need, team=team, progress=progress, cancelled=cancelled, watcher=watcher
            )
        else:
            kept = array_cache.find(key, 2 * shape.numel()) or array_cache.fill(
                key, extractor.in_order(progress, cancelled, watcher), need
            )
        rows = KeptFeatures(array_cache.CachedRows(kept, shape, np.dtype(np.float16)), extractor)
    except OSError as error:
        note(
            text(
                "What was found in the photos cannot be kept on the disk ({reason}), so every photo is looked at again "
                "in every epoch, which takes longer. {room} would avoid that.",
                reason=error.strerror or str(error),
                room=array_cache.room_wanted(need),
            )
        )
        rows = extractor
    return [CachedFeatureData(rows, plan.rows_of(number), part, device) for number, part in enumerate(parts)]


def _identity(network: Network, photos: str, looks: str, precision: torch.dtype) -> str:
    """Return a key for these features, 32 hexadecimal digits, made from photos, looks and the frozen weights."""
    digest = hashlib.sha256(f"{EXTRACTION_VERSION}\n{photos}\n{looks}\n{precision}\n".encode())
    for name, tensor in network.frozen_layers().state_dict().items():
        digest.update(f"{name}\n".encode())
        digest.update(tensor.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:32]
