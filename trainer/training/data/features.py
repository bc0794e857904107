"""What a frozen backbone makes of each photo: computed once, kept on disk, and learnt from in every epoch.

The backbone sees each photo as it is and, for training, mirrored too: the one augmentation that costs a photo only one
more pass. With any other augmentation the backbone sees every photo in every epoch. Kept features are float16: they are
read far more often than made, and the network's own noise is larger.
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
from trainer.dataset.pixels import DecodedPixels
from trainer.dataset.records import Photo
from trainer.dataset.sources.source import PhotoSource
from trainer.files import array_cache
from trainer.hardware.devices import autocast
from trainer.hardware.parallel import CHUNK
from trainer.models.network import Network
from trainer.training.data.augment import mirrored
from trainer.training.data.feature_extractor import FeatureExtractor, KeptFeatures
from trainer.training.data.shared_features import fill_together
from trainer.training.data.split_data import PixelData, SplitData
from trainer.training.distributed.team import ALONE, Team

# Part of every key: raised whenever the same photo and weights would give other features.
EXTRACTION_VERSION = 1


class Rows(Protocol):
    """Features by row: photo times views plus view, where view 0 is the photo as it is and 1 its mirror image."""

    def read(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return those rows, float16 [N, ...]."""
        ...


class CachedFeatureData(SplitData):
    """A split whose network learns from features that were computed before."""

    def __init__(
        self,
        rows: Rows,
        views: int,
        photos: Sequence[Photo],
        device: torch.device,
        *,
        row_indices: np.ndarray | None = None,
    ) -> None:
        """Take photos; photo i has the rows from `row_indices[i] * views` on, or from `i * views` on without any."""
        super().__init__(photos, device)
        self._rows, self._views = rows, views
        self._row_indices = np.arange(len(photos)) if row_indices is None else row_indices

    def inputs(self, indices: torch.Tensor) -> torch.Tensor:
        """Return the features of the photos as they are, float32 [N, ...]."""
        return self._read(self._row_indices[indices.numpy()] * self._views)

    def augmented_inputs(
        self,
        indices: torch.Tensor,
        params: torch.Tensor,
        settings: AugmentConfig,
        size: int,  # noqa: ARG002 - features have no size
    ) -> torch.Tensor:
        """Return the features of the photos or of their mirror images, float32 [N, ...]."""
        view = mirrored(params, settings).numpy() & (self._views > 1)
        return self._read(self._row_indices[indices.numpy()] * self._views + view)

    def subset(self, indices: torch.Tensor) -> Self:
        """Return the photos with these indices, int64 [N], as a split of their own."""
        photos = [self.photos[index] for index in indices.tolist()]
        rows = self._row_indices[indices.numpy()]
        return type(self)(self._rows, self._views, photos, self.device, row_indices=rows)

    def _read(self, rows: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(self._rows.read(rows)).to(self.device).float()


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
    photos: Sequence[Photo],
    size: int,
    *,
    views: int,
    device: torch.device,
    precision: torch.dtype,
    threads: int = 0,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
    note: Callable[[str], None] = lambda _text: None,
    team: Team = ALONE,
) -> CachedFeatureData:
    """Return a split's features, from the disk where they are kept, else computed and kept.

    The ranks of a team compute a share each, and the first one on each machine keeps all of them. Where the disk has no
    room, `note` is told so and features are computed whenever they are needed. Raises DatasetError for a photo that can
    no longer be read, CancelledError and RankLostError.
    """
    extractor = FeatureExtractor(
        network,
        DecodedPixels(source, photos, size, note=note),
        views,
        device=device,
        precision=precision,
        threads=threads,
    )
    shape = extractor.shape(size)
    need = len(photos) * views * shape.numel() * 2
    key = _identity(network, pixels.identity(source, photos, size), views, precision)
    try:
        if team.ranks > 1:
            kept = fill_together(
                extractor, key, shape, len(photos), need=need, team=team, progress=progress, cancelled=cancelled
            )
        else:
            kept = array_cache.find(key, 2 * shape.numel()) or array_cache.fill(
                key, extractor.in_order(len(photos), progress, cancelled), need
            )
    except OSError as error:
        note(
            text(
                "What the backbone makes of the photos cannot be kept on the disk ({reason}), so it looks at every "
                "photo again in every epoch, which takes longer. {room} would avoid that.",
                reason=error.strerror or str(error),
                room=array_cache.room_wanted(need),
            )
        )
        return CachedFeatureData(extractor, views, photos, device)
    rows = KeptFeatures(array_cache.CachedRows(kept, shape, np.dtype(np.float16)), extractor)
    return CachedFeatureData(rows, views, photos, device)


def _identity(network: Network, photos: str, views: int, precision: torch.dtype) -> str:
    """Return a key for these features, 32 hexadecimal digits, made from the photos and the frozen weights."""
    digest = hashlib.sha256(f"{EXTRACTION_VERSION}\n{photos}\n{views}\n{precision}\n".encode())
    for name, tensor in network.frozen_layers().state_dict().items():
        digest.update(f"{name}\n".encode())
        digest.update(tensor.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:32]
