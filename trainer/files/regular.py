"""Plain files alone: what anybody may have put in a file's place is neither waited for nor read without an end."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from trainer.core.text import text

# A pipe that nobody writes to is opened at once, and a terminal does not become ours. Windows has neither.
_FLAGS = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


def open_regular(path: Path) -> BinaryIO:
    """Open a plain file for reading. Raises OSError, also for a folder, a pipe, a device or a socket."""
    return os.fdopen(_regular_handle(path, os.O_RDONLY), "rb")


def open_unlinked(path: str, flags: int) -> int:
    """Open a plain file that is no link, as an `opener` of Python's `open`. Raises OSError as `open_regular` does."""
    return _regular_handle(path, flags | getattr(os, "O_NOFOLLOW", 0))


def _regular_handle(path: Path | str, flags: int) -> int:
    """Return a handle of a plain file opened with these flags. Raises OSError as `open_regular` does."""
    handle = os.open(path, flags | _FLAGS, 0o666)
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return handle
    os.close(handle)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, text("it is a pipe or a device, not a file"), str(path))


def read_regular(path: Path) -> bytes:
    """Return the bytes of a plain file. Raises OSError as `open_regular` does."""
    with open_regular(path) as file:
        return file.read()
