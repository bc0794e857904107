"""Copies that thumbs alone do not find, such as a photo that was turned a little: a backbone's features name them."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from msgspec.structs import replace
from numpy.typing import NDArray

from trainer.core.errors import CancelledError
from trainer.core.progress import Cancelled, never_cancelled
from trainer.core.text import text
from trainer.dataset.health.near_copies import Groups, are_copies
from trainer.dataset.health.thumbs import Thumb
from trainer.dataset.records import Photo

# Cosine. Of photos turned by 5°, the least like their original are at 0.89; of other photos, three in a thousand have
# one so like them, and the thumbs decide.
_LEAST = 0.87
_ROWS = 1024
_MOST_OF_ONE = 5


def with_more_copies(
    photos: Sequence[Photo],
    embeddings: Mapping[str, np.ndarray],
    thumbs: Mapping[str, Thumb],
    cancelled: Cancelled = never_cancelled,
) -> list[Photo]:
    """Return the photos with `copy_of` for copies too that a scan did not find.

    `embeddings`, float32 [D], and `thumbs` are by digest; a photo that lacks one of them stays as it is. Takes 30 s for
    25,000 photos on two cores. Raises CancelledError.
    """
    digests = sorted(embeddings.keys() & thumbs.keys())
    groups = {photo.digest: photo.group for photo in photos}
    if len(digests) < 2:
        return list(photos)
    pairs = [
        (one, other)
        for one, other in _alike(np.stack([embeddings[digest] for digest in digests]), cancelled)
        if groups.get(digests[one]) != groups.get(digests[other])
    ]
    found = are_copies(
        [thumbs[digest] for digest in digests], np.array(pairs, dtype=np.int64).reshape(-1, 2), cancelled
    )
    names = sorted(set(groups.values()))
    place = {name: number for number, name in enumerate(names)}
    joined = Groups(len(names))
    for (one, other), is_copy in zip(pairs, found, strict=True):
        if is_copy:
            joined.join(place[groups[digests[one]]], place[groups[digests[other]]])
    return [_in_group(photo, names[joined.of(place[photo.group])]) for photo in photos]


def _in_group(photo: Photo, group: str) -> Photo:
    return photo if photo.group == group and not photo.copy_of else replace(photo, copy_of=group)


def _alike(embeddings: NDArray[np.float32], cancelled: Cancelled) -> Iterator[tuple[int, int]]:
    """Yield pairs of photos whose embeddings [N, D] are alike, the lower number first.

    Of each photo only the few that are most like it: of a film, every frame resembles hundreds.
    """
    features = torch.nn.functional.normalize(torch.from_numpy(embeddings), dim=1)
    for begin in range(0, len(features), _ROWS):
        if cancelled():
            raise CancelledError(text("Cancelled while looking for copies."))
        likeness = features[begin : begin + _ROWS] @ features.T
        best = likeness.topk(min(_MOST_OF_ONE + 1, len(features)), dim=1)
        for row, (values, columns) in enumerate(zip(best.values.tolist(), best.indices.tolist(), strict=True)):
            for value, column in zip(values, columns, strict=True):
                if value >= _LEAST and begin + row < column:
                    yield begin + row, column
