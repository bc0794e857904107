"""Small files that can be made again, by key: at most so many bytes of them, the least recently used go first."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock

from trainer.files.paths import cache_folder


class FileCache:
    """A folder of such files in the cache folder. Every method may be called in any thread.

    To look at all files costs milliseconds a thousand, so it is done only after every tenth of the limit that was
    written, and then down to nine tenths: one process never keeps more than `limit_bytes`.
    """

    def __init__(self, name: str, ending: str, *, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self._name, self._ending = name, ending
        self._lock = Lock()
        # What earlier processes left is not known yet: the first file written is a reason to look.
        self._written = limit_bytes

    @property
    def folder(self) -> Path:
        """Where the files are; it can be deleted at any time."""
        return cache_folder() / self._name

    def get(self, key: str) -> bytes | None:
        """Return what was put under a key, or None where it is not there (any more)."""
        path = self._path(key)
        with suppress(OSError):
            content = path.read_bytes()
            with suppress(OSError):  # a disk that can only be read
                os.utime(path)  # the time of last use decides which file goes first
            return content
        return None

    def put(self, key: str, content: bytes) -> None:
        """Keep a file under a key: letters and digits. A disk that refuses does no harm: it is not kept."""
        path = self._path(key)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(suffix=".part", dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                Path(name).replace(path)
            finally:
                Path(name).unlink(missing_ok=True)
            self._count(len(content))

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}{self._ending}"

    def _count(self, size: int) -> None:
        with self._lock:
            self._written += size
            if self._written >= self.limit_bytes // 10:
                self._written = 0
                self._drop_oldest()

    def _drop_oldest(self) -> None:
        total, keep = 0, self.limit_bytes - self.limit_bytes // 10
        for path, status in sorted(files_below(self.folder), key=lambda found: found[1].st_mtime_ns, reverse=True):
            total += status.st_size
            if total > keep:
                with suppress(OSError):  # on Windows a file in use cannot be deleted
                    path.unlink()


# Some 8,000 thumbnails of 400 pixels: more photos than anybody looks through in a day.
THUMBNAILS = FileCache("thumbnails", ".jpg", limit_bytes=200 * 10**6)


def files_below(path: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield every file below a folder, or the file itself, with its status. No link is followed.

    What cannot be looked at is passed over.
    """
    is_folder = path.is_dir() and not path.is_symlink()
    for found in (Path(place, name) for place, _, names in os.walk(path) for name in names) if is_folder else (path,):
        with suppress(OSError):  # gone meanwhile
            yield found, found.lstat()
