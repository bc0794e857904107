"""A folder of photos: everything below it, links followed, each folder read once, nothing changed."""

import errno
import os
import stat
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Self

from trainer.core.errors import CancelledError
from trainer.dataset.photo import file_error, read_photo_file
from trainer.dataset.records import Problem
from trainer.dataset.sources.listing import Listing, SourceFile, is_junk, listing


class FolderSource:
    """A folder, as `PhotoSource` describes it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def list_files(self, cancelled: Callable[[], bool] | None = None) -> Listing:
        """Return every file but junk; what cannot be listed or followed is a problem. Raises CancelledError."""
        return _Walk(self.root, cancelled).listing()

    def read(self, path: str) -> bytes:
        """Return one file's bytes. Raises PhotoError."""
        return read_photo_file(self.root / path)

    def close(self) -> None:
        """Do nothing: no file is held open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class _Walk:
    """One walk through a folder. Linked folders come after all real ones, so a link never hides the real place."""

    def __init__(self, root: Path, cancelled: Callable[[], bool] | None) -> None:
        self._root = root
        self._cancelled = cancelled
        self._files: list[SourceFile] = []
        self._problems: list[Problem] = []
        self._seen: set[tuple[int, int]] = set()
        self._folders: deque[str] = deque([""])
        self._links: deque[str] = deque()

    def listing(self) -> Listing:
        while self._folders or self._links:
            if self._cancelled is not None and self._cancelled():
                raise CancelledError("Looking through the folder was cancelled.")
            path = self._folders.popleft() if self._folders else self._links.popleft()
            try:
                self._enter(path)
            except OSError as error:
                self._note(error, path)
        return listing(self._files, self._problems)

    def _enter(self, path: str) -> None:
        """List one folder, unless it was read before under this or another name."""
        folder = self._root / path
        status = folder.stat()
        identity = (status.st_dev, status.st_ino)
        if identity in self._seen:
            self._problems.append(self._repeated(path))
            return
        self._seen.add(identity)
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                self._take(entry, f"{path}/{entry.name}" if path else entry.name)

    def _take(self, entry: os.DirEntry[str], path: str) -> None:
        if is_junk(entry.name):
            return
        if not _is_text(entry.name):
            shown = path.encode("utf-8", "replace").decode()
            reason = "has a name that is not valid text, so it cannot be written down: rename it"
            self._problems.append(Problem(path=shown, kind="bad name", reason=reason))
            return
        try:
            status = entry.stat()
        except OSError as error:
            self._note(error, path)
            return
        if stat.S_ISDIR(status.st_mode):
            (self._links if entry.is_symlink() else self._folders).append(path)
        elif stat.S_ISREG(status.st_mode):
            self._files.append(SourceFile(path, status.st_size, status.st_mtime_ns))

    def _note(self, error: OSError, path: str) -> None:
        if error.errno == errno.ELOOP:
            self._problems.append(_circle(path))
            return
        why = file_error(error, self._root / path)
        self._problems.append(Problem(path=path or ".", kind=why.kind, reason=str(why)))

    def _repeated(self, path: str) -> Problem:
        real = Path(os.path.realpath(self._root / path))
        parent = Path(os.path.realpath((self._root / path).parent))
        if parent.is_relative_to(real):
            return _circle(path)
        reason = "leads to a folder that is read already: its photos count once"
        return Problem(path=path, kind="repeated folder", reason=reason)


def _circle(path: str) -> Problem:
    return Problem(path=path, kind="circular link", reason="is a link that leads in a circle: take it out")


def _is_text(name: str) -> bool:
    """Say whether a name is proper Unicode; systems that allow any bytes in a name hand us lone surrogates."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)
