"""What the check of a dataset's health finds of what was planted: changed copies, and photos in the wrong class.

    python -m tests.benchmarks.health [--data ../shared/data] [--quick]

Copies: each of six changes to 500 photos, among dogs-vs-cats-small and other-sources, 5,600 photos with copies of their
own; a found pair is right where one is the change of the other. Wrong classes: among the 2,000 training photos of
dogs-vs-cats-small and the 1,600 of other-sources, by source, with five seeds. Takes some minutes.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
import torch

from tests.benchmarks.harness import options
from tests.benchmarks.harness.results import Row, report
from tests.planted_copies import brightened, cropped, mirrored, recompressed, resized, saved, turned
from trainer.core.dataset_choice import DatasetChoice
from trainer.core.statistics import wilson_interval
from trainer.dataset.copies import mark_copies
from trainer.dataset.health.doubts import find_doubts
from trainer.dataset.health.thumbs import SIDE, thumb_of
from trainer.dataset.names import is_photo_name
from trainer.dataset.photo import open_photo, photo_pixels
from trainer.dataset.records import Photo, digest
from trainer.dataset.scan import scan
from trainer.dataset.sources.source import open_source
from trainer.labelling.eye import Eye
from trainer.labelling.features import embeddings_of, standardised
from trainer.labelling.head_folds import folds_of, out_of_fold
from trainer.labelling.more_copies import with_more_copies

CHANGES = (resized, recompressed, cropped, mirrored, brightened, turned)
CLEAR = (resized, recompressed, cropped, mirrored)
"""The changes that must be found."""
PLANTED, SEEDS = 500, 5
SHARES = (0.01, 0.05, 0.1)


class Source(NamedTuple):
    """N photos of one source as a backbone sees them."""

    name: str
    features: torch.Tensor
    targets: np.ndarray
    groups: list[str]


def main() -> int:
    """Measure and report."""
    given = options.parser(__doc__).parse_args()
    small, other = options.small(given.data), options.other(given.data)
    files = [*_photos(small), *_photos(other / "cats"), *_photos(other / "dogs")]
    rows = list(_copies(files[:: 8 if given.quick else 1], 40 if given.quick else PLANTED))
    for source in (_look(small / "train", "dogs-vs-cats-small"), _look(other, "other-sources")):
        rows += [_wrong(source, share, 1 if given.quick else SEEDS) for share in SHARES]
    report("health", rows, quick=given.quick)
    return 0


def _photos(folder: Path) -> list[Path]:
    return sorted(found for found in folder.rglob("*") if is_photo_name(found.name))


def _copies(files: Sequence[Path], planted: int) -> Iterator[Row]:
    """Yield how many copies of each change are found, and how many of the pairs found with them are right."""
    chance, eye = random.Random(0), Eye.choose(("kitten", "puppy"))
    originals = _Photos([file.read_bytes() for file in files], eye)
    before = {by_check: originals.groups(by_check=by_check) for by_check in (False, True)}
    count = Counter(before[True])
    singles = [number for number in range(len(files)) if count[before[True][number]] == 1]
    for change in CHANGES:
        some = chance.sample(singles, planted)
        copies = _Photos([saved(change(open_photo(files[number]), chance)) for number in some], eye)
        for by_check, words in ((False, "a scan"), (True, "the check")):
            found = originals.with_others(copies).groups(by_check=by_check)
            right = sum(found[len(files) + place] == found[number] for place, number in enumerate(some))
            pairs = len(found) - len(set(found)) - (len(files) - len(set(before[by_check])))
            precise = f"right of the found: {_share(right, pairs)}"
            goal = "95 %" if change in CLEAR else ""
            yield Row(f"{change.__name__} copies found by {words}", _share(right, planted), precise, goal)


class _Photos:
    """Photos as files, with what a scan and a check see in them."""

    def __init__(self, files: Sequence[bytes], eye: Eye) -> None:
        self.photos = [_photo(data) for data in files]
        self.thumbs = {digest(data): thumb_of(open_photo(data, size=SIDE)) for data in files}
        self.seen = {digest(data): _embedding(data, eye) for data in files}

    def with_others(self, others: "_Photos") -> "_Photos":
        both = _Photos.__new__(_Photos)
        both.photos = [*self.photos, *others.photos]
        both.thumbs, both.seen = self.thumbs | others.thumbs, self.seen | others.seen
        return both

    def groups(self, *, by_check: bool) -> list[str]:
        """Return what is equal for those that count as copies."""
        marked = mark_copies(self.photos, self.thumbs)
        if by_check:
            marked = with_more_copies(marked, self.seen, self.thumbs)
        return [photo.group for photo in marked]


def _photo(data: bytes) -> Photo:
    key = digest(data)
    return Photo(path=key, class_index=0, split=None, bytes=len(data), modified_ns=0, width=1, height=1, digest=key)


def _embedding(data: bytes, eye: Eye) -> np.ndarray:
    known = eye.recall(digest(data))
    if known is not None:
        return known[1]
    outputs = eye.look([photo_pixels(data, eye.image_size)])
    eye.remember(digest(data), float(outputs.logits[0]), outputs.embeddings[0].numpy())
    return outputs.embeddings[0].numpy()


def _look(folder: Path, name: str) -> Source:
    names = ("cats", "dogs")
    found = scan(DatasetChoice(root=str(folder.absolute()), class_folders=names))
    with open_source(found.choice) as source:
        source.list_files()
        seen = embeddings_of(found.photos, source, Eye.choose(("kitten", "puppy")))
    return Source(
        name,
        standardised(np.stack([seen[photo.digest] for photo in found.photos])),
        np.array([photo.class_index for photo in found.photos]),
        [photo.group for photo in found.photos],
    )


def _wrong(source: Source, share: float, seeds: int) -> Row:
    """Return how many of planted wrong classes are found, and among the first tenth of the list."""
    first, recall, precision = [], [], []
    for seed in range(seeds):
        count = len(source.targets)
        wrong = np.zeros(count, dtype=bool)
        wrong[np.random.default_rng(seed).choice(count, round(share * count), replace=False)] = True
        targets = np.where(wrong, 1 - source.targets, source.targets)
        found = find_doubts(targets, out_of_fold(source.features, targets, folds_of(source.groups)))
        first.append(wrong[found.order[: count // 10]].sum() / wrong.sum())
        recall.append((wrong & found.likely_wrong).sum() / wrong.sum())
        precision.append((wrong & found.likely_wrong).sum() / max(1, found.likely_wrong.sum()))
    return Row(
        f"{share:.0%} wrong classes, {source.name}: in the first tenth",
        _spread(first),
        f"counted as wrong: recall {_spread(recall)}, precision {_spread(precision)}",
        "80 %" if share == 0.05 else "",
    )


def _share(part: int, whole: int) -> str:
    low, high = wilson_interval(part, max(1, whole))
    return f"{part / max(1, whole):.1%} ({low:.1%} to {high:.1%})"


def _spread(values: Sequence[float]) -> str:
    return f"{median(values):.1%} ({min(values):.1%} to {max(values):.1%})"


if __name__ == "__main__":
    options.conclude(main)
