"""What the operating system refuses, in words: which file, why, and what to do. For reading and writing alike."""

import errno
from pathlib import Path

from trainer.core.errors import DiskError
from trainer.core.text import Text, text

_FULL = text("Free some space on the disk and try again.")
_TOO_MANY = text("Close other programs and try again.")
# Something else has the file's name: a folder, or a pipe or device.
_IN_THE_WAY = dict.fromkeys(
    (errno.EISDIR, errno.ENXIO, errno.ENODEV), text("Rename or remove what has its name, and try again.")
)
_REMEDIES: dict[int, Text] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: text("Delete files of yours there, or ask for a larger quota, and try again."),
    errno.EIO: text("Try again. Where that does not help, the disk may be failing: copy what is on it to another one."),
    errno.EACCES: text("Change its permissions, or those of its folder."),
    errno.EPERM: text("Change its permissions, or those of its folder."),
    errno.EROFS: text("It is on a disk that can only be read: choose a folder on another one."),
    errno.ENOENT: text("Check its name, and whether it was moved."),
    errno.ENOTDIR: text("Check its name: a part of it is a file, not a folder."),
    errno.ENAMETOOLONG: text("Choose a shorter name, or a folder with a shorter path."),
    errno.EMFILE: _TOO_MANY,
    errno.ENFILE: _TOO_MANY,
    **_IN_THE_WAY,
}
_OTHER = text("Try again, or choose another folder.")
_WRITING: dict[int, Text] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _REMEDIES[errno.EDQUOT],
    errno.EIO: text("Try again. Where that does not help, the disk may be failing: choose a folder on another one."),
    errno.EACCES: text("Choose a folder that you may write to, or change its permissions."),
    errno.EROFS: text("Choose a folder on a disk that can be written to."),
    **_IN_THE_WAY,
}


def disk_error(error: OSError, path: Path | str | None = None) -> DiskError:
    """Return the system's refusal as an error with a sentence: of that path, or of the one that the error names."""
    found = path or error.filename2 or error.filename
    reason = error.strerror or str(error)
    remedy = _REMEDIES.get(error.errno or 0, _OTHER)
    if isinstance(found, (str, bytes, Path)):
        place = found.decode(errors="backslashreplace") if isinstance(found, bytes) else str(found)
        return DiskError(
            text("{path} cannot be used ({reason}).", path=place, reason=reason), remedy=remedy, path=place
        )
    return DiskError(text("A file cannot be read or written ({reason}).", reason=reason), remedy=remedy)


def write_error(error: OSError, path: Path) -> DiskError:
    """Return the system's refusal to write a file as an error with a sentence."""
    remedy = _WRITING.get(error.errno or 0, text("Choose another folder."))
    what = text("{path} cannot be written ({reason}).", path=str(path), reason=error.strerror or str(error))
    return DiskError(what, remedy=remedy, path=path)


def is_of_a_file(error: OSError) -> bool:
    """Say whether a file or a disk was refused, not a connection or a program."""
    return error.filename is not None or error.errno in _REMEDIES
