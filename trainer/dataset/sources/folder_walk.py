"""A walk through a folder: every file below it, links followed, each folder entered once, nothing changed."""

import errno
import os
import stat
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from trainer.core.errors import CancelledError
from trainer.core.progress import Cancelled, never_cancelled
from trainer.core.text import text
from trainer.dataset.photo import file_error
from trainer.dataset.records import Problem
from trainer.dataset.sources.listing import SourceFile, is_junk
from trainer.files.kinds import is_text


def walk(
    root: Path,
    *,
    folders: Sequence[str] = (),
    recursive: bool = True,
    cancelled: Cancelled = never_cancelled,
) -> Iterator[SourceFile | Problem]:
    """Yield every file but junk as it is found, and a problem for whatever cannot be listed or followed.

    Each folder's files come first, by name, then its folders, by name. Linked folders come after all others, so that a
    link never takes the place of the folder itself. With `folders`, nothing of the root is looked at but these folders
    in it. Without `recursive`, folders below the root are passed over.

    Raises CancelledError soon after `cancelled` returns True.
    """
    return _Walk(root, cancelled).run(folders or ("",), recursive=recursive)


def bad_name(path: str) -> Problem:
    """Return the problem of a file or folder whose name is no text."""
    shown = path.encode("utf-8", "replace").decode()
    reason = text("Its name is not valid text, so it cannot be written down. Rename it.")
    return Problem(path=shown, kind="bad name", reason=reason)


class _Walk:
    def __init__(self, root: Path, cancelled: Cancelled) -> None:
        self._root = root
        self._cancelled = cancelled
        self._entered: set[tuple[int, int]] = set()
        self._folders: list[str] = []
        """Folders to enter, the next one last."""
        self._links: list[str] = []
        """Linked folders that were found since the last one was entered."""

    def run(self, folders: Sequence[str], *, recursive: bool) -> Iterator[SourceFile | Problem]:
        starts = deque(folders)
        while starts:
            self._folders = [starts.popleft()]
            while self._folders:
                yield from self._enter(self._folders.pop())
                if not recursive:
                    return
            starts.extend(sorted(self._links, key=lambda path: (path.count("/"), path.split("/"))))
            self._links.clear()

    def _enter(self, path: str) -> Iterator[SourceFile | Problem]:
        """Yield what is in one folder, unless it was entered before under this or another name."""
        self._raise_if_cancelled()
        folder = self._root / path
        try:
            status = folder.stat()
            identity = (status.st_dev, status.st_ino)
            if identity in self._entered:
                yield self._repeated(path)
                return
            self._entered.add(identity)
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            yield self._problem(error, path)
            return
        folders: list[str] = []
        for entry in entries:
            self._raise_if_cancelled()
            if not is_junk(entry.name):
                yield from self._look_at(entry, f"{path}/{entry.name}" if path else entry.name, folders)
        self._folders.extend(reversed(folders))

    def _look_at(self, entry: os.DirEntry[str], path: str, folders: list[str]) -> Iterator[SourceFile | Problem]:
        """Yield a file or a problem; add a folder to `folders` or to the links. Pipes and devices are passed over."""
        if not is_text(entry.name):
            yield bad_name(path)
            return
        try:
            status = entry.stat()
        except OSError as error:
            yield self._problem(error, path)
            return
        if stat.S_ISDIR(status.st_mode):
            (self._links if entry.is_symlink() else folders).append(path)
        elif stat.S_ISREG(status.st_mode):
            yield SourceFile(path, status.st_size, status.st_mtime_ns)

    def _raise_if_cancelled(self) -> None:
        if self._cancelled():
            raise CancelledError(text("The search for photos was cancelled."))

    def _problem(self, error: OSError, path: str) -> Problem:
        if error.errno == errno.ELOOP:
            return _circle(path)
        why = file_error(error, self._root / path)
        return Problem(path=path or ".", kind=why.kind, reason=why.what)

    def _repeated(self, path: str) -> Problem:
        real = Path(os.path.realpath(self._root / path))
        parent = Path(os.path.realpath((self._root / path).parent))
        if parent.is_relative_to(real):
            return _circle(path)
        reason = text("This leads to a folder that is read already. Its photos count once.")
        return Problem(path=path, kind="repeated folder", reason=reason)


def _circle(path: str) -> Problem:
    reason = text("This is a link that leads in a circle. Remove it.")
    return Problem(path=path, kind="circular link", reason=reason)
