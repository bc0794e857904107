"""Find photos that are copies of one another though their files differ.

Saved again, made smaller, brightened, mirrored, or cropped by a tenth: four sieves, each finer and slower than the one
before, so that 25,000 photos take seconds. Only the last one decides (`alignment`); the others must not lose a copy.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainer.core.errors import CancelledError
from trainer.core.progress import Cancelled, never_cancelled
from trainer.core.text import text
from trainer.dataset.health.alignment import Agreement, Floats, agreement, colour_distance, crop_warp
from trainer.dataset.health.thumbs import SIDE, Thumb, Thumbs

# Of 400 copies of each kind, cropped ones are the hardest for the sieves: 98 %, 99 % and 99 % come through. Of the 15.7
# million other pairs of 5,600 photos, 11,459, 405 and 169 did, and one agreed by more than 0.7 (0.76).
_COARSE = 8
_FINE = 16
_LEAST_MIDDLE, _LEAST_COARSE, _LEAST_FINE = 0.8, 0.9, 0.88

# Of photos, details alone would decide: 99 % of the cropped copies agree by more than 0.8. Practice drawings of one
# kind of room share their details too, but not all their grey levels and colours, and what is at the limit of the one
# may not be at the limit of the other. Where details agree nearly everywhere, nothing else counts, since a brighter
# copy loses colours.
_LEAST_DETAILS, _SURE_DETAILS, _MOST_REST, _MOST_COLOURS, _LEAST_COVERED = 0.8, 0.93, 0.3, 5.0, 0.6
_MOST_OF_BOTH = 1.5
"""How far details and colours may be towards their limits, together; 2 would mean both."""
_MOST_COLOURS_BEFORE = 8.0
"""Before one is laid upon the other, which takes a hundred times as long."""

# After two steps cropped copies agree by 0.76 and more, and 98 % of those that were turned by 5° by more than 0.7.
_FEW_STEPS, _LEAST_DETAILS_SO_FAR = 2, 0.65

# A tenth is cut away at either edge, at both, or somewhere between.
_PART = 0.9
_EDGES = (0.0, 0.05, 0.1)
_WINDOWS = ((0.0, 0.0, 1.0), *((left, top, _PART) for left in _EDGES for top in _EDGES))
"""Left, top and part of what another photo may be a copy of."""
_MIDDLE = (0.05, 0.05, _PART)

# Grey levels. A flatter photo has no places by which it could be recognised.
_FLAT = 2.0
_ROWS = 512
_SOME = 20_000
_MOST_OF_ONE = 20
"""Candidates of one photo, the likeliest: of a film, every frame resembles hundreds."""
_AT_ONCE = 128
_MOST_ALIGNED = 2_000
"""A second's work, and more than 25,000 photos need. The likeliest come first: what is beyond it is hardly a copy."""


class _Pairs(NamedTuple):
    """P pairs of photos, by their numbers."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.int64] | slice) -> "_Pairs":
        return _Pairs(self.first[chosen], self.second[chosen])


def near_copies(thumbs: Sequence[Thumb], *, cancelled: Cancelled = never_cancelled) -> list[int]:
    """Return for each photo the index of the first that it is a copy of: its own where it is the first.

    A copy of a copy counts as a copy. The time grows with the square of the number: on two cores 1 s for 5,000 and 15
    s for 25,000. Raises CancelledError.
    """
    if len(thumbs) < 2:
        return list(range(len(thumbs)))
    photos = Thumbs.of(thumbs)
    pairs, _ = _sieve(photos.grey, _alike(photos.grey, cancelled), _COARSE, _LEAST_COARSE)
    pairs, ways = _sieve(photos.grey, pairs, _FINE, _LEAST_FINE)
    close = _of_like_colours(photos, pairs, ways)[:_MOST_ALIGNED]
    pairs, ways = pairs.where(close), ways[close]
    group = Groups(len(thumbs))
    for begin in range(0, len(ways), _AT_ONCE):
        if cancelled():
            raise CancelledError(text("Cancelled while looking for copies."))
        some = slice(begin, begin + _AT_ONCE)
        _join_copies(photos, pairs.where(some), ways[some], group)
    return [group.of(one) for one in range(len(thumbs))]


def _alike(grey: Floats, cancelled: Cancelled) -> _Pairs:
    """Return the pairs of which either photo, or the middle of it, resembles the other, mirrored or not."""
    whole = _features(grey, _WINDOWS[0], _COARSE)
    asked = [whole, *(_features(grey, _MIDDLE, _COARSE, mirrored=mirrored) for mirrored in (False, True))]
    asked.append(_features(grey, _WINDOWS[0], _COARSE, mirrored=True))
    found: list[NDArray[np.int64]] = []
    for begin in range(0, len(grey), _ROWS):
        if cancelled():
            raise CancelledError(text("Cancelled while looking for copies."))
        rows = slice(begin, begin + _ROWS)
        likeness = asked[0][rows] @ whole.T
        for features in asked[1:]:
            np.maximum(likeness, features[rows] @ whole.T, out=likeness)
        found.append(_likeliest(likeness, begin))
    pairs = np.sort(np.concatenate(found), axis=1)
    return _Pairs(*np.divmod(np.unique(pairs[:, 0] * len(grey) + pairs[:, 1]), len(grey)))


def _likeliest(likeness: Floats, begin: int) -> NDArray[np.int64]:
    """Return the pairs, int64 [P, 2], of rows that begin at `begin`, each with the few most like it."""
    rows = np.arange(len(likeness))
    likeness[rows, begin + rows] = -1
    one, other = np.divmod(np.flatnonzero(likeness.ravel() > _LEAST_MIDDLE), likeness.shape[1])
    many = np.flatnonzero(np.bincount(one, minlength=len(rows)) > _MOST_OF_ONE)
    few = ~np.isin(one, many)
    nearest = np.argpartition(-likeness[many], _MOST_OF_ONE, axis=1)[:, :_MOST_OF_ONE] if len(many) else many
    one = np.concatenate([one[few], np.repeat(many, _MOST_OF_ONE)]) + begin
    return np.stack([one, np.concatenate([other[few], nearest.ravel()])], axis=1)


def _sieve(grey: Floats, pairs: _Pairs, cells: int, least: float) -> tuple[_Pairs, NDArray[np.int64]]:
    """Return the pairs that resemble each other in some way, the likeliest first, and in which: see `_ways`."""
    used, places = np.unique(np.stack(pairs), return_inverse=True)
    grey = grey[used]
    first, second = places.reshape(2, -1)
    whole = _features(grey, _WINDOWS[0], cells)
    best = np.full(len(pairs.first), -1.0, dtype=np.float32)
    way = np.zeros(len(best), dtype=np.int64)
    for number, (window, mirrored, turned) in enumerate(_ways()):
        cut, other = (second, first) if turned else (first, second)
        features = _features(grey, window, cells, mirrored=mirrored)
        likeness = np.empty_like(best)
        for begin in range(0, len(best), _SOME):
            some = slice(begin, begin + _SOME)
            likeness[some] = (features[cut[some]] * whole[other[some]]).sum(axis=1)
        way[likeness > best] = number
        np.maximum(best, likeness, out=best)
    order = np.argsort(-best, kind="stable")
    order = order[best[order] > least]
    return pairs.where(order), way[order]


def _ways() -> Iterator[tuple[tuple[float, float, float], bool, bool]]:
    """Yield each way in which one photo can be a copy of another.

    The window of the one that the other shows, whether it is mirrored, and whether it is the second photo of the pair
    that is the larger one.
    """
    for turned in (False, True):
        for mirrored in (False, True):
            for window in _WINDOWS:
                yield window, mirrored, turned


def _laid(photos: Thumbs, pairs: _Pairs, ways: NDArray[np.int64]) -> tuple[Thumbs, Thumbs, Floats]:
    """Return the larger photo of each pair, the one that is perhaps a part of it, and where that lies."""
    known = list(_ways())
    chosen = [known[number] for number in ways]
    turned, mirrored = (np.array([each[place] for each in chosen], dtype=np.bool_) for place in (2, 1))
    wholes = photos.chosen(np.where(turned, pairs.second, pairs.first), mirrored)
    parts = photos.chosen(np.where(turned, pairs.first, pairs.second))
    return wholes, parts, np.array([crop_warp(*window) for window, _, _ in chosen], dtype=np.float32).reshape(-1, 6)


def _of_like_colours(photos: Thumbs, pairs: _Pairs, ways: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers of the pairs whose colours do not tell them apart."""
    found = [np.empty(0, dtype=np.int64)]
    for begin in range(0, len(ways), _ROWS):
        some = slice(begin, begin + _ROWS)
        wholes, parts, warps = _laid(photos, pairs.where(some), ways[some])
        alike = colour_distance(wholes.chroma, parts.chroma, warps) <= _MOST_COLOURS_BEFORE
        found.append(begin + np.flatnonzero(alike))
    return np.concatenate(found)


def _join_copies(photos: Thumbs, pairs: _Pairs, ways: NDArray[np.int64], group: "Groups") -> None:
    """Join the groups of the pairs that agree. What is connected already is passed over."""
    apart = np.array([group.of(one) != group.of(other) for one, other in zip(*pairs, strict=True)])
    pairs, ways = pairs.where(apart), ways[apart]
    wholes, parts, warps = _laid(photos, pairs, ways)
    hopeful = agreement(wholes, parts, warps, steps=_FEW_STEPS).details >= _LEAST_DETAILS_SO_FAR
    agreed = agreement(wholes.chosen(hopeful), parts.chosen(hopeful), warps[hopeful])
    for one, other in zip(*pairs.where(hopeful).where(_is_copy(agreed)), strict=True):
        group.join(one, other)


def are_copies(
    thumbs: Sequence[Thumb], pairs: NDArray[np.int64], cancelled: Cancelled = never_cancelled
) -> NDArray[np.bool_]:
    """Return which pairs of photos [P, 2], by their numbers, are copies, however they were found. Takes 10 ms a pair.

    Raises CancelledError.
    """
    photos = Thumbs.of(thumbs)
    found = np.zeros(len(pairs), dtype=np.bool_)
    for begin in range(0, len(pairs), _AT_ONCE):
        if cancelled():
            raise CancelledError(text("Cancelled while looking for copies."))
        some = slice(begin, begin + _AT_ONCE)
        for whole, part in (pairs[some].T, pairs[some, ::-1].T):
            for mirrored in (False, True):
                for window in (_WINDOWS[0], _MIDDLE):
                    wholes = photos.chosen(whole, np.full(len(whole), mirrored))
                    warps = np.repeat(crop_warp(*window)[None], len(whole), axis=0)
                    found[some] |= _is_copy(agreement(wholes, photos.chosen(part), warps))
    return found


def _is_copy(agreed: Agreement) -> NDArray[np.bool_]:
    both = (1 - agreed.details) / (1 - _LEAST_DETAILS) + agreed.colours / _MOST_COLOURS
    alike = (agreed.rest <= _MOST_REST) & (agreed.colours <= _MOST_COLOURS) & (both <= _MOST_OF_BOTH)
    least = np.where(alike, _LEAST_DETAILS, _SURE_DETAILS)
    copies: NDArray[np.bool_] = (agreed.details >= least) & (agreed.covered >= _LEAST_COVERED)
    return copies


class Groups:
    """Which of N things are connected, by the lowest number among them."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def of(self, one: int) -> int:
        """Return the lowest number that one is connected with."""
        while self._above[one] != one:
            self._above[one] = self._above[self._above[one]]
            one = self._above[one]
        return one

    def join(self, one: int, other: int) -> None:
        """Connect two, and whatever is connected with them."""
        low, high = sorted((self.of(one), self.of(other)))
        self._above[high] = low


def _features(grey: Floats, window: tuple[float, float, float], cells: int, *, mirrored: bool = False) -> Floats:
    """Return what a window of each photo looks like, float32 [N, cells * cells], of length 1 but where it is flat."""
    left, top, part = window
    across, down = _averaging(left, part, cells), _averaging(top, part, cells)
    lines = grey.reshape(-1, SIDE) @ (across[:, ::-1] if mirrored else across).T
    flat = (down @ lines.reshape(-1, SIDE, cells)).reshape(-1, cells * cells)
    flat -= flat.mean(axis=1, keepdims=True)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    features: Floats = (flat / np.maximum(length, _FLAT * cells)).astype(np.float32)
    return features


def _averaging(begin: float, part: float, cells: int) -> Floats:
    """Return the matrix, float32 [cells, SIDE], that averages a part of a line of pixels into so many cells."""
    each = 4  # samples a cell: windows do not end where pixels do
    places = np.clip((begin + (np.arange(cells * each) + 0.5) / (cells * each) * part) * SIDE - 0.5, 0, SIDE - 1)
    lower = places.astype(np.int64)
    upper = np.minimum(lower + 1, SIDE - 1)
    matrix = np.zeros((cells * each, SIDE), dtype=np.float32)
    rows = np.arange(cells * each)
    np.add.at(matrix, (rows, lower), 1 - (places - lower))
    np.add.at(matrix, (rows, upper), places - lower)
    averaging: Floats = matrix.reshape(cells, each, SIDE).mean(axis=1)
    return averaging
