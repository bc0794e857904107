"""Files that appear whole or not at all."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from trainer.core.errors import DiskError


@contextlib.contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """Open a new file for writing that takes `path`'s place once it is complete and on the disk.

    Written beside, flushed, synced, then renamed over: at every moment `path` is the old file or the new one. Where the
    block raises, the old file stays and nothing is left behind. Raises DiskError where the disk refuses.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with disk_errors(path):
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.chmod(0o666 & ~_umask())  # mkstemp's files are private; these are the user's like any other
            part.replace(path)
            _sync_folder(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write a file so that it appears whole or not at all. Raises DiskError."""
    with atomic_file(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn the system's refusals to write `path` into DiskError, with the remedy."""
    try:
        yield
    except OSError as error:
        remedy = {
            errno.ENOSPC: "Free some space on the disk and try again.",
            errno.EACCES: "Choose a folder that you may write to.",
            errno.EROFS: "Choose a folder on a disk that can be written to.",
        }.get(error.errno or 0, "Choose another folder.")
        raise DiskError(f"{path} cannot be written ({error.strerror or error}).", remedy=remedy, path=path) from error


def _umask() -> int:
    # There is no way to read it without setting it; 0o077 for that instant errs on the private side.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":  # Windows cannot open a folder, and NTFS journals the rename itself
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
