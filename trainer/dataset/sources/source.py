"""Where photos lie: a folder or a zip, listed and read the same way, and never written to."""

import errno
import os
import stat
from pathlib import Path
from typing import Protocol, Self

from trainer.core.dataset_choice import DatasetChoice
from trainer.core.errors import DatasetError
from trainer.core.progress import Cancelled, never_cancelled
from trainer.core.text import text
from trainer.dataset.sources.folder_source import FolderSource
from trainer.dataset.sources.listing import Listing
from trainer.dataset.sources.zip_source import ZipSource


class PhotoSource(Protocol):
    """A folder or zip of files. Use it as a context manager; several threads may `read` at the same time."""

    root: Path

    def list_files(self, cancelled: Cancelled = never_cancelled) -> Listing:
        """Return every file but junk. Raises CancelledError soon after `cancelled` returns True."""
        ...

    def read(self, path: str) -> bytes:
        """Return the bytes of one listed file, at most `photo.MAX_PHOTO_BYTES`. Raises PhotoError."""
        ...

    def close(self) -> None:
        """Close the zip file, if there is one. Closing twice does no harm."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...


def open_source(path: DatasetChoice | Path | str) -> PhotoSource:
    """Return the source for a folder or a zip file, or for the class folders chosen in one.

    Raises DatasetError where it is neither, or is not there.
    """
    choice = DatasetChoice.of(path)
    # Not resolve(): a linked folder is called as the user calls it.
    place = Path(os.path.abspath(os.path.expanduser(choice.root)))  # noqa: PTH100, PTH111 - Path has no equal of abspath
    try:
        mode = place.stat().st_mode
    except (OSError, ValueError) as error:
        raise _unreachable(place, error) from error
    if stat.S_ISDIR(mode):
        return FolderSource(place, choice.class_folders)
    if not stat.S_ISREG(mode):
        raise DatasetError(
            text("{place} is neither a folder nor a zip.", place=place), remedy=text("Choose one of these."), path=place
        )
    return ZipSource(place, choice.class_folders)


def _unreachable(place: Path, error: OSError | ValueError) -> DatasetError:
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.EACCES, errno.EPERM):
        return DatasetError(
            text("You may not read {place}.", place=place), remedy=text("Change its permissions."), path=place
        )
    if number == errno.ELOOP or (number == errno.ENOENT and place.is_symlink()):
        return DatasetError(
            text("{place} is a link that leads nowhere.", place=place),
            remedy=text("Choose the folder itself."),
            path=place,
        )
    return DatasetError(
        text("There is no folder or zip at {place}.", place=place), remedy=text("Check the name."), path=place
    )
