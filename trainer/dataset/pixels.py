"""Photos as arrays: decoded, turned upright and resized once, then kept on disk for every epoch and every run."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np

from trainer.core.errors import CancelledError, DatasetError, PhotoError
from trainer.core.pipeline import map_in_order
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import text
from trainer.dataset.photo import photo_pixels
from trainer.dataset.records import Photo
from trainer.dataset.replaced import Replaced
from trainer.dataset.sources.source import PhotoSource
from trainer.files import array_cache

# Part of every key: raised whenever the same file would be decoded to other pixels.
DECODING = 1
# Photos decoded before they are needed: enough to keep the threads busy, few enough to cancel at once.
AHEAD = 32
DECODERS = min(8, os.cpu_count() or 1)


class Pixels(Protocol):
    """Photos as arrays, by their index in the list they were made from."""

    def __len__(self) -> int:
        """Return the number of photos."""
        ...

    def batch(self, indices: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return those photos, uint8 [N, S, S, 3], as a new array. Raises DatasetError."""
        ...


class DecodedPixels:
    """Pixels decoded from the files each time they are needed, where the disk has no room to keep them.

    Each is compared with the one that the scan found, where `replaced` is there to be told.
    """

    def __init__(
        self, source: PhotoSource, photos: Sequence[Photo], size: int, *, replaced: Replaced | None = None
    ) -> None:
        self._source, self._photos, self.size = source, photos, size
        self._replaced = replaced

    def __len__(self) -> int:
        return len(self._photos)

    def batch(self, indices: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return those photos, uint8 [N, S, S, 3]. Raises DatasetError where a file can no longer be read."""
        with ThreadPoolExecutor(max_workers=DECODERS) as pool:
            return np.stack(list(pool.map(self.one, indices)))

    def one(self, index: int) -> np.ndarray:
        """Return one photo, uint8 [S, S, 3]. Raises DatasetError where its file can no longer be read."""
        photo = self._photos[int(index)]
        try:
            content = self._source.read(photo.path)
            pixels = photo_pixels(content, self.size)
        except (PhotoError, OSError) as error:
            raise no_longer_readable(photo, error) from error
        if self._replaced is not None:
            self._replaced.compare(photo, content)
        return pixels

    def in_order(self, progress: Progress, cancelled: Cancelled) -> Iterator[np.ndarray]:
        """Yield all photos in order, decoded by a few threads, some ahead. Raises CancelledError."""
        pixels = map_in_order(self.one, range(len(self)), workers=DECODERS, ahead=AHEAD, name="decode")
        for done, one in enumerate(pixels, start=1):
            if cancelled():
                raise CancelledError(text("Cancelled while decoding the photos."))
            yield one
            progress(done, len(self))


class CachedPixels:
    """Pixels kept on disk. Where the file goes away or is damaged under a run, photos are decoded instead."""

    def __init__(self, rows: array_cache.CachedRows, decoded: DecodedPixels) -> None:
        self._rows, self._decoded = rows, decoded

    def __len__(self) -> int:
        return len(self._decoded)

    def batch(self, indices: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return those photos, uint8 [N, S, S, 3]. Raises DatasetError as `DecodedPixels` does."""
        try:
            return self._rows.read(indices)
        except OSError:
            return self._decoded.batch(indices)


def no_longer_readable(photo: Photo, error: PhotoError | OSError) -> DatasetError:
    """Return the error for a photo that the scan could read."""
    reason = error.what if isinstance(error, PhotoError) else error
    return DatasetError(
        text("{photo} could be read before and now cannot: {reason}", photo=photo.path, reason=reason),
        remedy=text("Start again, so that the dataset is read again."),
        path=photo.path,
    )


def prepare(
    source: PhotoSource,
    photos: Sequence[Photo],
    size: int,
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
    note: Callable[[str], None] = lambda _text: None,
    replaced: Replaced | None = None,
) -> Pixels:
    """Return the photos' pixels at `size` by `size`: read from the disk where they are kept, else decoded and kept.

    Where the disk has no room, `note` is called with a sentence that says so, and photos are decoded whenever they are
    needed; `replaced` is told where a photo was replaced since the scan. Raises DatasetError for a photo that can no
    longer be read and CancelledError.
    """
    decoded = DecodedPixels(source, photos, size, replaced=replaced)
    key = identity(source, photos, size)
    need = len(photos) * size * size * 3
    kept = array_cache.find(key, size * size * 3)
    if kept is None:
        try:
            kept = array_cache.fill(key, decoded.in_order(progress, cancelled), need)
        except OSError as error:
            note(
                text(
                    "The decoded photos cannot be kept on the disk ({reason}), so every photo is decoded again in "
                    "every epoch, which takes longer. {room} would avoid that.",
                    reason=error.strerror or str(error),
                    room=array_cache.room_wanted(need),
                )
            )
            return decoded
    return CachedPixels(array_cache.CachedRows(kept, (size, size, 3), np.dtype(np.uint8)), decoded)


def identity(source: PhotoSource, photos: Sequence[Photo], size: int) -> str:
    """Return a key for these photos at this size: a hash of their paths, sizes and times, in 32 hexadecimal digits."""
    key = hashlib.sha256(f"{DECODING}\n{size}\n{source.root}\n".encode())
    for photo in photos:
        key.update(f"{photo.path}\0{photo.bytes}\0{photo.modified_ns}\n".encode(errors="surrogateescape"))
    return key.hexdigest()[:32]
