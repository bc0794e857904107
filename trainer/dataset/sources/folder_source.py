"""A folder of photos, read in place and never changed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from trainer.core.progress import Cancelled, never_cancelled
from trainer.dataset.photo import read_photo_file
from trainer.dataset.records import Problem
from trainer.dataset.sources.folder_walk import walk
from trainer.dataset.sources.listing import Listing, SourceFile, listing


class FolderSource:
    """A folder, as `PhotoSource` describes it."""

    layout = None

    def __init__(self, root: Path, folders: Sequence[str] = ()) -> None:
        self.root = root
        self._folders = folders

    def list_files(self, cancelled: Cancelled = never_cancelled) -> Listing:
        """Return every file but junk; what cannot be listed or followed is a problem. Raises CancelledError."""
        files: list[SourceFile] = []
        problems: list[Problem] = []
        for found in walk(self.root, folders=self._folders, cancelled=cancelled):
            if isinstance(found, SourceFile):
                files.append(found)
            else:
                problems.append(found)
        return listing(files, problems)

    def file_of(self, path: str) -> Path:
        """Return where a photo lies."""
        return self.root / path

    def read(self, path: str) -> bytes:
        """Return one file's bytes. Raises PhotoError."""
        return read_photo_file(self.root / path)

    def close(self) -> None:
        """Do nothing: no file is held open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
