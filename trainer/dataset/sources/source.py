"""Where photos lie: a folder, a zip, or anywhere by reference, listed and read the same way, and never written to."""

import errno
import os
import stat
from pathlib import Path
from typing import Protocol, Self

from trainer.core.dataset_choice import DatasetChoice
from trainer.core.errors import DatasetError
from trainer.core.progress import Cancelled, never_cancelled
from trainer.core.text import text
from trainer.dataset import label_file
from trainer.dataset.layouts import Layout
from trainer.dataset.sources import table_source
from trainer.dataset.sources.folder_source import FolderSource
from trainer.dataset.sources.label_source import label_source
from trainer.dataset.sources.listing import Listing
from trainer.dataset.sources.zip_source import ZipSource
from trainer.files.kinds import is_text

_REFERENCES = {label_file.ENDING: label_source, table_source.ENDING: table_source.table_source}
"""What reads a file that names photos, by its ending."""

REFERENCE_ENDINGS = frozenset(_REFERENCES)


class PhotoSource(Protocol):
    """A folder or zip of files, or photos by reference.

    Use it as a context manager; several threads may `read` at the same time.
    """

    root: Path

    @property
    def layout(self) -> Layout | None:
        """Which photo is of which class, where the source itself says so; None where names of files and folders do."""
        ...

    def list_files(self, cancelled: Cancelled = never_cancelled) -> Listing:
        """Return every file but junk. Raises CancelledError soon after `cancelled` returns True."""
        ...

    def file_of(self, path: str) -> Path | None:
        """Return where a photo lies on this computer; None where it is no file of its own, as in a zip."""
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
    """Return the source for a folder, a zip file, a file of labels or a table, or for the class folders chosen in one.

    Raises DatasetError where it is neither, or is not there.
    """
    choice = DatasetChoice.of(path)
    # Not resolve(): a linked folder is called as the user calls it.
    place = Path(os.path.abspath(os.path.expanduser(choice.root)))  # noqa: PTH100, PTH111 - Path has no equal of abspath
    if not is_text(place):
        what = text("The path {place} is not valid text, so no run could write it down.", place=str(place))
        raise DatasetError(what, remedy=text("Rename the folder or the file."), path=place)
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
    if place.suffix.lower() in _REFERENCES:
        return _REFERENCES[place.suffix.lower()](place)
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
