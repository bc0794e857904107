"""The Oxford-IIIT Pet dataset: photos called after 37 breeds, and lists that give species and split.

Parkhi, Vedaldi, Zisserman, Jawahar: Cats and Dogs, CVPR 2012, https://www.robots.ox.ac.uk/~vgg/data/pets/
"""

from collections.abc import Callable, Iterator, Sequence

from trainer.dataset import names
from trainer.dataset.records import SplitName

CAT_BREEDS = frozenset(
    {"abyssinian", "bengal", "birman", "bombay", "british_shorthair", "egyptian_mau", "maine_coon", "persian"}
    | {"ragdoll", "russian_blue", "siamese", "sphynx"}
)
DOG_BREEDS = frozenset(
    {"american_bulldog", "american_pit_bull_terrier", "basset_hound", "beagle", "boxer", "chihuahua"}
    | {"english_cocker_spaniel", "english_setter", "german_shorthaired", "great_pyrenees", "havanese"}
    | {"japanese_chin", "keeshond", "leonberger", "miniature_pinscher", "newfoundland", "pomeranian", "pug"}
    | {"saint_bernard", "samoyed", "scottish_terrier", "shiba_inu", "staffordshire_bull_terrier"}
    | {"wheaten_terrier", "yorkshire_terrier"}
)
_SPECIES = {"1": 0, "2": 1}
"""The lists' numbers for cat and dog, and our class indices."""

_SPLIT_LISTS: dict[str, SplitName] = {"annotations/trainval.txt": "train", "annotations/test.txt": "test"}
"""The published split has no validation photos: they are cut from "train" later."""

Assignments = dict[str, tuple[int, SplitName | None]]


def oxford_assignments(
    photos: Sequence[str], documents: Sequence[str], read_text: Callable[[str], str | None]
) -> tuple[Assignments, tuple[str, ...]] | None:
    """Return class (0 cat, 1 dog) and split of each photo, and the photos that have neither.

    None where most photos are not called after the 37 breeds, or all are of one species. The annotation lists decide;
    without them the breed does, and for a breed that is not among the 37, the rule that cats begin in upper case.
    """
    pets = [path for path in photos if not _is_trimap(path)]
    known = CAT_BREEDS | DOG_BREEDS
    if 2 * sum(_breed(path).casefold() in known for path in pets) <= len(pets):
        return None
    species = {row[0]: _SPECIES[row[2]] for row in _rows("annotations/list.txt", documents, read_text, columns=3)}
    splits = {
        row[0]: split for name, split in _SPLIT_LISTS.items() for row in _rows(name, documents, read_text, columns=1)
    }
    found: Assignments = {}
    for path in pets:
        stem, breed = names.stem(path), _breed(path)
        if stem in species or breed:
            split = splits.get(stem) or names.split_of(names.folders(path))
            found[path] = (species.get(stem, _species_of(breed)), split)
    if len({index for index, _ in found.values()}) < len(_SPECIES):
        return None
    return found, tuple(path for path in pets if path not in found)


def _species_of(breed: str) -> int:
    """Return 0 for cat, 1 for dog."""
    if breed.casefold() in CAT_BREEDS:
        return 0
    return 1 if breed.casefold() in DOG_BREEDS or not breed[:1].isupper() else 0


def _breed(path: str) -> str:
    return names.numbered_prefix(path)


def _is_trimap(path: str) -> bool:
    return any(name.casefold() in ("annotations", "trimaps") for name in names.folders(path))


def _rows(
    name: str, documents: Sequence[str], read_text: Callable[[str], str | None], *, columns: int
) -> Iterator[list[str]]:
    """Yield the columns of each line of an annotation list that makes sense; nothing where there is no such list."""
    path = next((path for path in documents if f"/{path}".endswith(f"/{name}")), None)
    text = None if path is None else read_text(path)
    for line in (text or "").splitlines():
        row = line.split()
        if len(row) >= columns and not row[0].startswith("#") and (columns < 3 or row[2] in _SPECIES):
            yield row
