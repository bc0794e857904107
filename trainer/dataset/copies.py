"""What exact copies among the photos mean for a dataset, in plain sentences."""

from collections import defaultdict
from collections.abc import Sequence

from trainer.dataset.records import Photo


def copy_notes(photos: Sequence[Photo]) -> tuple[str, ...]:
    """Return a note where photos are exact copies, and stronger ones where copies are in two classes or splits."""
    by_digest: dict[str, list[Photo]] = defaultdict(list)
    for photo in photos:
        by_digest[photo.digest].append(photo)
    groups = [group for group in by_digest.values() if len(group) > 1]
    if not groups:
        return ()
    notes = [f"{_are_copies(sum(len(group) - 1 for group in groups))} of others ({_first(groups[0])})."]
    torn = [group for group in groups if len({photo.class_index for photo in group}) > 1]
    if torn:
        notes.append(
            f"{_are(len(torn))} in both classes ({_first(torn[0])}): one of the two is wrong, and a network cannot "
            "learn from it. Remove the wrong ones."
        )
    leaks = [group for group in groups if len({photo.split for photo in group}) > 1]
    if leaks:
        notes.append(
            f"{_are(len(leaks))} in more than one split ({_first(leaks[0])}): the test result will look better than "
            "it is. Remove the copies from one of them."
        )
    return tuple(notes)


def _are_copies(count: int) -> str:
    return "1 photo is an exact copy" if count == 1 else f"{count:,} photos are exact copies"


def _are(count: int) -> str:
    return "1 photo is" if count == 1 else f"{count:,} photos are"


def _first(group: Sequence[Photo]) -> str:
    """Name two copies that differ in what the note is about: the first photo and the first unlike it, if any."""
    one = group[0]
    other = next(
        (photo for photo in group if (photo.class_index, photo.split) != (one.class_index, one.split)), group[1]
    )
    return f"first: {one.path} and {other.path}"
