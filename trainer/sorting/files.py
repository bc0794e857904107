"""Single files: to copy one whole, to give one a name that nobody has, and to tell whether it is what it was."""

import errno
import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path

from trainer.files.regular import open_regular

_BLOCK = 1 << 20
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EINVAL})


class ChangedError(Exception):
    """A file is no longer what it was when it was looked at."""


def file_digest(path: Path) -> str:
    """Return the BLAKE2b-128 of a file's content in hexadecimal. Raises OSError."""
    found = hashlib.blake2b(digest_size=16)
    with open_regular(path) as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def copy_whole(source: Path, part: Path, *, bytes: int, modified_ns: int) -> str:  # noqa: A002 - as everywhere here
    """Copy a file with its times and permissions to a new one; return its digest once it is on the disk and verified.

    Raises ChangedError where the source is no longer of this size and time, or changes meanwhile, and OSError; then
    no part is left.
    """
    try:
        found = hashlib.blake2b(digest_size=16)
        with open_regular(source) as file, part.open("xb") as copy:
            while block := file.read(_BLOCK):
                found.update(block)
                copy.write(block)
            copy.flush()
            os.fsync(copy.fileno())
        same = is_unchanged(source, bytes, modified_ns) and file_digest(part) == found.hexdigest()
        shutil.copystat(source, part)
    except BaseException:
        with suppress(OSError):  # what was refused first is what to tell
            part.unlink(missing_ok=True)
        raise
    if not same:
        part.unlink()
        raise ChangedError
    return found.hexdigest()


def is_unchanged(path: Path, size: int, modified_ns: int) -> bool:
    """Say whether a file has this size and time."""
    try:
        status = path.stat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (size, modified_ns)


def rename_new(path: Path, target: Path) -> None:
    """Give a file another name on the same file system. Raises FileExistsError where there is such a file already.

    A rename alone would overwrite it. Where the program is killed in between, the file has both names.
    """
    try:
        os.link(path, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno not in _NO_LINKS:
            raise
        with target.open("xb"):  # a file system without links: take the name first, then put the file in its place
            pass
        try:
            path.replace(target)
        except BaseException:
            with suppress(OSError):
                target.unlink(missing_ok=True)
            raise
        return
    try:
        path.unlink()
    except BaseException:
        with suppress(OSError):
            target.unlink(missing_ok=True)  # the same file as `path`, which stays
        raise


def sync_folder(folder: Path) -> None:
    """Return once the names in a folder are on the disk, where the system has a way to say so."""
    if os.name == "posix":
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
