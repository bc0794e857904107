"""What is said where a dataset does not hold two classes, with the classes that it does hold."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from trainer.core.errors import DatasetError
from trainer.core.text import join, plural, text
from trainer.dataset import names

_SHOWN = 6


class FoundClass(msgspec.Struct, frozen=True):
    """One class of a dataset that does not hold two."""

    name: str
    folders: tuple[str, ...]
    """Where its photos lie below the root; "" is the root itself. Empty where file names tell the classes."""
    photos: int


class ClassesError(DatasetError):
    """There are fewer or more than two classes. `classes` are those that there are, for the user to choose from."""

    def __init__(
        self, classes: Sequence[FoundClass], what: str, *, remedy: str, path: Path | str | None = None
    ) -> None:
        self.classes = tuple(classes)
        super().__init__(what, remedy=remedy, path=path)


def wrong_number(found: Iterable[FoundClass]) -> ClassesError:
    """Return the error for one class, or for more than two."""
    classes = sorted(found, key=lambda each: (each.name.casefold(), each.name))
    called = [each.name for each in classes]
    if len(called) == 1:
        return ClassesError(
            classes,
            text("Only one class was found: {name}.", name=called[0]),
            remedy=text("Put the photos of the second class in a folder beside it."),
        )
    shown, more = ", ".join(called[:_SHOWN]), len(called) - _SHOWN
    if more > 0:
        what = text("{count} classes were found: {names} and {more} more.", count=len(called), names=shown, more=more)
    else:
        what = text("{count} classes were found: {names}.", count=len(called), names=shown)
    remedy = text("CatDog tells two classes apart: choose two of them, or a folder that holds two.")
    return ClassesError(classes, what, remedy=remedy)


def in_folders(
    photos: Iterable[str], places: Mapping[str, tuple[str, int]], called: Mapping[str, str]
) -> list[FoundClass]:
    """Return the classes of photos in class folders; `places` and `called` as in `layouts`."""
    folders: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    for path in photos:
        if path in places:
            key, depth = places[path]
            folders[key].add("/".join(names.folders(path)[: depth + 1]))
            counts[key] += 1
    return [FoundClass(called[key], tuple(sorted(folders[key])), counts[key]) for key in called if key in counts]


def unsorted(photos: Sequence[str], remedy: str) -> ClassesError:
    """Return the error for photos without classes. Where all lie in one folder, that may be one class."""
    what = text("The photos are not sorted into two classes. Found: {places}.", places=_found(photos))
    return ClassesError(_one_folder(photos), what, remedy=remedy)


def lone_files(photos: Sequence[str], name: str) -> ClassesError:
    """Return the error for photos that are all named after one class."""
    found = wrong_number([FoundClass(name, (), len(photos))])
    return ClassesError(_one_folder(photos), found.what, remedy=found.remedy)


def _one_folder(photos: Sequence[str]) -> list[FoundClass]:
    """Return all photos as the one class that their folder is called after; nothing where that is called otherwise."""
    folder = _common_folder(photos)
    name = folder.rpartition("/")[2]
    return [] if names.is_like_split(name) else [FoundClass(name, (folder,), len(photos))]


def _common_folder(photos: Iterable[str]) -> str:
    """Return the innermost folder that all photos lie in; "" is the root."""
    first, *others = {names.folders(path) for path in photos}
    depth = len(first)
    for place in others:
        depth = min(depth, len(place))
        while first[:depth] != place[:depth]:
            depth -= 1
    return "/".join(first[:depth])


def _found(photos: Sequence[str]) -> str:
    """Return the folders with most photos, each with an example."""
    folders: dict[str, list[str]] = defaultdict(list)
    for path in photos:
        folders["/".join(names.folders(path))].append(path.rpartition("/")[2])
    largest = sorted(folders.items(), key=lambda item: (-len(item[1]), item[0]))
    shown: list[str] = [_folder(folder[:80], files) for folder, files in largest[:_SHOWN]]
    more = len(largest) - _SHOWN
    if more > 0:
        shown.append(plural(more, "and more in %n other folder", "and more in %n other folders"))
    return join(shown, "; ")


def _folder(folder: str, files: Sequence[str]) -> str:
    example = files[0][:80]
    if folder:
        return plural(
            len(files),
            "%n photo in {folder} (such as {example})",
            "%n photos in {folder} (such as {example})",
            folder=folder,
            example=example,
        )
    return plural(
        len(files),
        "%n photo in the top folder (such as {example})",
        "%n photos in the top folder (such as {example})",
        example=example,
    )
