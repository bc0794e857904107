"""Computes what a frozen backbone makes of photos, as they are or mirrored."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch

from trainer.core.errors import CancelledError
from trainer.core.progress import Cancelled, Progress
from trainer.core.text import text
from trainer.dataset.pixels import DecodedPixels
from trainer.dataset.replaced import Replaced
from trainer.dataset.sources.source import PhotoSource
from trainer.files.array_cache import CachedRows
from trainer.hardware.devices import autocast, to_images
from trainer.hardware.parallel import in_parallel, worker_count
from trainer.models.fuse import fuse_for_inference
from trainer.models.network import Network
from trainer.training.data.extraction_plan import Chunk, ExtractionPlan


class Extracted(NamedTuple):
    """What was found in a chunk of photos."""

    rows: np.ndarray
    """Float16 [rows, ...]."""
    pixels: np.ndarray
    """The first photo itself, uint8 [S, S, 3]."""


Watcher = Callable[[Chunk, np.ndarray, np.ndarray | None], None]
"""Shown each chunk in order, with its rows, and the first photo's pixels where they were decoded in this process."""


def nobody(_chunk: Chunk, _rows: np.ndarray, _pixels: np.ndarray | None) -> None:
    """Look at nothing."""


class FeatureExtractor:
    """Computes a frozen backbone's features of the photos of a plan."""

    def __init__(
        self,
        network: Network,
        source: PhotoSource,
        plan: ExtractionPlan,
        size: int,
        *,
        device: torch.device,
        precision: torch.dtype,
        mirrored: bool = False,
        threads: int = 0,
        replaced: Replaced | None = None,
    ) -> None:
        self._network = fuse_for_inference(network, device)
        self.workers = worker_count(device, threads)
        self.plan = plan
        self._decoded = DecodedPixels(source, plan.photos, size, replaced=replaced)
        self._device, self._precision, self._mirrored = device, precision, mirrored

    def shape(self) -> torch.Size:
        """Return the shape of one row."""
        size = self._decoded.size
        with torch.inference_mode():
            return self._network.forward_frozen(torch.zeros(1, 3, size, size, device=self._device)).shape[1:]

    def read(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return rows computed now, float16 [N, ...]: where the disk has no room for them."""
        return np.concatenate([self._extract([int(place)]).rows for place in self.plan.places[np.asarray(rows)]])

    def extract(self, chunk: Chunk) -> Extracted:
        """Return what is found in a chunk. Raises DatasetError for a photo that can no longer be read."""
        return self._extract(chunk.places)

    def in_order(self, progress: Progress, cancelled: Cancelled, watcher: Watcher) -> Iterator[np.ndarray]:
        """Yield all rows in the order of the plan, some at a time. Raises CancelledError."""
        done = 0
        chunks = self.plan.chunks
        for chunk, found in zip(chunks, in_parallel(self.extract, chunks, self.workers), strict=True):
            if cancelled():
                raise CancelledError(text("Cancelled while looking at the photos."))
            yield found.rows
            done += len(chunk.places)
            progress(done, len(self.plan.photos))
            watcher(chunk, found.rows, found.pixels)

    def _extract(self, places: Sequence[int]) -> Extracted:
        pixels = [self._decoded.one(place) for place in places]
        images = to_images(np.stack(pixels), self._device)
        if self._mirrored:
            images = images.flip(3)
        with torch.inference_mode(), autocast(self._precision, self._device):
            rows: np.ndarray = self._network.forward_frozen(images).half().cpu().contiguous().numpy()
        return Extracted(rows, pixels[0])


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
