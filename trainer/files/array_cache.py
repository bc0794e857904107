"""A cache of arrays on disk: rows of equal shape, written once and read in every epoch. Any of it can be made again.

A file is named after everything that decides its content and after its own checksum. So an outdated file is never
found, a half-written one never has its final name, and a damaged one is made again. None is ever written to again. The
checksum of each row is kept in memory, so that a file which somebody else overwrites during a run is noticed too.

Files are read, not mapped: the system caches what was read just as well, and where a file is cut off during a run,
reading raises an error that can be handled, while a mapping would end the process.
"""

import contextlib
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from trainer.core.text import Text, text
from trainer.files.paths import cache_folder

ENDING = ".rows"
# Where all files together are larger, the oldest are deleted; 25,000 photos at 150 pixels take 1.7 GB.
LIMIT_BYTES = 8 * 10**9
# Left free on the disk for other programs.
SPARE_BYTES = 500 * 10**6
# Nobody writes on one file for longer than this.
ABANDONED_SECONDS = 24 * 3600


class KeptFile(NamedTuple):
    """A file of rows as it was when it was found or written."""

    path: Path
    checksums: np.ndarray
    """Of each row, uint32 [N]."""


class CachedRows:
    """Rows in a file, by their number."""

    def __init__(self, kept: KeptFile, shape: Sequence[int], dtype: np.dtype) -> None:
        self._kept, self._shape, self._dtype = kept, tuple(shape), dtype

    def read(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return those rows as a new array. Raises OSError where the file is gone, cut off or overwritten."""
        path, checksums = self._kept
        out = np.empty((len(rows), *self._shape), dtype=self._dtype)
        with path.open("rb", buffering=0) as file:
            for place in np.argsort(rows):  # in ascending order, which a disk likes
                row = int(rows[place])
                file.seek(row * out[0].nbytes)
                if file.readinto(out[place].data) != out[0].nbytes:
                    raise OSError(f"{path} was cut off")
                if zlib.crc32(out[place].data) != checksums[row]:
                    raise OSError(f"{path} was overwritten")
        return out


def folder() -> Path:
    """Return where the files are."""
    return cache_folder() / "arrays"


def find(key: str, row_bytes: int) -> KeptFile | None:
    """Return the file of that key, or None; a file whose content no longer has its checksum is deleted."""
    for path in folder().glob(f"{key}-*{ENDING}"):
        with contextlib.suppress(OSError):
            total, checksums = _checksums(path, row_bytes)
            if f"{total:08x}" == path.stem.removeprefix(f"{key}-"):
                with contextlib.suppress(OSError):  # a disk that can only be read
                    os.utime(path)  # the time of last use decides which file goes first
                return KeptFile(path, checksums)
            path.unlink()
    return None


def fill(key: str, parts: Iterable[np.ndarray], need: int) -> KeptFile:
    """Write the parts, some rows each and `need` bytes in all, beside and rename them, so that they appear whole.

    Raises OSError where the disk refuses, and whatever `parts` raises.
    """
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(place).free < need + SPARE_BYTES:
        raise OSError("there is too little room")
    handle, name = tempfile.mkstemp(suffix=".part", dir=place)
    part = Path(name)
    total = 0
    checksums: list[int] = []
    try:
        with os.fdopen(handle, "wb") as file:
            for rows in parts:
                content = np.ascontiguousarray(rows)
                file.write(content.data)
                total = zlib.crc32(content.data, total)
                checksums += [zlib.crc32(row.data) for row in content]
            file.flush()
            os.fsync(file.fileno())
        path = place / f"{key}-{total:08x}{ENDING}"
        # Without syncing the folder: at worst a power failure forgets the name, and it is made again.
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _drop_oldest(keep=path)
    return KeptFile(path, np.array(checksums, dtype=np.uint32))


def room_wanted(need: int) -> Text:
    """Return in words what it takes to keep `need` bytes."""
    return text("{gigabytes:.1f} GB free in {folder}", gigabytes=(need + SPARE_BYTES) / 1e9, folder=str(folder()))


def listed() -> list[tuple[Path, int, float]]:
    """Return every file with its bytes and the time of its last use (seconds since 1970), the last used first."""
    found = []
    for path in folder().glob(f"*{ENDING}"):
        with contextlib.suppress(OSError):  # gone since it was listed
            status = path.stat()
            found.append((path, status.st_size, status.st_mtime))
    return sorted(found, key=lambda entry: entry[2], reverse=True)


def clear() -> int:
    """Delete all files and return how many bytes that freed. A run that uses one makes what was in it again."""
    freed = 0
    for path, size, _ in listed():
        with contextlib.suppress(OSError):  # on Windows a file in use cannot be deleted
            path.unlink()
            freed += size
    return freed


def _checksums(path: Path, row_bytes: int) -> tuple[int, np.ndarray]:
    """Return the checksum of a file and of each of its rows, read once."""
    total, rows = 0, []
    with path.open("rb") as file:
        while row := file.read(row_bytes):
            total = zlib.crc32(row, total)
            rows.append(zlib.crc32(row))
    return total, np.array(rows, dtype=np.uint32)


def _drop_oldest(*, keep: Path) -> None:
    """Delete what was used longest ago until the rest is within the limit, and what a killed run left half-written."""
    now = time.time()
    for part in keep.parent.glob("*.part"):
        with contextlib.suppress(OSError):  # another run may be writing or renaming it
            if now - part.stat().st_mtime > ABANDONED_SECONDS:
                part.unlink()
    total = keep.stat().st_size
    for path, size, _ in listed():
        if path == keep:
            continue
        total += size
        if total > LIMIT_BYTES:
            with contextlib.suppress(OSError):  # on Windows a file in use cannot be deleted; the next run will
                path.unlink()
