"""All that CatDog keeps to save time and can make again: how much of it there is, and how to be rid of it."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from trainer.core.errors import CancelledError
from trainer.core.progress import Cancelled, never_cancelled
from trainer.core.text import Text, text
from trainer.files import array_cache
from trainer.files.file_cache import THUMBNAILS, files_below
from trainer.files.paths import cache_folder

CacheKind = Literal["arrays", "thumbnails", "other"]
TITLES: dict[CacheKind, Text] = {
    "arrays": text("Decoded photos, and what was found in them"),
    "thumbnails": text("Thumbnails"),
    "other": text("Others"),
}


class Cache(msgspec.Struct, frozen=True, kw_only=True):
    """One file of arrays, or one folder of other things."""

    kind: CacheKind
    path: Path
    bytes: int
    used: float
    """Time of the last use, in seconds since 1970."""

    @property
    def title(self) -> Text:
        """What it is, in words."""
        return TITLES[self.kind]


class Caches(msgspec.Struct, frozen=True, kw_only=True):
    """All of them: the arrays first, those used last before the others, then the rest by name."""

    entries: tuple[Cache, ...]
    limits: dict[CacheKind, int]
    """How many bytes all of a kind may take; the least recently used go first."""

    @property
    def bytes(self) -> int:
        """What they take together."""
        return sum(entry.bytes for entry in self.entries)


def list_caches(cancelled: Cancelled = never_cancelled) -> Caches:
    """Return what there is. Raises CancelledError."""
    arrays = [Cache(kind="arrays", path=path, bytes=size, used=used) for path, size, used in array_cache.listed()]
    others = [found for path in _others() if (found := _measured(path, cancelled)) is not None]
    limits: dict[CacheKind, int] = {"arrays": array_cache.LIMIT_BYTES, "thumbnails": THUMBNAILS.limit_bytes}
    return Caches(entries=(*arrays, *others), limits=limits)


def clear_caches(cancelled: Cancelled = never_cancelled) -> int:
    """Delete all of it and return how many bytes that freed. Raises CancelledError."""
    freed = array_cache.clear()
    for path in _others():
        before = _measured(path, cancelled)
        if path.is_dir() and not path.is_symlink():  # what a link leads to is not CatDog's
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):  # on Windows a file in use cannot be deleted
                path.unlink()
        after = _measured(path, cancelled)
        freed += (before.bytes if before else 0) - (after.bytes if after else 0)
    return freed


def _others() -> list[Path]:
    """Return what lies in the cache folder besides the arrays, which may be in use."""
    folder = cache_folder()
    return [path for path in sorted(folder.iterdir()) if path != array_cache.folder()] if folder.is_dir() else []


def _measured(path: Path, cancelled: Cancelled) -> Cache | None:
    """Return what a file or a folder takes, None where there is nothing in it."""
    total, used = 0, 0.0
    for _, status in files_below(path):
        if cancelled():
            raise CancelledError(text("Cancelled while measuring the caches."))
        total += status.st_size
        used = max(used, status.st_mtime)
    kind: CacheKind = "thumbnails" if path == THUMBNAILS.folder else "other"
    return Cache(kind=kind, path=path, bytes=total, used=used) if total else None
