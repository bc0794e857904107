"""Notices during a run that photos are no longer those that the scan found."""

import time
from collections.abc import Callable, Sequence
from threading import Lock

from trainer.core.errors import PhotoError
from trainer.core.text import text
from trainer.dataset.records import Photo, digest
from trainer.dataset.sources.source import PhotoSource


class Replaced:
    """Says, once and in any thread, that a photo is another one than the scan found."""

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note, self._untold = note, Lock()

    @property
    def is_told(self) -> bool:
        """Whether that was said, so that nothing needs to be compared any longer."""
        return self._untold.locked()

    def compare(self, photo: Photo, content: bytes) -> None:
        """Say so where this content is not the photo's."""
        # The lock is never released: it lets one thread through, once.
        if not self.is_told and digest(content) != photo.digest and self._untold.acquire(blocking=False):
            self._note(
                text(
                    "{photo} is another photo than when the dataset was read, and perhaps others are too. The new ones "
                    "are learnt from. For numbers that can be repeated, start a new run.",
                    photo=photo.path,
                )
            )


class PhotoWatch:
    """Compares the photos' files with the scan, where they are files of their own: pixels may be kept for long.

    A file of the same size and time counts as unchanged; one with another time is read. One that is gone was not
    replaced: where it is needed, that is told anyway.
    """

    def __init__(self, source: PhotoSource, photos: Sequence[Photo], replaced: Replaced) -> None:
        self._source, self._photos, self._replaced = source, photos, replaced
        self._next = 0
        self._same: dict[int, int] = {}
        """The time of those that were read and found unchanged, by index."""

    def look(self, seconds: float) -> None:
        """Look at photos for about so long, from where the last look ended, and at none twice."""
        end = time.monotonic() + seconds
        for _ in self._photos:
            if self._replaced.is_told:
                return
            self._look_at(self._next)
            self._next = (self._next + 1) % len(self._photos)
            if time.monotonic() >= end:
                return

    def _look_at(self, index: int) -> None:
        photo = self._photos[index]
        place = self._source.file_of(photo.path)
        if place is None:
            return
        try:
            status = place.stat()
            modified_ns = self._same.get(index, photo.modified_ns)
            if (status.st_size, status.st_mtime_ns) != (photo.bytes, modified_ns):
                self._replaced.compare(photo, self._source.read(photo.path))
                self._same[index] = status.st_mtime_ns
        except (OSError, PhotoError):
            return
