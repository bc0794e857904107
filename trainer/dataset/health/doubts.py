"""Which photos are probably of the other class than their folder says: confident learning for two classes.

Source: C. Northcutt, L. Jiang, I. Chuang, "Confident learning: estimating uncertainty in dataset labels", JAIR 70
(2021). The probabilities must come from models that did not learn from the photo in question.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Doubts(NamedTuple):
    """N photos by how much their class is doubted."""

    order: NDArray[np.int64]
    """The photos, [N], the most doubtful first."""
    likely_wrong: NDArray[np.bool_]
    """Bool [N], of each photo: whether it counts as wrong by the confident joint."""


def find_doubts(targets: NDArray[np.int64], probabilities: NDArray[np.float64]) -> Doubts:
    """Return how doubtful each photo's class is.

    `targets` [N] are 0 or 1, `probabilities` [N] those of class 1, out of fold. Photos are ordered by the margin of the
    other class over their own. One counts as wrong where the other class is likelier, and at least as likely as it is
    on average for the photos of that other class. Without photos of both classes, nothing is doubted.
    """
    of_class = np.stack([1 - probabilities, probabilities], axis=1)
    rows = np.arange(len(targets))
    own, other = of_class[rows, targets], of_class[rows, 1 - targets]
    order = np.argsort(own - other, kind="stable")
    if len(set(targets.tolist())) < 2:
        return Doubts(order, np.zeros(len(targets), dtype=np.bool_))
    usual = np.array([of_class[targets == index, index].mean() for index in (0, 1)])
    return Doubts(order, (other > own) & (other >= usual[1 - targets]))
