"""What a source of photos lists, and which names are junk."""

from collections.abc import Iterable

import msgspec

from trainer.dataset.records import Problem

_JUNK = frozenset(
    {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx", "$recycle.bin", "@eadir"}
    | {"system volume information"}
)


class SourceFile(msgspec.Struct, frozen=True):
    """One file of a source."""

    path: str
    """Relative to the source's root, with forward slashes."""
    bytes: int
    modified_ns: int


class Listing(msgspec.Struct, frozen=True):
    """All files of a source but junk, and the problems found on the way; both sorted by path."""

    files: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]


def listing(files: Iterable[SourceFile], problems: Iterable[Problem]) -> Listing:
    """Return both in the order that is the same on every machine."""
    return Listing(
        tuple(sorted(files, key=lambda file: file.path)),
        tuple(sorted(problems, key=lambda problem: (problem.path, problem.kind))),
    )


def is_junk(name: str) -> bool:
    """Say whether a file or folder of this name is hidden, or one that systems leave behind."""
    return name.startswith(".") or name.casefold() in _JUNK
