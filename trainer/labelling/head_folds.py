"""What heads on frozen features say of photos that they did not learn from: by folds, by splits, by size."""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
import torch
from numpy.typing import NDArray

from trainer.core.errors import CancelledError
from trainer.core.progress import Cancelled, never_cancelled
from trainer.core.text import text
from trainer.labelling.head import Head, fit_head

# Firmer than for labels that somebody just gave: some of these may be wrong, and a head that bends to them hides them.
# Of 10 % planted wrong ones, 98 % are among the first tenth with 1, and 85 % with 0.01.
DECAY = 1.0
FOLDS = 5
SIZES = 8
"""Of the learning curve."""
SEEDS = 3
_SMALLEST = 16
"""Photos that the learning curve begins with."""
_HELD_OUT = 0.25


def folds_of(groups: Sequence[str], count: int = FOLDS) -> NDArray[np.int64]:
    """Return the fold of each photo: by its content, and copies in the same one."""
    order = sorted(set(groups), key=lambda group: sha256(group.encode()).digest())
    place = {group: number % count for number, group in enumerate(order)}
    return np.array([place[group] for group in groups], dtype=np.int64)


def out_of_fold(
    features: torch.Tensor, targets: NDArray[np.int64], folds: NDArray[np.int64], cancelled: Cancelled = never_cancelled
) -> NDArray[np.float64]:
    """Return the probability of class 1 of each photo, [N], by heads that did not learn from it nor from its copies.

    `features` are [N, D] of one scale. Raises CancelledError.
    """
    found = np.full(len(targets), 0.5)
    for fold in range(int(folds.max()) + 1):
        _refuse_cancelled(cancelled)
        out = folds == fold
        if len(set(targets[~out].tolist())) == 2:
            found[out] = probabilities(learnt(features, targets, ~out), features[torch.from_numpy(out)])
    return found


def learnt(features: torch.Tensor, targets: NDArray[np.int64], rows: NDArray[np.bool_]) -> Head:
    """Return the head that some photos teach: those of which `rows`, bool [N], says so."""
    chosen = torch.from_numpy(rows)
    wanted = torch.from_numpy(targets)[chosen].float()
    return fit_head(features[chosen], wanted, torch.zeros(len(wanted)), decay=DECAY)


def probabilities(head: Head, features: torch.Tensor) -> NDArray[np.float64]:
    """Return the probability of class 1 of photos, [N]."""
    found: NDArray[np.float64] = head.logits(features, torch.zeros(len(features))).sigmoid().double().numpy()
    return found


def learning_curve(
    features: torch.Tensor,
    targets: NDArray[np.int64],
    groups: Sequence[str],
    cancelled: Cancelled = never_cancelled,
) -> tuple[list[int], NDArray[np.float64], int]:
    """Return numbers of photos, the error rates of heads learnt from so many, [seeds, sizes], and of how many tested.

    Each seed holds other photos back. Both classes are drawn alike. Raises CancelledError.
    """
    whole = int(len(targets) * (1 - _HELD_OUT))
    sizes = sorted({round(size) for size in np.geomspace(min(_SMALLEST, whole), whole, SIZES)})
    errors = np.zeros((SEEDS, len(sizes)))
    for seed in range(SEEDS):
        folds = folds_of([f"{seed} {group}" for group in groups], round(1 / _HELD_OUT))
        held = folds == 0
        order = _drawn_alike(targets, np.random.default_rng(seed).permutation(np.flatnonzero(~held)))
        for place, size in enumerate(sizes):
            _refuse_cancelled(cancelled)
            rows = np.zeros(len(targets), dtype=np.bool_)
            rows[order[:size]] = True
            said = probabilities(learnt(features, targets, rows), features[torch.from_numpy(held)])
            errors[seed, place] = np.mean((said >= 0.5) != targets[held])
    return sizes, errors, int(held.sum())


def _drawn_alike(targets: NDArray[np.int64], order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the photos in an order whose every beginning holds both classes in the same proportion."""
    place = np.empty(len(order))
    for target in (0, 1):
        mine = targets[order] == target
        place[mine] = (np.arange(mine.sum()) + 0.5) / max(1, mine.sum())
    return order[np.argsort(place, kind="stable")]


def _refuse_cancelled(cancelled: Cancelled) -> None:
    if cancelled():
        raise CancelledError(text("Cancelled while checking the photos."))
