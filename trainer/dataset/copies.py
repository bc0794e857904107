"""Copies among the photos, and what they mean for a dataset."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from trainer.core.progress import Cancelled, never_cancelled
from trainer.core.text import plural
from trainer.dataset.health.near_copies import near_copies
from trainer.dataset.health.thumbs import Thumb
from trainer.dataset.records import SPLITS, Photo

Group = tuple[Photo, ...]


class Copies(msgspec.Struct, frozen=True):
    """Groups of photos that are copies of one another, near copies too, in path order."""

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

    @property
    def all_but_one(self) -> tuple[str, ...]:
        """What to leave out so that each photo is there once: of its copies, the first of those nearest the test stays.

        Nothing of groups in both classes: a look decides which of these is in the wrong one.
        """
        order = {split: rank for rank, split in enumerate((None, *SPLITS))}
        groups = [group for group in self.groups if len({photo.class_index for photo in group}) == 1]
        stay = {max(group, key=lambda photo: order[photo.split]).path for group in groups}
        return tuple(photo.path for group in groups for photo in group if photo.path not in stay)

    def notes(self) -> tuple[str, ...]:
        """Return a note where there are copies, and stronger ones where they are in two classes or splits."""
        notes: list[str] = []
        if exact := [group for group in map(_exact, self.groups) if len(group) > 1]:
            first, second = _pair(exact[0])
            notes.append(
                plural(
                    sum(len(group) - len({photo.digest for photo in group}) for group in exact),
                    "%n photo is an exact copy of another (first: {first} and {second}).",
                    "%n photos are exact copies of others (first: {first} and {second}).",
                    first=first,
                    second=second,
                )
            )
        if near := [group for group in self.groups if len({photo.digest for photo in group}) > 1]:
            first, second = _pair(near[0], unlike=True)
            notes.append(
                plural(
                    sum(len({photo.digest for photo in group}) - 1 for group in near),
                    "%n photo is nearly the same as another: saved again, cropped, mirrored, or taken in the same "
                    "moment (first: {first} and {second}).",
                    "%n photos are nearly the same as others: saved again, cropped, mirrored, or taken in the same "
                    "moment (first: {first} and {second}).",
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
    """Return the copies among photos as a scan marked them. Some hundredths of a second for 25,000."""
    groups: dict[str, list[Photo]] = defaultdict(list)
    for photo in photos:
        groups[photo.group].append(photo)
    return Copies(tuple(tuple(group) for group in groups.values() if len(group) > 1))


def mark_copies(
    photos: Sequence[Photo], thumbs: Mapping[str, Thumb], *, cancelled: Cancelled = never_cancelled
) -> list[Photo]:
    """Return the photos, each with `copy_of` where it has copies. `thumbs` are by digest. Raises CancelledError."""
    digests = sorted(thumbs)  # so that names and places of the files change nothing
    first = dict(zip(digests, near_copies([thumbs[digest] for digest in digests], cancelled=cancelled), strict=True))
    count = Counter(first[photo.digest] for photo in photos)
    return [
        replace(photo, copy_of=digests[place] if count[place := first[photo.digest]] > 1 else "") for photo in photos
    ]


def _exact(group: Group) -> Group:
    """Return the photos of a group of which the group holds exact copies."""
    count = Counter(photo.digest for photo in group)
    return tuple(photo for photo in group if count[photo.digest] > 1)


def _pair(group: Sequence[Photo], *, unlike: bool = False) -> tuple[str, str]:
    """Return two copies that differ in what the note is about: the first photo and the first unlike it, if any."""
    one = group[0]

    def differs(photo: Photo) -> bool:
        if unlike:
            return photo.digest != one.digest
        return (photo.class_index, photo.split) != (one.class_index, one.split)

    return one.path, next(filter(differs, group), group[1]).path
