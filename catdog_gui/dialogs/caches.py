"""What CatDog keeps to save time and can make again: how much of it there is, and its end. For a worker thread."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

from trainer.core.control import RunControl
from trainer.core.errors import CancelledError
from trainer.files.paths import cache_folder

_ARRAYS = "Decoded photos and features"
_THUMBNAILS = "Thumbnails"
_OTHERS = "Others"


class Cache(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the list."""

    what: str
    path: Path
    bytes: int
    used: float
    """Time of the last use, in seconds since 1970."""


class Caches(msgspec.Struct, frozen=True, kw_only=True):
    """All of them."""

    entries: tuple[Cache, ...]
    limit: int
    """Bytes that decoded photos and features may take together; the oldest go first."""

    @property
    def bytes(self) -> int:
        """What they take together."""
        return sum(entry.bytes for entry in self.entries)


def measure(control: RunControl) -> Caches:
    """Return what there is: each array by itself, the rest by folder. Raises CancelledError."""
    from trainer.files import array_cache  # noqa: PLC0415 - brings numpy along

    arrays = [Cache(what=_ARRAYS, path=path, bytes=size, used=used) for path, size, used in array_cache.listed()]
    others = [found for path in _others() if (found := _measured(path, control)) is not None]
    return Caches(entries=(*arrays, *others), limit=array_cache.LIMIT_BYTES)


def clear(control: RunControl) -> int:
    """Delete all of it and return how many bytes that freed. Raises CancelledError."""
    from trainer.files import array_cache  # noqa: PLC0415 - brings numpy along

    freed = array_cache.clear()
    for path in _others():
        before = _measured(path, control)
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        after = _measured(path, control)
        freed += (before.bytes if before else 0) - (after.bytes if after else 0)
    return freed


def _others() -> list[Path]:
    """Return what lies in the cache folder besides the arrays, which may be in use and are the engine's."""
    from trainer.files import array_cache  # noqa: PLC0415 - brings numpy along

    folder = cache_folder()
    return [path for path in sorted(folder.iterdir()) if path != array_cache.folder()] if folder.is_dir() else []


def _measured(path: Path, control: RunControl) -> Cache | None:
    """Return what a file or folder takes, None where there is nothing in it."""
    total, used = 0, 0.0
    for status in _statuses(path, control):
        total += status.st_size
        used = max(used, status.st_mtime)
    what = _THUMBNAILS if path.name == "thumbnails" else _OTHERS
    return Cache(what=what, path=path, bytes=total, used=used) if total else None


def _statuses(path: Path, control: RunControl) -> Iterator[os.stat_result]:
    files = (Path(place, name) for place, _, names in os.walk(path) for name in names) if path.is_dir() else [path]
    for file in files:
        if control.should_stop():
            raise CancelledError("Cancelled while measuring the caches.")
        try:
            yield file.stat()
        except OSError:
            continue  # gone meanwhile
