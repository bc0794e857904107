"""Photos that lie anywhere, named by a file of labels or a table."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import msgspec

from trainer.core.errors import CancelledError, PhotoError
from trainer.core.progress import Cancelled, never_cancelled
from trainer.core.text import text
from trainer.dataset.layouts import Layout
from trainer.dataset.photo import read_photo_file
from trainer.dataset.records import Problem, digest
from trainer.dataset.sources.listing import Listing, SourceFile, listing
from trainer.files.kinds import exists


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """One photo that is named."""

    key: str
    """What it is called in the dataset, with forward slashes."""
    place: Path
    """Where it should be."""
    digest: str = ""
    """Of its content; empty where only its place is known, and whatever lies there is the photo."""
    bytes: int = 0
    modified_ns: int = 0
    """As they were when the digest was made."""


Search = Callable[[Sequence[Reference], Cancelled], Mapping[str, Path]]
"""Finds photos by content where they are not at their place: takes the missing ones, returns new places by key."""


class ReferenceSource:
    """Photos by reference, as `PhotoSource` describes it."""

    def __init__(
        self, root: Path, references: Sequence[Reference], layout: Layout, problems: Sequence[Problem], search: Search
    ) -> None:
        self.root = root
        self._references = {reference.key: reference for reference in references}
        self._layout = layout
        self._problems = problems
        self._search = search
        self._places = {key: reference.place for key, reference in self._references.items()}

    @property
    def layout(self) -> Layout:
        """Which photo is of which class."""
        return self._layout

    def list_files(self, cancelled: Cancelled = never_cancelled) -> Listing:
        """Return every photo that is there; one that is gone or holds something else is a problem.

        One that moved is found by its content where the search finds it. Raises CancelledError.
        """
        found: list[SourceFile] = []
        missing: list[Reference] = []
        problems = list(self._problems)
        for reference in self._references.values():
            if cancelled():
                raise CancelledError(text("The search for photos was cancelled."))
            file = _look(reference, reference.place)
            if file is None:
                missing.append(reference)
            else:
                found.append(file)
        moved = self._search(missing, cancelled) if missing else {}
        for reference in missing:
            place = moved.get(reference.key)
            file = _look(reference, place) if place is not None else None
            if place is None or file is None:
                problems.append(_gone(reference))
            else:
                self._places[reference.key] = place
                found.append(file)
        return listing(found, problems)

    def file_of(self, path: str) -> Path | None:
        """Return where a photo lies."""
        return self._places.get(path)

    def read(self, path: str) -> bytes:
        """Return one photo's bytes. Raises PhotoError."""
        place = self._places.get(path)
        if place is None:
            raise PhotoError("gone", text("This photo is not among those that were named."), path=path)
        return read_photo_file(place)

    def close(self) -> None:
        """Do nothing: no file is held open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def key_of_place(place: Path) -> str:
    """Return a key for a place anywhere on this computer: its path without what stands before the first folder."""
    anchor = place.anchor
    return "/".join(part for part in (anchor.rstrip("\\/").replace(":", ""), *place.parts[bool(anchor) :]) if part)


def _look(reference: Reference, place: Path) -> SourceFile | None:
    """Return the photo as it lies at a place, or None where it does not."""
    try:
        status = place.stat()
    except (OSError, ValueError):
        return None
    file = SourceFile(reference.key, status.st_size, status.st_mtime_ns)
    if not reference.digest or (status.st_size, status.st_mtime_ns) == (reference.bytes, reference.modified_ns):
        return file
    if status.st_size != reference.bytes:
        return None
    try:
        return file if digest(read_photo_file(place)) == reference.digest else None
    except PhotoError:
        return None


def _gone(reference: Reference) -> Problem:
    if reference.digest and exists(reference.place):
        reason = text("The file here holds another photo than the one that was labelled. Label it anew.")
    else:
        reason = text("This photo is gone. Put it back where it was, or into one of the folders of this dataset.")
    return Problem(path=reference.key, kind="gone", reason=reason)
