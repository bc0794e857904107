"""The curves behind an evaluation's figures, from its probabilities alone: ROC, precision and recall, calibration.

Probabilities are those of the positive class, float [N], 0 to 1; targets are 0 or 1, int [N]. Nothing here needs torch.
Tests compare the numbers with torchmetrics.
"""

from math import exp, log, sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainer.core.results import Evaluation
from trainer.core.statistics import wilson_interval

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Interval = tuple[float, float]

# Naeini et al. and Guo et al. used 15 bins of equal width.
CALIBRATION_BINS = 15
HISTOGRAM_BINS = 20
# Log-odds whose exponential is still a number.
_LARGEST_ODDS = 700.0
_Z = NormalDist().inv_cdf(0.975)


class Roc(NamedTuple):
    """The ROC curve, from the strictest limit, at (0, 0), to the boldest, at (1, 1)."""

    false_positive_rate: Floats
    true_positive_rate: Floats
    thresholds: Floats
    """A photo counts as positive from this probability on; the first is infinite."""
    area: float
    interval: Interval
    """95 %: see `area_interval`."""


class PrecisionRecall(NamedTuple):
    """Precision and recall of the positive class at each limit that makes a difference, the boldest limit first."""

    thresholds: Floats
    precision: Floats
    recall: Floats


class ReliabilityBin(NamedTuple):
    """The photos whose probabilities are alike: what was predicted for them, and what was observed."""

    predicted: float
    """Their mean probability."""
    observed: float
    """The share of them that is positive."""
    interval: Interval
    """95 % Wilson interval of that share."""
    photos: int


class Reliability(NamedTuple):
    """How well probabilities are calibrated; a bin without photos is left out."""

    bins: tuple[ReliabilityBin, ...]
    error: float
    """Expected calibration error: the mean distance of predicted and observed, weighted by photos."""


def outcomes(evaluation: Evaluation) -> tuple[Floats, Integers]:
    """Return the probabilities and targets of an evaluation's photos, [N] each."""
    photos = (*evaluation.right, *evaluation.wrong)
    positive = evaluation.classes[1]
    probabilities = np.array([photo.probability for photo in photos], dtype=np.float64)
    return probabilities, np.array([photo.class_name == positive for photo in photos], dtype=np.int64)


def roc(probabilities: Floats, targets: Integers) -> Roc | None:
    """Return the ROC curve; None where only one class is there."""
    positives, negatives = probabilities[targets == 1], probabilities[targets == 0]
    if not len(positives) or not len(negatives):
        return None
    thresholds, said, hits = _counts(probabilities, targets)
    area, variance = area_and_variance(positives, negatives)
    return Roc(
        np.concatenate([[0.0], (said - hits) / len(negatives)]),
        np.concatenate([[0.0], hits / len(positives)]),
        np.concatenate([[np.inf], thresholds]),
        area,
        area_interval(area, variance, len(positives), len(negatives)),
    )


def precision_recall(probabilities: Floats, targets: Integers) -> PrecisionRecall | None:
    """Return precision and recall over the limit; None where no photo is positive."""
    if not targets.any():
        return None
    thresholds, said, hits = _counts(probabilities, targets)
    return PrecisionRecall(thresholds[::-1], (hits / said)[::-1], (hits / targets.sum())[::-1])


def reliability(probabilities: Floats, targets: Integers, bins: int = CALIBRATION_BINS) -> Reliability:
    """Return the reliability diagram in bins of equal width (DeGroot and Fienberg, The Statistician 32, 1983)."""
    places = np.minimum((probabilities * bins).astype(np.int64), bins - 1)
    found, error = [], 0.0
    for place in range(bins):
        inside = places == place
        photos, positive = int(inside.sum()), int(targets[inside].sum())
        if photos:
            predicted, observed = float(probabilities[inside].mean()), positive / photos
            found.append(ReliabilityBin(predicted, observed, wilson_interval(positive, photos), photos))
            error += photos * abs(predicted - observed)
    return Reliability(tuple(found), error / len(targets) if len(targets) else 0.0)


def histogram(probabilities: Floats, targets: Integers, bins: int = HISTOGRAM_BINS) -> Integers:
    """Return how many photos of each class have a probability in each bin of equal width, [2, bins]."""
    places = np.minimum((probabilities * bins).astype(np.int64), bins - 1)
    return np.stack([np.bincount(places[targets == target], minlength=bins) for target in (0, 1)])


def area_interval(area: float, variance: float, positives: int, negatives: int) -> Interval:
    """Return the 95 % interval of an area under the ROC curve, from DeLong's variance on the scale of its log-odds.

    An area of 0 or 1 has a variance of 0 and yet is not certain: there it is Newcombe's interval ("Confidence intervals
    for an effect size measure based on the Mann-Whitney statistic, part 2", Statistics in Medicine 25, 2006, method 5).
    Log-odds as in M. S. Pepe, "The statistical evaluation of medical tests" (2003), section 5.2.4: with normal scores
    and 200 photos of each class, such intervals hold the true area in 93 to 95 of 100 cases for areas from 0.9 to
    0.999, those without log-odds in 78 to 95.
    """
    if not 0 < area < 1:
        return _newcombe(area, positives, negatives)
    odds = log(area / (1 - area))
    reach = _Z * sqrt(variance) / (area * (1 - area))
    return _share(odds - reach), _share(odds + reach)


def _counts(probabilities: Floats, targets: Integers) -> tuple[Floats, Integers, Integers]:
    """Return the distinct probabilities, the largest first, and how many photos, and positive ones, reach each."""
    thresholds, places = np.unique(probabilities, return_inverse=True)
    photos = np.bincount(places, minlength=len(thresholds))
    positive = np.bincount(places[targets == 1], minlength=len(thresholds))
    return thresholds[::-1], photos[::-1].cumsum(), positive[::-1].cumsum()


def area_and_variance(positives: Floats, negatives: Floats) -> tuple[float, float]:
    """Return the area under the ROC curve, and DeLong's variance of it, by the probabilities of either class.

    Sources: E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, Biometrics 44 (1988); by ranks as in X. Sun and W. Xu,
    IEEE Signal Processing Letters 21 (2014).
    """
    together = _mean_ranks(np.concatenate([positives, negatives]))
    above = (together[: len(positives)] - _mean_ranks(positives)) / len(negatives)
    below = 1 - (together[len(positives) :] - _mean_ranks(negatives)) / len(positives)
    # Of a single photo's share the variance is not known, but never more than 1/4.
    variance = sum(part.var(ddof=1) / len(part) if len(part) > 1 else 0.25 for part in (above, below))
    return float(above.mean()), float(variance)


def _mean_ranks(values: Floats) -> Floats:
    """Return each value's rank from 1; equal ones share the mean of theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (counts.cumsum() - (counts - 1) / 2)[places]
    return ranks


def _newcombe(area: float, positives: int, negatives: int) -> Interval:
    """Return the two areas whose own standard error, under his model, is just small enough to reach this one."""
    middle = (positives + negatives) / 2 - 1

    def is_out_of_reach(other: float) -> bool:
        spread = 1 + middle * ((1 - other) / (2 - other) + other / (1 + other))
        return (area - other) ** 2 > _Z**2 * other * (1 - other) * spread / (positives * negatives)

    ends = []
    for end in (0.0, 1.0):
        far, near = end, area
        for _halving in range(60):
            half = (far + near) / 2
            far, near = (half, near) if is_out_of_reach(half) else (far, half)
        ends.append(near)
    return ends[0], ends[1]


def _share(odds: float) -> float:
    return 1 / (1 + exp(-max(odds, -_LARGEST_ODDS)))
