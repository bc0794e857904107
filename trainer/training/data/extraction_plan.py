"""Which photos a frozen backbone looks at together, in which order, and in which row of a file their features are.

Photos of all parts are mixed: after a few seconds there are some of every split and every class, for the preview to
learn from. The order depends on nothing but the number of photos, so the file that is kept can be read by every run.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import torch

from trainer.core.pipeline import in_chunks
from trainer.dataset.records import Photo
from trainer.hardware.parallel import CHUNK
from trainer.training.data import seeds


class Chunk(NamedTuple):
    """A few photos of one part, looked at together."""

    part: int
    places: list[int]
    """Their places in `ExtractionPlan.photos`."""
    photos: list[Photo]
    first_row: int
    """Where their rows begin, one for each photo."""

    @property
    def rows(self) -> range:
        """Which rows they have."""
        return range(self.first_row, self.first_row + len(self.places))


class ExtractionPlan:
    """The chunks of all parts, in order. Each photo has one row."""

    def __init__(self, parts: Sequence[Sequence[Photo]]) -> None:
        self.parts = parts
        self.photos = [photo for part in parts for photo in part]
        self.chunks = self._planned()
        self.places = np.array([place for chunk in self.chunks for place in chunk.places], dtype=np.int64)
        """Of the photo in each row, its place in `photos`, int64 [N]."""
        self._rows = np.argsort(self.places)

    def rows_of(self, part: int) -> np.ndarray:
        """Return the row of each photo of a part, int64 [N]."""
        ends = [0, *accumulate(map(len, self.parts))]
        return self._rows[ends[part] : ends[part + 1]]

    def _planned(self) -> list[Chunk]:
        timed: list[tuple[float, int, list[int]]] = []
        before = 0
        for number, part in enumerate(self.parts):
            count = len(part)
            order = torch.randperm(count, generator=seeds.generator(0, "extraction", count)) + before
            chunks = list(in_chunks(order.tolist(), CHUNK))
            timed += [((place + 0.5) / len(chunks), number, places) for place, places in enumerate(chunks)]
            before += count
        chunks_in_order: list[Chunk] = []
        row = 0
        for _, number, places in sorted(timed, key=lambda entry: entry[:2]):
            chunks_in_order.append(Chunk(number, places, [self.photos[place] for place in places], row))
            row += len(places)
        return chunks_in_order
