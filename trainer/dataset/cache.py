"""Decoded pixels on disk: photos are decoded, turned upright and squeezed once, then read as they are in every epoch.

A cache is one file of uint8 [N, S, S, 3], named after everything that decides its content (the files' places, sizes and
times, and the image size) and after its own checksum. So a stale one is never found, a half-written one never has the
name, and one that was damaged later is made anew.

It is read, not mapped: the system keeps what was read in memory just the same, and a file that somebody cuts off while
a run reads it is then an error that can be handled, not the end of the process.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
import zlib
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
ENDING = ".pixels"
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
    """Pixels in a file. Where the file goes away or is cut off under a run, photos are decoded instead."""

    def __init__(self, path: Path, decoded: "DecodedPixels") -> None:
        self._path = path
        self._decoded = decoded

    def __len__(self) -> int:
        return len(self._decoded)

    def batch(self, indices: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return those photos, uint8 [N, S, S, 3]. Raises DatasetError as `DecodedPixels` does."""
        size = self._decoded.size
        out = np.empty((len(indices), size, size, 3), dtype=np.uint8)
        try:
            with self._path.open("rb", buffering=0) as file:
                for place in np.argsort(indices):  # in ascending order, which a disk likes
                    file.seek(int(indices[place]) * out[0].nbytes)
                    if file.readinto(out[place].data) != out[0].nbytes:
                        return self._decoded.batch(indices)
        except OSError:
            return self._decoded.batch(indices)
        return out


class DecodedPixels:
    """Pixels decoded from the files each time they are asked for, where the disk has no room for a cache."""

    def __init__(self, source: PhotoSource, photos: Sequence[Photo], size: int) -> None:
        self._source, self._photos, self.size = source, photos, size

    def __len__(self) -> int:
        return len(self._photos)

    def batch(self, indices: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return those photos, uint8 [N, S, S, 3]. Raises DatasetError where a file can no longer be read."""
        chosen = [self._photos[int(index)] for index in indices]
        return np.stack(list(_decode(self._source, chosen, self.size)))


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
    decoded = DecodedPixels(source, photos, size)
    key = _key(source, photos, size)
    path = _find(key)
    if path is None:
        try:
            path = _fill(key, source, photos, size, progress=progress, cancelled=cancelled)
        except OSError as error:
            note(
                f"The decoded photos cannot be kept on the disk ({error.strerror or error}), so every photo is decoded "
                f"again in every epoch, which takes longer. {_need(photos, size) / 1e9:.1f} GB free in {_folder()} "
                "would avoid that."
            )
            return decoded
        _drop_oldest(keep=path)
    with contextlib.suppress(OSError):
        os.utime(path)  # the time of last use decides which cache goes first
    return CachedPixels(path, decoded)


def _find(key: str) -> Path | None:
    """Return the cache of that key whose content still has its checksum; a damaged one is as good as none."""
    for path in _folder().glob(f"{key}-*{ENDING}"):
        with contextlib.suppress(OSError):
            if _checksum(path) == path.stem.removeprefix(f"{key}-"):
                return path
            path.unlink()
    return None


def _checksum(path: Path) -> str:
    total = 0
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            total = zlib.crc32(part, total)
    return f"{total:08x}"


def _folder() -> Path:
    return cache_folder() / "pixels"


def _need(photos: Sequence[Photo], size: int) -> int:
    return len(photos) * size * size * 3 + SPARE_BYTES


def _key(source: PhotoSource, photos: Sequence[Photo], size: int) -> str:
    digest = hashlib.sha256(f"{DECODING}\n{size}\n{source.root}\n".encode())
    for photo in photos:
        digest.update(f"{photo.path}\0{photo.bytes}\0{photo.modified_ns}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()[:32]


def _fill(
    key: str,
    source: PhotoSource,
    photos: Sequence[Photo],
    size: int,
    *,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> Path:
    """Write the cache beside and rename it, so that it appears whole. Raises OSError where the disk refuses."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < _need(photos, size):
        raise OSError("there is too little room")
    handle, name = tempfile.mkstemp(suffix=".part", dir=folder)
    part = Path(name)
    total = 0
    try:
        with os.fdopen(handle, "wb") as file:
            for done, pixels in enumerate(_decode(source, photos, size, cancelled)):
                file.write(pixels.data)
                total = zlib.crc32(pixels.data, total)
                progress(done + 1, len(photos))
            file.flush()
            os.fsync(file.fileno())
        path = folder / f"{key}-{total:08x}{ENDING}"
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


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
    others = (file for file in keep.parent.glob(f"*{ENDING}") if file != keep)
    total = keep.stat().st_size
    for file in sorted(others, key=lambda file: file.stat().st_mtime, reverse=True):
        total += file.stat().st_size
        if total > LIMIT_BYTES:
            with contextlib.suppress(OSError):  # on Windows a file in use cannot be deleted; the next run will
                file.unlink()
