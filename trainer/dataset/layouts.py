"""The layouts that datasets have, recognised from the file names alone.

They are tried in this order, the most reliable first: folders called cat and dog; Oxford's breeds; files called cat and
dog; any two class folders; files named after any two words and a number.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from unicodedata import normalize

import msgspec

from trainer.core.dataset_choice import class_names
from trainer.core.errors import DatasetError
from trainer.core.text import text
from trainer.dataset import names
from trainer.dataset.found_classes import FoundClass, in_folders, lone_files, unsorted, wrong_number
from trainer.dataset.oxford import Assignments, oxford_assignments
from trainer.dataset.records import SplitName

SHAPES = text(
    """These work, as a folder or as a zip:
  cats/…  dogs/…                            two folders, called after the two classes
  train/cats/…  train/dogs/…  test/cats/…   the same inside train, validation and test
  cat.0.jpg  dog.0.jpg  …                   files called after their class
  images/Abyssinian_1.jpg  annotations/…    the Oxford-IIIT Pet dataset"""
)

_PETS = ("cat", "dog")


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """Which file is of which class and split."""

    name: str
    """ "class folders", "split folders", "named files" or "oxford pets"."""
    classes: tuple[str, str]
    assignments: Assignments
    """Index into `classes` and split (None where the folders name none) of every file that has a class."""
    unclassified: tuple[str, ...]
    """Photos without a class."""


def find_layout(
    paths: Sequence[str], read_text: Callable[[str], str | None], class_folders: Sequence[str] = ()
) -> Layout:
    """Return the layout of the files with these relative paths; `read_text` returns a text, None where it cannot.

    In class folders every file but documents counts, whatever its ending; elsewhere only files with a photo's ending.
    Where `class_folders` are chosen, they are the classes. Raises DatasetError where no known layout fits, and
    ClassesError where there are fewer or more than two classes.
    """
    paths = sorted(set(paths))
    files = [path for path in paths if not names.is_document(path)]
    photos = [path for path in files if names.is_photo_name(path)] or files
    if not photos:
        raise DatasetError(text("No photos were found."), remedy=SHAPES)
    if class_folders:
        return _chosen_folders(files, photos, class_folders)
    layout = (
        _pet_folders(files, photos)
        or _oxford(photos, paths, read_text)
        or _pet_files(photos)
        or _any_folders(files, photos)
        or _numbered_files(photos)
    )
    if layout is None:
        _refuse_lone_pet(files, photos)
        raise unsorted(photos, SHAPES)
    return layout


def _pet_folders(files: Sequence[str], photos: Sequence[str]) -> Layout | None:
    """Recognise folders called cat and dog, at any depth."""
    for innermost in (False, True):  # "cats/" may also be the name of the folder around both
        places = _class_places(files, _PETS, innermost=innermost)
        if {key for key, _ in places.values()} == set(_PETS):
            others = _sibling_folders(photos, places)
            if others:
                raise wrong_number(_in_named_folders(photos, [*_PETS, *others], innermost=innermost))
            return _folder_layout({"cat": "cat", "dog": "dog"}, places, photos)
    return None


def _any_folders(files: Sequence[str], photos: Sequence[str]) -> Layout | None:
    """Recognise two class folders of any name."""
    called = _names_by_key(_class_folders([names.folders(path) for path in photos]))
    if not called:
        return None
    if len(called) != len(_PETS):
        raise wrong_number(_in_named_folders(photos, called.values(), innermost=False))
    for innermost in (False, True):  # as above: the folder around both may have the name of one
        places = _class_places(files, called, innermost=innermost)
        if {key for key, _ in places.values()} == set(called):
            return _folder_layout(called, places, photos)
    raise wrong_number(_in_named_folders(photos, called.values(), innermost=False))


def _chosen_folders(files: Sequence[str], photos: Sequence[str], chosen: Sequence[str]) -> Layout:
    """Take the folders that the user chose as the classes. Raises DatasetError where these are not two."""
    names_of = class_names(chosen)
    called = _names_by_key(names_of.values())
    if len(called) != len(_PETS):
        raise DatasetError(
            text("The chosen folders make one class or more than two: {names}.", names=", ".join(called.values())),
            remedy=text("Choose folders of exactly two names, one for each class."),
        )
    starts = {f"{folder}/": (names.class_key(name), folder.count("/")) for folder, name in names_of.items()}
    places = {path: place for path in files for start, place in starts.items() if path.startswith(start)}
    return _folder_layout(called, places, photos)


def _in_named_folders(photos: Sequence[str], found: Iterable[str], *, innermost: bool) -> list[FoundClass]:
    """Return the classes of photos in folders of these names."""
    called = _names_by_key(found)
    return in_folders(photos, _class_places(photos, called, innermost=innermost), called)


def _by_file_name(counts: Mapping[str, int]) -> list[FoundClass]:
    return [FoundClass(name, (), count) for name, count in counts.items()]


def _class_folders(places: Sequence[tuple[str, ...]]) -> set[str]:
    """Return the names of the outermost folders that lie side by side and hold photos.

    Single folders around everything are passed through, and so are those called after a split.
    """
    found: set[str] = set()
    beside_splits: set[str] = set()
    work = [(places, 0)]
    while work:
        group, depth = work.pop()
        below: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for place in group:
            if len(place) > depth:
                below[place[depth]].append(place)
        splits = [name for name in below if names.is_split(name)]
        others = {name for name in below if not names.is_like_split(name)}
        if splits:
            work += [(below[name], depth + 1) for name in splits]
            beside_splits |= others
        elif len(below) > 1:
            found |= others
        elif all(len(place) > depth for place in group):
            work += [(same, depth + 1) for same in below.values()]
    return found or beside_splits


def _class_places(files: Iterable[str], keys: Iterable[str], *, innermost: bool) -> dict[str, tuple[str, int]]:
    """Return the class key of each file that lies in a class folder, and how deep that folder is."""
    wanted = set(keys)
    key_of: dict[str, str] = {}
    places: dict[str, tuple[str, int]] = {}
    for path in files:
        folders = names.folders(path)
        depths = range(len(folders))
        for depth in reversed(depths) if innermost else depths:
            key = key_of.setdefault(folders[depth], names.class_key(folders[depth]))
            if key in wanted:
                places[path] = (key, depth)
                break
    return places


def _sibling_folders(photos: Iterable[str], places: Mapping[str, tuple[str, int]]) -> set[str]:
    """Return the names of folders with photos beside the class folders: probably further classes."""
    parents = {names.folders(path)[:depth] for path, (_, depth) in places.items()}
    deepest = max(map(len, parents))
    siblings: set[str] = set()
    for path in photos:
        folders = names.folders(path)
        if path not in places:
            depths = (depth for depth in range(min(len(folders), deepest + 1)) if folders[:depth] in parents)
            siblings.update(folders[depth] for depth in depths if not names.is_like_split(folders[depth]))
    return siblings


def _folder_layout(called: Mapping[str, str], places: Mapping[str, tuple[str, int]], photos: Sequence[str]) -> Layout:
    assignments: dict[str, tuple[str, SplitName | None]] = {}
    for path, (key, depth) in places.items():
        folders = names.folders(path)
        # People also put train/ and test/ inside each class folder.
        split = names.split_of(folders[:depth]) or names.split_of(folders[depth + 1 : depth + 2])
        assignments[path] = (key, split)
    has_splits = any(split for _, split in assignments.values())
    return _layout("split folders" if has_splits else "class folders", called, assignments, photos)


def _oxford(photos: Sequence[str], paths: Sequence[str], read_text: Callable[[str], str | None]) -> Layout | None:
    found = oxford_assignments(photos, paths, read_text)
    if found is None:
        return None
    return Layout(name="oxford pets", classes=_PETS, assignments=found[0], unclassified=found[1])


def _pet_files(photos: Sequence[str]) -> Layout | None:
    """Recognise files called cat and dog."""
    labels = {path: label for path in photos if (label := names.pet_prefix(path))}
    if set(labels.values()) != set(_PETS) or not _is_rule(labels, photos):
        return None
    homes = {names.folders(path) for path in labels}
    others = Counter(
        names.numbered_prefix(path) for path in photos if path not in labels and names.folders(path) in homes
    )
    more = {name: count for name, count in others.items() if name and count > 1}
    if more:
        raise wrong_number(_by_file_name(Counter(labels.values()) + Counter(more)))
    return _named_files({"cat": "cat", "dog": "dog"}, labels, photos)


def _numbered_files(photos: Sequence[str]) -> Layout | None:
    """Recognise files numbered behind any two words, such as `apple_1.jpg` and `pear_1.jpg`."""
    words = {path: word for path in photos if (word := names.numbered_prefix(path))}
    labels = {path: names.class_key(word) for path, word in words.items()}
    counts = Counter(labels.values())
    # A single photo is not a class; it may be a stray file.
    if len(counts) < len(_PETS) or min(counts.values()) < 2 or not _is_rule(labels, photos):
        return None
    called = _names_by_key(words.values())
    if len(called) > len(_PETS):
        raise wrong_number(_by_file_name({called[key]: count for key, count in counts.items()}))
    return _named_files(called, labels, photos)


def _is_rule(labels: Mapping[str, str], photos: Sequence[str]) -> bool:
    """Say whether most photos in the folders that hold labelled ones are labelled, so that it is not by chance."""
    homes = {names.folders(path) for path in labels}
    return 2 * len(labels) > sum(names.folders(path) in homes for path in photos)


def _named_files(called: Mapping[str, str], labels: Mapping[str, str], photos: Sequence[str]) -> Layout:
    assignments = {path: (label, names.split_of(names.folders(path))) for path, label in labels.items()}
    return _layout("named files", called, assignments, photos)


def _layout(
    name: str,
    called: Mapping[str, str],
    assignments: Mapping[str, tuple[str, SplitName | None]],
    photos: Sequence[str],
) -> Layout:
    """Return the layout with class keys turned into indices, in the alphabetical order of the class names."""
    first, second = sorted(called, key=lambda key: (called[key].casefold(), called[key]))
    return Layout(
        name=name,
        classes=(called[first], called[second]),
        assignments={path: (int(key == second), split) for path, (key, split) in assignments.items()},
        unclassified=tuple(path for path in photos if path not in assignments),
    )


def _names_by_key(spellings: Iterable[str]) -> dict[str, str]:
    """Return how each class is called, by class key; of several spellings the first in alphabetical order."""
    called: dict[str, str] = {}
    for spelling in sorted({normalize("NFC", spelling) for spelling in spellings}):
        key = names.class_key(spelling)
        called.setdefault(key, names.PET_NAMES.get(key, spelling))
    return called


def _refuse_lone_pet(files: Sequence[str], photos: Sequence[str]) -> None:
    """Raise ClassesError where only cats, or only dogs, are recognised."""
    places = _class_places(files, _PETS, innermost=False)
    lone = {key for key, _ in places.values()} | ({names.pet_prefix(path) for path in photos} & set(_PETS))
    if len(lone) == 1:
        called = {key: key for key in lone}
        found = in_folders(photos, places, called)
        raise wrong_number(found) if found else lone_files(photos, lone.pop())
