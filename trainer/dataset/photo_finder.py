"""Find photos to classify among files and folders: the one search that the window and the command line share."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from trainer.core.errors import CancelledError
from trainer.core.progress import Cancelled, never_cancelled
from trainer.core.text import text
from trainer.dataset.names import is_photo_name
from trainer.dataset.records import Problem
from trainer.dataset.sources.folder_walk import walk

_DEAD_LINKS = ("broken link", "circular link")


def find_photos(
    given: Iterable[Path], *, recursive: bool = True, cancelled: Cancelled = never_cancelled
) -> Iterator[Path | Problem]:
    """Yield the photos among files and in folders as they are found, and a problem for what cannot be looked into.

    A file that is named itself is taken as a photo whatever its ending. In a folder, photos are the files with a
    photo's ending, in the order of `folder_walk.walk`. A photo that cannot be read is yielded too, as is a link with a
    photo's name that leads nowhere: the predictor says what is wrong with it. The path of a problem begins as the
    folder was given.

    Raises CancelledError soon after `cancelled` returns True.
    """
    for path in given:
        if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
            yield from _in_folder(path, recursive=recursive, cancelled=cancelled)
        elif cancelled():
            raise CancelledError(text("The search for photos was cancelled."))
        else:
            yield path


def _in_folder(folder: Path, *, recursive: bool, cancelled: Cancelled) -> Iterator[Path | Problem]:
    for found in walk(folder, recursive=recursive, cancelled=cancelled):
        is_folder = isinstance(found, Problem) and found.kind not in _DEAD_LINKS
        if is_photo_name(found.path) and not is_folder:
            yield folder / found.path
        elif isinstance(found, Problem):
            yield msgspec.structs.replace(found, path=str(folder / found.path))
