"""Decoded pixels on disk: photos are decoded, turned upright and squeezed once, then read as they are in every epoch.

A cache is one `.npy` file of uint8 [N, S, S, 3], named after everything that decides its content: the files' places,
sizes and times, and the image size. So a stale one is never found, and a half-written one never has the name.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np

from trainer.dataset.records import Photo
from trainer.dataset.sources import PhotoSource
from trainer.errors import CancelledError, DatasetError, PhotoError
from trainer.paths import cache_folder
from trainer.photo import photo_pixels

# Part of every key: raised whenever the same file would be decoded to other pixels.
DECODING = 1
# The oldest caches go when all together are larger; 25,000 photos at 150 pixels take 1.7 GB.
LIMIT_BYTES = 8 * 10**9
# Left free on the disk for everybody else.
SPARE_BYTES = 500 * 10**6
# Photos handed to the decoding threads at a time: enough to keep them busy, few enough to cancel at once.
CHUNK = 64
# Nobody writes on one cache for longer than this.
ABANDONED_SECONDS = 24 * 3600

Progress = Callable[[int, int], None]


class Pixels(Protocol):
    """Photos as numbers, by their place in the list they were made from."""

    def __len__(self) -> int:
        """Return the number of photos."""
        ...

    def batch(self, indices: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return those photos, uint8 [N, S, S, 3], as an array of its own. Raises DatasetError."""
        ...


class CachedPixels:
    """Pixels in a memory-mapped file: only what is asked for is read, and the system may drop it again."""

    def __init__(self, path: Path) -> None:
        self._array = np.load(path, mmap_mode="r", allow_pickle=False)
        self.shape: tuple[int, ...] = self._array.shape

    def __len__(self) -> int:
        return len(self._array)

    def batch(self, indices: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return those photos, uint8 [N, S, S, 3], as an array of its own."""
        # Read in ascending order, which a disk likes, then put into the order asked for.
        order = np.argsort(indices)
        out = np.empty((len(order), *self._array.shape[1:]), dtype=np.uint8)
        out[order] = self._array[np.asarray(indices)[order]]
        return out


class DecodedPixels:
    """Pixels decoded from the files each time they are asked for, where the disk has no room for a cache."""

    def __init__(self, source: PhotoSource, photos: Sequence[Photo], size: int) -> None:
        self._source, self._photos, self._size = source, photos, size

    def __len__(self) -> int:
        return len(self._photos)

    def batch(self, indices: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return those photos, uint8 [N, S, S, 3]. Raises DatasetError where a file can no longer be read."""
        chosen = [self._photos[int(index)] for index in indices]
        return np.stack(list(_decode(self._source, chosen, self._size)))


def prepare(
    source: PhotoSource,
    photos: Sequence[Photo],
    size: int,
    *,
    progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
    note: Callable[[str], None] = lambda _text: None,
) -> Pixels:
    """Return the photos' pixels at `size` by `size`, from the cache where it has them, else decoded into it.

    Where the disk has no room, `note` is told so and photos are decoded whenever they are needed. Raises DatasetError
    for a photo that can no longer be read and CancelledError.
    """
    path = _folder() / f"{_key(source, photos, size)}.npy"
    found = _open(path, (len(photos), size, size, 3))
    if found is None:
        try:
            _fill(path, source, photos, size, progress=progress, cancelled=cancelled)
        except OSError as error:
            note(
                f"The decoded photos cannot be kept on the disk ({error.strerror or error}), so every photo is decoded "
                f"again in every epoch, which takes longer. {_need(photos, size) / 1e9:.1f} GB free in {path.parent} "
                "would avoid that."
            )
            return DecodedPixels(source, photos, size)
        _drop_oldest(keep=path)
        found = CachedPixels(path)
    os.utime(path)  # the time of last use decides which cache goes first
    return found


def _open(path: Path, shape: tuple[int, ...]) -> CachedPixels | None:
    """Return the cache if it is there and whole; one that somebody cut off or wrote over is as good as none."""
    try:
        found = CachedPixels(path)
    except (OSError, ValueError, EOFError):
        return None
    return found if found.shape == shape else None


def _folder() -> Path:
    return cache_folder() / "pixels"


def _need(photos: Sequence[Photo], size: int) -> int:
    return len(photos) * size * size * 3


def _key(source: PhotoSource, photos: Sequence[Photo], size: int) -> str:
    digest = hashlib.sha256(f"{DECODING}\n{size}\n{source.root}\n".encode())
    for photo in photos:
        digest.update(f"{photo.path}\0{photo.bytes}\0{photo.modified_ns}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()[:32]


def _fill(
    path: Path,
    source: PhotoSource,
    photos: Sequence[Photo],
    size: int,
    *,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> None:
    """Write the cache beside and rename it, so that it appears whole. Raises OSError where the disk refuses."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(path.parent).free < _need(photos, size) + SPARE_BYTES:
        raise OSError("there is too little room")
    handle, name = tempfile.mkstemp(suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            header = {"descr": "|u1", "fortran_order": False, "shape": (len(photos), size, size, 3)}
            np.lib.format.write_array_header_1_0(file, header)
            for done, pixels in enumerate(_decode(source, photos, size, cancelled)):
                file.write(pixels.data)
                progress(done + 1, len(photos))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _decode(
    source: PhotoSource,
    photos: Sequence[Photo],
    size: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[np.ndarray]:
    """Yield the photos' pixels in order, decoded by a few threads, a chunk ahead at most."""

    def one(photo: Photo) -> np.ndarray:
        try:
            return photo_pixels(source.read(photo.path), size)
        except (PhotoError, OSError) as error:
            raise DatasetError(
                f"{photo.path} could be read before and now cannot: {error}.",
                remedy="Start again, so that the dataset is looked through anew.",
                path=photo.path,
            ) from error

    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        for start in range(0, len(photos), CHUNK):
            if cancelled():
                raise CancelledError("Cancelled while decoding the photos.")
            yield from pool.map(one, photos[start : start + CHUNK])


def _drop_oldest(*, keep: Path) -> None:
    """Delete what was used longest ago until the rest is within the limit, and what a killed run left half-written."""
    now = time.time()
    for part in keep.parent.glob("*.part"):
        with contextlib.suppress(OSError):  # another run may be writing or renaming it
            if now - part.stat().st_mtime > ABANDONED_SECONDS:
                part.unlink()
    others = (file for file in keep.parent.glob("*.npy") if file != keep)
    total = keep.stat().st_size
    for file in sorted(others, key=lambda file: file.stat().st_mtime, reverse=True):
        total += file.stat().st_size
        if total > LIMIT_BYTES:
            with contextlib.suppress(OSError):  # on Windows a file in use cannot be deleted; the next run will
                file.unlink()
