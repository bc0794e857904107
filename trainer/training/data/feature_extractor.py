"""Computes what a frozen backbone makes of photos."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from trainer.core.errors import CancelledError
from trainer.core.pipeline import in_chunks
from trainer.core.progress import Cancelled, Progress
from trainer.core.text import text
from trainer.dataset.pixels import DecodedPixels
from trainer.files.array_cache import CachedRows
from trainer.hardware.devices import autocast, to_images
from trainer.hardware.parallel import CHUNK, in_parallel, worker_count
from trainer.models.fuse import fuse_for_inference
from trainer.models.network import Network


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
        self.workers = worker_count(device, threads)
        self._decoded, self.views = decoded, views
        self._device, self._precision = device, precision

    def shape(self, size: int) -> torch.Size:
        """Return the shape of one row for photos of that side."""
        with torch.inference_mode():
            return self._network.forward_frozen(torch.zeros(1, 3, size, size, device=self._device)).shape[1:]

    def read(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return rows computed now, float16 [N, ...]: where the disk has no room for them."""
        return np.stack([self.chunk([int(row) // self.views])[int(row) % self.views] for row in rows])

    def chunk(self, photos: Sequence[int]) -> np.ndarray:
        """Return all rows of these photos, float16 [photos * views, ...]. Raises DatasetError."""
        images = to_images(np.stack([self._decoded.one(photo) for photo in photos]), self._device)
        seen = [images, images.flip(3)][: self.views]
        with torch.inference_mode(), autocast(self._precision, self._device):
            found = [self._network.forward_frozen(view).half().cpu() for view in seen]
        rows: np.ndarray = torch.stack(found, dim=1).flatten(0, 1).contiguous().numpy()
        return rows

    def in_order(self, count: int, progress: Progress, cancelled: Cancelled) -> Iterator[np.ndarray]:
        """Yield all rows of the first `count` photos in order, some at a time. Raises CancelledError."""
        done = 0
        for rows in in_parallel(self.chunk, in_chunks(range(count), CHUNK), self.workers):
            if cancelled():
                raise CancelledError(text("Cancelled while looking at the photos."))
            yield rows
            done += len(rows) // self.views
            progress(done, count)


class KeptFeatures:
    """Features kept on disk. Where the file goes away or is damaged under a run, they are computed again."""

    def __init__(self, rows: CachedRows, extractor: FeatureExtractor) -> None:
        self._rows, self._extractor = rows, extractor

    def read(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return those rows, float16 [N, ...]. Raises DatasetError where a photo can no longer be read either."""
        try:
            return self._rows.read(rows)
        except OSError:
            return self._extractor.read(rows)
