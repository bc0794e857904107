"""Exact copies among the photos, and what they mean for a dataset."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from trainer.core.text import plural
from trainer.dataset.records import SPLITS, Photo

Group = tuple[Photo, ...]


class Copies(msgspec.Struct, frozen=True):
    """Groups of photos that are exact copies of one another, in path order."""

    groups: tuple[Group, ...]

    @property
    def in_both_classes(self) -> list[Group]:
        """Those of which one copy or another is in the wrong class: no network can learn both."""
        return [group for group in self.groups if len({photo.class_index for photo in group}) > 1]

    @property
    def in_several_splits(self) -> list[Group]:
        """Those that training and testing share, so that the test is no test."""
        return [group for group in self.groups if len({photo.split for photo in group}) > 1]

    @property
    def outside_the_test(self) -> tuple[str, ...]:
        """What to leave out so that each photo is in one split: of its copies, those nearest the test stay."""
        order = {split: rank for rank, split in enumerate((None, *SPLITS))}
        return tuple(
            photo.path
            for group in self.in_several_splits
            for photo in group
            if order[photo.split] < max(order[copy.split] for copy in group)
        )

    def notes(self) -> tuple[str, ...]:
        """Return a note where there are copies, and stronger ones where they are in two classes or splits."""
        notes: list[str] = []
        if self.groups:
            first, second = _pair(self.groups[0])
            notes.append(
                plural(
                    sum(len(group) - 1 for group in self.groups),
                    "%n photo is an exact copy of another (first: {first} and {second}).",
                    "%n photos are exact copies of others (first: {first} and {second}).",
                    first=first,
                    second=second,
                )
            )
        if self.in_both_classes:
            first, second = _pair(self.in_both_classes[0])
            notes.append(
                plural(
                    len(self.in_both_classes),
                    "%n photo is in both classes (first: {first} and {second}): one of the two is wrong, and a network "
                    "cannot learn from it. Leave the wrong one out.",
                    "%n photos are in both classes (first: {first} and {second}): one of the two is wrong, and a "
                    "network cannot learn from it. Leave the wrong ones out.",
                    first=first,
                    second=second,
                )
            )
        if self.in_several_splits:
            first, second = _pair(self.in_several_splits[0])
            notes.append(
                plural(
                    len(self.in_several_splits),
                    "%n photo is in more than one split (first: {first} and {second}): the test result will look "
                    "better than it is. Leave the copies in one of them out.",
                    "%n photos are in more than one split (first: {first} and {second}): the test result will look "
                    "better than it is. Leave the copies in one of them out.",
                    first=first,
                    second=second,
                )
            )
        return tuple(notes)


def find_copies(photos: Iterable[Photo]) -> Copies:
    """Return the copies among photos. Some hundredths of a second for 25,000."""
    by_digest: dict[str, list[Photo]] = defaultdict(list)
    for photo in photos:
        by_digest[photo.digest].append(photo)
    return Copies(tuple(tuple(group) for group in by_digest.values() if len(group) > 1))


def _pair(group: Sequence[Photo]) -> tuple[str, str]:
    """Return two copies that differ in what the note is about: the first photo and the first unlike it, if any."""
    one = group[0]
    other = next(
        (photo for photo in group if (photo.class_index, photo.split) != (one.class_index, one.split)), group[1]
    )
    return one.path, other.path
