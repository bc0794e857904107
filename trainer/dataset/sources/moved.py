"""Find photos that moved, by their content, in the folders where they may be."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from trainer.core.errors import PhotoError
from trainer.core.progress import Cancelled
from trainer.dataset.photo import read_photo_file
from trainer.dataset.records import Problem, digest
from trainer.dataset.sources.folder_walk import walk
from trainer.dataset.sources.reference_source import Reference, Search
from trainer.files.kinds import is_folder

# Files looked at (not read) in each folder: some seconds on a slow disk. Who moved photos further names their folder.
_MOST_FILES = 100_000


def search_in(folders: Sequence[Path]) -> Search:
    """Return what looks for missing photos in these folders, and around those of them that are gone themselves."""

    def search(missing: Sequence[Reference], cancelled: Cancelled) -> Mapping[str, Path]:
        """Return new places by key. A file is read only where its size is that of a missing photo."""
        wanted = {reference.digest: reference.key for reference in missing if reference.digest}
        sizes = {reference.bytes for reference in missing if reference.digest}
        found: dict[str, Path] = {}
        for path in _candidates(_existing(folders), sizes, cancelled) if wanted else ():
            try:
                key = wanted.pop(digest(read_photo_file(path)), None)
            except PhotoError:
                continue
            if key is not None:
                found[key] = path
            if not wanted:
                break
        return found

    return search


def no_search(_missing: Sequence[Reference], _cancelled: Cancelled) -> Mapping[str, Path]:
    """Find nothing: where photos are known by their places alone."""
    return {}


def _existing(folders: Iterable[Path]) -> list[Path]:
    """Return the folders that are there; in place of one that is gone the innermost one around it, but the root."""
    found: dict[Path, None] = {}
    for folder in folders:
        place = next((each for each in (folder, *folder.parents) if is_folder(each)), None)
        if place is not None and place != Path(place.anchor):
            found[place] = None
    return list(found)


def _candidates(folders: Sequence[Path], sizes: set[int], cancelled: Cancelled) -> Iterator[Path]:
    """Yield files of these sizes, those of each folder once."""
    seen: dict[Path, set[str]] = defaultdict(set)
    for folder in folders:
        for number, file in enumerate(walk(folder, cancelled=cancelled)):
            if number >= _MOST_FILES:
                break
            if not isinstance(file, Problem) and file.bytes in sizes:
                path = folder / file.path
                if path.name not in seen[path.parent]:
                    seen[path.parent].add(path.name)
                    yield path
