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


class Part(NamedTuple):
    """Photos that are looked at in the same way."""

    photos: Sequence[Photo]
    views: int
    """1: as they are; 2: mirrored too."""


class Chunk(NamedTuple):
    """A few photos of one part, looked at together."""

    part: int
    places: list[int]
    """Their places in `ExtractionPlan.photos`."""
    photos: list[Photo]
    views: int
    first_row: int
    """Where their rows begin: photo after photo, each as it is and then mirrored."""

    @property
    def rows(self) -> int:
        """How many rows they have."""
        return len(self.places) * self.views


class ExtractionPlan:
    """The chunks of all parts, in order."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        self.photos = [photo for part in parts for photo in part.photos]
        self.chunks = self._planned()
        self.rows = sum(chunk.rows for chunk in self.chunks)
        self._first_rows = np.zeros(len(self.photos), dtype=np.int64)
        self._places, self._views = np.zeros((2, self.rows), dtype=np.int64)
        for chunk in self.chunks:
            rows = np.arange(chunk.first_row, chunk.first_row + chunk.rows)
            self._first_rows[chunk.places] = rows[:: chunk.views]
            self._places[rows] = np.repeat(chunk.places, chunk.views)
            self._views[rows] = np.tile(np.arange(chunk.views), len(chunk.places))

    def first_rows(self, part: int) -> np.ndarray:
        """Return the row of each photo of a part as it is, int64 [N]; that of its mirror image is the next one."""
        ends = [0, *accumulate(len(one.photos) for one in self.parts)]
        return self._first_rows[ends[part] : ends[part + 1]]

    def locate(self, row: int) -> tuple[int, int]:
        """Return what is in a row: the photo's place in `photos`, and its view."""
        return int(self._places[row]), int(self._views[row])

    def _planned(self) -> list[Chunk]:
        timed: list[tuple[float, int, list[int]]] = []
        before = 0
        for number, part in enumerate(self.parts):
            count = len(part.photos)
            order = torch.randperm(count, generator=seeds.generator(0, "extraction", count)) + before
            chunks = list(in_chunks(order.tolist(), CHUNK))
            timed += [((place + 0.5) / len(chunks), number, places) for place, places in enumerate(chunks)]
            before += count
        chunks_in_order: list[Chunk] = []
        row = 0
        for _, number, places in sorted(timed, key=lambda entry: entry[:2]):
            photos, views = [self.photos[place] for place in places], self.parts[number].views
            chunks_in_order.append(Chunk(number, places, photos, views, row))
            row += len(places) * views
        return chunks_in_order
