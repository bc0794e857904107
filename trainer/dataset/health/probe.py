"""How well a few numbers of each photo tell two classes apart: a logistic regression, tested on what it did not see."""

from math import hypot

import numpy as np
from numpy.typing import NDArray

from trainer.core.statistics import wilson_interval

Floats = NDArray[np.float64]

FOLDS = 5
# Of standardised columns, for weights that add up to the number of photos: as scikit-learn's with C = 1.
_RIDGE = 1.0
_STEPS = 25
_SMALL_STEP = 1e-6


def right_out_of_fold(columns: Floats, targets: NDArray[np.bool_], folds: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return [N] which photos are told right by a regression that learnt from the other folds.

    `columns` [N, C], `targets` [N] (True: positive class), `folds` [N] from 0 to FOLDS - 1; both classes have to be
    outside every fold. The classes count alike, however many photos they have.
    """
    columns = columns[:, np.ptp(columns, axis=0) > 0]
    right = np.zeros(len(targets), dtype=np.bool_)
    for fold in range(FOLDS):
        left_out = folds == fold
        mean, spread = columns[~left_out].mean(axis=0), columns[~left_out].std(axis=0)
        scaled = (columns - mean) / np.where(spread > 0, spread, 1)
        scaled = np.column_stack([np.ones(len(scaled)), scaled])
        weights = fit_logistic(scaled[~left_out], targets[~left_out])
        right[left_out] = (scaled[left_out] @ weights > 0) == targets[left_out]
    return right


def fit_logistic(columns: Floats, targets: NDArray[np.bool_]) -> Floats:
    """Return the weights [C] of a ridge logistic regression, the first of them (the bias) without penalty.

    Newton's method on the penalised likelihood, with steps halved where it would rise. Source: T. Hastie, R. Tibshirani
    and J. Friedman, "The elements of statistical learning" (2009), section 4.4.1.
    """
    share = targets.mean()
    each = np.where(targets, 0.5 / share, 0.5 / (1 - share))
    signs = np.where(targets, 1.0, -1.0)
    ridge = np.full(columns.shape[1], _RIDGE)
    ridge[0] = 0

    def loss(weights: Floats) -> float:
        return float(each @ np.logaddexp(0, -signs * (columns @ weights)) + ridge @ weights**2 / 2)

    weights = np.zeros(columns.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(columns @ weights, -500, 500)))
        gradient = columns.T @ (each * (chance - targets)) + ridge * weights
        curvature = (columns * (each * chance * (1 - chance))[:, None]).T @ columns + np.diag(ridge)
        # A curvature of nothing, where every chance is 0 or 1, has no inverse.
        step = np.linalg.solve(curvature + 1e-9 * np.eye(len(ridge)), gradient)
        before = loss(weights)
        while loss(weights - step) > before and np.abs(step).max() > _SMALL_STEP:
            step /= 2
        weights = weights - step
        if np.abs(step).max() <= _SMALL_STEP:
            break
    return weights


def balanced_accuracy(right: NDArray[np.bool_], targets: NDArray[np.bool_]) -> tuple[float, tuple[float, float]]:
    """Return the mean of both classes' shares that are right, and its 95 % interval.

    The interval is put together from the Wilson intervals of both shares. Source: G. Y. Zou and A. Donner,
    "Construction of confidence limits about effect measures: a general approach", Statistics in Medicine 27
    (2008).
    """
    shares, below, above = [], [], []
    for mine in (right[targets], right[~targets]):
        share = float(mine.mean())
        low, high = wilson_interval(int(mine.sum()), len(mine))
        shares.append(share)
        below.append(share - low)
        above.append(high - share)
    mean = sum(shares) / 2
    return mean, (max(0.0, mean - hypot(*below) / 2), min(1.0, mean + hypot(*above) / 2))
