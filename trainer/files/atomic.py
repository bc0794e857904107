"""Files that appear whole or not at all, and are on the disk once they have appeared."""

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from trainer.core.errors import DiskError
from trainer.core.os_errors import write_error
from trainer.core.text import text

# Bytes of a file's name that are kept beside it: the name alone may be as long as a file system allows, which is 255.
_PART_NAME = 200
# With these, some file systems (networks', FUSE's) say that a folder has nothing to sync.
_FOLDERS_ARE_NOT_SYNCED = {errno.EINVAL, errno.ENOTSUP}


@contextlib.contextmanager
def atomic_file(path: Path, *, former: Path | None = None) -> Iterator[BinaryIO]:
    """Open a new file for writing that takes `path`'s place once it is complete and on the disk.

    Written beside, flushed, synced, then renamed over: at every moment `path` is the old file or the new one. With
    `former`, the old file is kept under that name, and at every moment one of the two is whole. Where the block raises,
    the old file stays and nothing is left behind. Raises DiskError where the disk refuses.
    """
    # Not tempfile's: its files are private, while this one is to be as open as the user's other files.
    name = os.fsencode(path.name)[:_PART_NAME].decode(errors="ignore")
    part = path.with_name(f".{name}.{secrets.token_hex(4)}.part")
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = part.open("xb")
    try:
        with disk_errors(path):
            with file:
                yield file
            put_in_place(part, path, former=former)
    except BaseException:
        with contextlib.suppress(OSError):  # a disk that refuses this too must not hide what it refused first
            part.unlink(missing_ok=True)
        raise


def put_in_place(part: Path, path: Path, *, former: Path | None = None) -> None:
    """Rename a complete, closed file over `path`, and what was there to `former`, once it is on the disk.

    Without that order, a power failure could leave an empty file under the final name. Raises OSError.
    """
    sync_file(part)
    if former is not None and path.exists():
        path.replace(former)
    part.replace(path)
    _sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Return once the file's content is on the disk. Raises OSError."""
    with path.open("r+b") as file:  # Windows syncs only what is open for writing
        os.fsync(file.fileno())


def sync_below(folder: Path) -> None:
    """Return once the content of every file below the folder is on the disk. Raises OSError."""
    if os.name == "posix":
        os.sync()  # all files of the system at once, much faster than thousands one by one
        return
    for file in folder.rglob("*"):
        if file.is_file():
            sync_file(file)


def write_atomically(path: Path, content: bytes | str, *, former: Path | None = None) -> None:
    """Write a file so that it appears whole or not at all, keeping the old one as `former`. Raises DiskError."""
    with atomic_file(path, former=former) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def refuse_unwritable(path: Path) -> None:
    """Raise DiskError where a new file surely cannot be written at this path: before any work is done for it."""
    folder = next((parent for parent in path.absolute().parents if parent.is_dir()), None)
    if folder is not None and not os.access(folder, os.W_OK | os.X_OK):
        reason = errno.EROFS if _is_read_only(folder) else errno.EACCES
        raise write_error(OSError(reason, os.strerror(reason)), path)


def _is_read_only(folder: Path) -> bool:
    return hasattr(os, "statvfs") and bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn the system's refusals to write `path` into DiskError, with the remedy."""
    try:
        yield
    except OSError as error:
        raise write_error(error, path) from error


@contextlib.contextmanager
def deletion_errors(path: Path) -> Iterator[None]:
    """Turn the system's refusals to delete `path` into DiskError, with the remedy."""
    try:
        yield
    except OSError as error:
        what = text("{path} cannot be deleted ({reason}).", path=str(path), reason=error.strerror or str(error))
        if error.errno == errno.EROFS:
            remedy = text("It is on a disk that can only be read.")
        else:
            remedy = text("Close the programs that use it, or change the permissions of its folder.")
        raise DiskError(what, remedy=remedy, path=path) from error


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":  # Windows cannot open a folder, and NTFS journals the rename itself
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in _FOLDERS_ARE_NOT_SYNCED:
                raise
        finally:
            os.close(handle)
