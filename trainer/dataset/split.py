"""Cut a dataset into train, validation and test: by the photos' content alone, so the same on every machine."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import product

import msgspec

from trainer.core.errors import DatasetError, SettingError
from trainer.core.text import text
from trainer.dataset.records import SPLITS, Dataset, Photo, SplitName

DEFAULT_FRACTIONS = (0.7, 0.15, 0.15)


def cut(dataset: Dataset, fractions: tuple[float, float, float] = DEFAULT_FRACTIONS, seed: int = 0) -> Dataset:
    """Return the dataset with every photo in a split.

    `fractions` are of train, validation and test, each above 0, 1 together. Splits that the folders give are kept; a
    missing validation or test split is cut from train in proportion. With at most one given split, all photos are cut
    anew. Where some photos have a split and others do not, the others count as train.

    Each class is cut by itself, to the rounded number, each split getting at least one photo. Copies and near copies
    stay together where they are cut, which may shift a number in a small dataset. The outcome follows from `seed`
    and the files' contents alone.

    Raises SettingError for impossible fractions. Raises DatasetError where validation and test are given without
    train, or where a split would lack a class.
    """
    if len(fractions) != len(SPLITS) or not all(0 < part < 1 for part in fractions):
        raise SettingError(
            text("Each part of the split must be above 0 and below 1."), remedy=text("Try 0.7, 0.15, 0.15.")
        )
    if not math.isclose(sum(fractions), 1, abs_tol=1e-6):
        raise SettingError(
            text("The parts of the split add up to {total:g}.", total=sum(fractions)),
            remedy=text("They must add up to 1."),
        )
    pool, kept, missing = _what_to_cut(dataset)
    if missing:
        share = dict(zip(SPLITS, fractions, strict=True))
        whole = share["train"] + sum(share[split] for split in missing)
        chosen = _deal(pool, {split: share[split] / whole for split in missing}, seed)
        kept = {**kept, **chosen}
    photos = tuple(msgspec.structs.replace(photo, split=kept[photo.path]) for photo in dataset.photos)
    cut_dataset = msgspec.structs.replace(dataset, photos=photos)
    _refuse_gaps(cut_dataset, {(photo.split, photo.class_index) for photo in photos}, pool, missing)
    return cut_dataset


def refuse_uncuttable(dataset: Dataset) -> None:
    """Raise DatasetError where `cut` would, whatever the fractions and the seed. Does not cut, and takes no time."""
    pool, kept, missing = _what_to_cut(dataset)
    to_cut: set[SplitName] = {"train", *missing} if missing else set()
    given = {(kept[photo.path], photo.class_index) for photo in dataset.photos if photo.path in kept}
    filled: set[tuple[SplitName | None, int]] = {(split, index) for split, index in given if split not in to_cut}
    for index in range(len(dataset.classes)):
        if len({photo.group for photo in pool if photo.class_index == index}) > len(missing):
            filled |= {(split, index) for split in to_cut}
    _refuse_gaps(dataset, filled, pool, missing)


def refuse_gaps(dataset: Dataset) -> None:
    """Raise DatasetError where a split has no photo of a class, as the user's answers may leave it."""
    _refuse_gaps(dataset, {(photo.split, photo.class_index) for photo in dataset.photos}, (), ())


def fingerprint(dataset: Dataset) -> str:
    """Return a SHA-256 in hexadecimal over class name, split and content of all photos.

    It stays the same when the folder is moved or its files are renamed, and changes with anything that training sees.
    """
    rows = sorted((dataset.classes[photo.class_index], photo.split or "", photo.digest) for photo in dataset.photos)
    return sha256(msgspec.json.encode([dataset.classes, rows])).hexdigest()


def _what_to_cut(dataset: Dataset) -> tuple[list[Photo], dict[str, SplitName], tuple[SplitName, ...]]:
    """Return the photos to cut from, the split of all others by path, and the splits to cut."""
    given = {photo.split for photo in dataset.photos}
    if len(given) <= 1 or given == {None, "train"}:
        return list(dataset.photos), {}, ("validation", "test")
    if not given & {"train", None}:
        raise DatasetError(
            text("{folder} holds photos for validation and test, but none to learn from.", folder=dataset.root),
            remedy=text("Add a folder called train beside them."),
            path=dataset.root,
        )
    kept: dict[str, SplitName] = {photo.path: photo.split or "train" for photo in dataset.photos}
    missing: tuple[SplitName, ...] = tuple(split for split in ("validation", "test") if split not in given)
    return [photo for photo in dataset.photos if kept[photo.path] == "train"], kept, missing


def _deal(photos: Sequence[Photo], shares: Mapping[SplitName, float], seed: int) -> dict[str, SplitName]:
    """Return the split of each photo by path: the splits of `shares` get theirs, train the rest.

    Copies are dealt together, in the order of a hash of their content, so the first n are a random sample.
    """
    unordered: dict[str, list[Photo]] = defaultdict(list)
    for photo in photos:
        unordered[photo.group].append(photo)
    order = sorted(unordered, key=lambda group: sha256(f"{seed}:{group}".encode()).digest())
    copies = {group: unordered[group] for group in order}
    quotas = _quotas(photos, shares)
    chosen: dict[str, SplitName] = {}
    for group, members in copies.items():
        sizes = Counter(photo.class_index for photo in members)
        chosen[group] = next((split for split, left in quotas.items() if sizes <= left), "train")
        if chosen[group] in quotas:
            quotas[chosen[group]] -= sizes
    _fill_gaps(chosen, copies, shares)
    return {photo.path: chosen[photo.group] for photo in photos}


def _quotas(photos: Sequence[Photo], shares: Mapping[SplitName, float]) -> dict[SplitName, Counter[int]]:
    """Return how many photos of each class index each split of `shares` gets: at least one, as train does if it can."""
    quotas: dict[SplitName, Counter[int]] = {split: Counter() for split in shares}
    for class_index, count in Counter(photo.class_index for photo in photos).items():
        left = count - 1
        for later, (split, share) in zip(reversed(range(len(shares))), shares.items(), strict=True):
            wanted = math.floor(share * count + 0.5)
            quotas[split][class_index] = max(1, min(wanted, left - later))
            left -= quotas[split][class_index]
    return quotas


def _fill_gaps(
    chosen: dict[str, SplitName], copies: Mapping[str, Sequence[Photo]], shares: Mapping[SplitName, float]
) -> None:
    """Give a split that got nothing of a class, since only groups of copies were left, the smallest group of train."""
    for split, class_index in product(shares, (0, 1)):
        holders = [group for group, members in copies.items() if any(p.class_index == class_index for p in members)]
        in_train = [group for group in holders if chosen[group] == "train"]
        if len(in_train) > 1 and not any(chosen[group] == split for group in holders):
            chosen[min(in_train, key=lambda group: len(copies[group]))] = split


def _refuse_gaps(
    dataset: Dataset,
    filled: set[tuple[SplitName | None, int]],
    pool: Sequence[Photo],
    missing: Sequence[SplitName],
) -> None:
    """Raise DatasetError where a split has no photo of a class, by its index. `filled` are those that have."""
    for split in SPLITS:
        for index, name in enumerate(dataset.classes):
            if (split, index) in filled:
                continue
            if missing and split in ("train", *missing):
                needed = len(missing) + 1
                found = len({photo.group for photo in pool if photo.class_index == index})
                what: str = text(
                    "{folder}: too few photos of the class {name} to split: it has {found} different ones, and at "
                    "least {needed} are needed.",
                    folder=dataset.root,
                    name=name,
                    found=found,
                    needed=needed,
                )
                remedy = text("Add photos of {name}: a few hundred are needed to learn well.", name=name)
            else:
                what = _no_photo(split, dataset.root, name)
                remedy = text("Add some, or remove the folder of this split, so that a new one is cut.")
            raise DatasetError(what, remedy=remedy, path=dataset.root)


def _no_photo(split: SplitName, folder: str, name: str) -> str:
    if split == "train":
        return text("{folder}: the train split has no photo of the class {name}.", folder=folder, name=name)
    if split == "validation":
        return text("{folder}: the validation split has no photo of the class {name}.", folder=folder, name=name)
    return text("{folder}: the test split has no photo of the class {name}.", folder=folder, name=name)
