"""What a frozen backbone makes of each photo: computed once, kept on disk, and learnt from in every epoch.

The backbone sees each photo as it is and, for training, mirrored too: the one augmentation that costs a photo only one
more pass. With any other augmentation the backbone sees every photo in every epoch. Kept features are float16: they are
read far more often than made, and the network's own noise is larger.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, Self

import numpy as np
import torch

from trainer.core.config import AugmentConfig
from trainer.core.errors import CancelledError
from trainer.core.pipeline import in_chunks
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import text
from trainer.dataset import pixels
from trainer.dataset.pixels import DecodedPixels
from trainer.dataset.records import Photo
from trainer.dataset.sources.source import PhotoSource
from trainer.files import array_cache
from trainer.hardware.devices import autocast, to_images
from trainer.hardware.parallel import CHUNK, in_parallel, worker_count
from trainer.models.fuse import fuse_for_inference
from trainer.models.network import Network
from trainer.training.data.augment import mirrored
from trainer.training.data.split_data import PixelData, SplitData

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


class FeatureExtractor:
    """Computes a frozen backbone's features of photos."""

    def __init__(
        self,
        network: Network,
        decoded: DecodedPixels,
        views: int,
        *,
        device: torch.device,
        precision: torch.dtype,
        threads: int = 0,
    ) -> None:
        self._network = fuse_for_inference(network, device)
        self._workers = worker_count(device, threads)
        self._decoded, self._views = decoded, views
        self._device, self._precision = device, precision

    def shape(self, size: int) -> torch.Size:
        """Return the shape of one row for photos of that side."""
        with torch.inference_mode():
            return self._network.forward_frozen(torch.zeros(1, 3, size, size, device=self._device)).shape[1:]

    def read(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return rows computed now, float16 [N, ...]: where the disk has no room for them."""
        return np.stack([self.chunk([int(row) // self._views])[int(row) % self._views] for row in rows])

    def chunk(self, photos: Sequence[int]) -> np.ndarray:
        """Return all rows of these photos, float16 [photos * views, ...]. Raises DatasetError."""
        images = to_images(np.stack([self._decoded.one(photo) for photo in photos]), self._device)
        seen = [images, images.flip(3)][: self._views]
        with torch.inference_mode(), autocast(self._precision, self._device):
            found = [self._network.forward_frozen(view).half().cpu() for view in seen]
        rows: np.ndarray = torch.stack(found, dim=1).flatten(0, 1).contiguous().numpy()
        return rows

    def in_order(self, count: int, progress: Progress, cancelled: Cancelled) -> Iterator[np.ndarray]:
        """Yield all rows of the first `count` photos in order, some at a time. Raises CancelledError."""
        done = 0
        for rows in in_parallel(self.chunk, in_chunks(range(count), CHUNK), self._workers):
            if cancelled():
                raise CancelledError(text("Cancelled while looking at the photos."))
            yield rows
            done += len(rows) // self._views
            progress(done, count)


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
) -> CachedFeatureData:
    """Return a split's features, from the disk where they are kept, else computed and kept.

    Where the disk has no room, `note` is told so and features are computed whenever they are needed. Raises
    DatasetError for a photo that can no longer be read and CancelledError.
    """
    extractor = FeatureExtractor(
        network, DecodedPixels(source, photos, size), views, device=device, precision=precision, threads=threads
    )
    shape = extractor.shape(size)
    need = len(photos) * views * shape.numel() * 2
    key = _identity(network, pixels.identity(source, photos, size), views, precision)
    path = array_cache.find(key)
    if path is None:
        try:
            path = array_cache.fill(key, extractor.in_order(len(photos), progress, cancelled), need)
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
    return CachedFeatureData(array_cache.CachedRows(path, shape, np.dtype(np.float16)), views, photos, device)


def _identity(network: Network, photos: str, views: int, precision: torch.dtype) -> str:
    """Return a key for these features, 32 hexadecimal digits, made from the photos and the frozen weights."""
    digest = hashlib.sha256(f"{EXTRACTION_VERSION}\n{photos}\n{views}\n{precision}\n".encode())
    for name, tensor in network.frozen_layers().state_dict().items():
        digest.update(f"{name}\n".encode())
        digest.update(tensor.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:32]
