"""What more photos would bring: the errors of models that learnt from parts of a dataset, continued by a power law.

Of 300 draws each from six laws, with the noise of 20 to 1,000 test photos, 2 to 10 seeds and 4 to 6 sizes, the
intervals hold the truth in 91 to 98 %.
"""

from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainer.core.text import Text, text

Floats = NDArray[np.float64]

LEAST_SEEDS = 2
LEAST_SIZES = 3
"""As many as the law has parameters."""

# Of the exponent b. Hestness et al. found 0.07 to 0.35 for networks trained from nothing; fine-tuned ones gain faster.
_EXPONENTS = np.geomspace(0.05, 3, 200)
_COVERAGE = 0.95
_HALVINGS = 30

# Of all errors: what is not worth the trouble of taking as many photos again, and what is. From one to the other, an
# interval says nothing.
_HARDLY, _MUCH = 0.1, 0.3
_HARDLY_OF_ALL = 0.0015
"""Of all photos. What brings less is not worth it either, however few errors there are."""


class Estimate(NamedTuple):
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float


class Growth(NamedTuple):
    """The error over the number of photos: error(n) = c + a (n / size)^(-b), with a, c >= 0 and b > 0.

    Source: C. Cortes et al., "Learning curves: asymptotic values and rate of convergence", NIPS 6 (1994); J. Hestness
    et al., "Deep learning scaling is predictable, empirically", arXiv:1712.00409 (2017).

    An interval holds each value that some law gives which fits the errors nearly as well as the best one: a profile
    likelihood (D. R. Cox and D. V. Hinkley, "Theoretical statistics", 1974, section 9.3). A bootstrap would promise too
    much where the errors fall towards 0, at the edge of what the law allows.
    """

    size: int
    """The most photos that were learnt from."""
    parts: Floats
    """Of `size`: [P] numbers of photos, 0 to 1."""
    means: Floats
    """[P] errors, the mean of all seeds."""
    precision: Floats
    """[P, P] the inverse of their covariance."""
    reach: float
    """By how much a law within the interval may fit worse than the best: a difference of squared deviations."""

    def at(self, count: float) -> Estimate:
        """Return the error with so many photos, 0 to 1. Beyond a few times `size` no law is to be trusted."""
        share = (count / self.size) ** -_EXPONENTS

        def loss(error: float) -> float:
            # What is given at this place: c = error - a share, so that only a is free, from 0 to error / share.
            slopes = self._powers - share[:, None]
            free = self._project(self.means - error, slopes)
            rest = self.means - error - np.clip(free, 0, error / share)[:, None] * slopes
            return float(self._deviation(rest).min())

        return self._estimate(loss, lambda slope, end, best: end + slope * share[best])

    def gain(self, factor: float = 2.0) -> Estimate:
        """Return by how much the error falls, 0 to 1, with `factor` times as many photos as the most learnt from."""
        falls = 1 - factor**-_EXPONENTS

        def loss(gain: float) -> float:
            # The fall gives a, so that only c is free.
            rest = self.means - (gain / falls)[:, None] * self._powers
            ends = np.clip(self._project(rest, np.ones_like(rest)), 0, None)
            return float(self._deviation(rest - ends[:, None]).min())

        return self._estimate(loss, lambda slope, _end, best: slope * falls[best])

    @property
    def _powers(self) -> Floats:
        """[B, P] for each exponent."""
        powers: Floats = self.parts ** -_EXPONENTS[:, None]
        return powers

    def _project(self, values: Floats, onto: Floats) -> Floats:
        """Return [B] the factors of vectors [B, P] that come nearest to values [P] or [B, P]."""
        weighted = onto @ self.precision
        factors: Floats = (weighted * values).sum(axis=1) / (weighted * onto).sum(axis=1)
        return factors

    def _deviation(self, rest: Floats) -> Floats:
        """Return [B] the squared deviations of what laws leave, [B, P]."""
        deviation: Floats = ((rest @ self.precision) * rest).sum(axis=1)
        return deviation

    def _laws(self) -> tuple[Floats, Floats, Floats]:
        """Return a, c and the squared deviation of the best law for each exponent, each [B]."""
        powers, ones = self._powers, np.ones_like(self._powers)
        # Both are free. Where the best c is below 0, it is 0; where the best a is, the law is flat.
        centred = powers - self._project(powers, ones)[:, None]
        slopes = np.clip(self._project(self.means, centred), 0, None)
        ends = self._project(self.means - slopes[:, None] * powers, ones)
        slopes = np.where(ends < 0, np.clip(self._project(self.means, powers), 0, None), slopes)
        ends = np.clip(ends, 0, None)
        return slopes, ends, self._deviation(self.means - slopes[:, None] * powers - ends[:, None])

    def _estimate(self, loss: Callable[[float], float], value: Callable[[float, float, int], float]) -> Estimate:
        """Return the value that the best law gives, and how far `loss` of a value stays within reach."""
        slopes, ends, deviations = self._laws()
        best = int(deviations.argmin())
        found = float(value(slopes[best], ends[best], best))
        most = float(deviations[best]) + self.reach
        return Estimate(found, _edge(loss, found, 0.0, most), _edge(loss, found, 1.0, most))

    def sentence(self) -> Text:
        """Return what twice as many photos would bring, or that it cannot be told."""
        gain, error = self.gain(2.0), self.at(self.size).value
        if gain.high <= max(_HARDLY * error, _HARDLY_OF_ALL):
            return text(
                "Twice as many photos would hardly bring anything: at most {most:.1f} percentage points of accuracy.",
                most=max(0.1, 100 * gain.high),  # not "at most 0.0"
            )
        if gain.low <= _HARDLY * error and gain.high >= _MUCH * error:
            return text(
                "What twice as many photos would bring cannot be told: anything from {low:.1f} to {high:.1f} "
                "percentage points of accuracy.",
                low=100 * gain.low,
                high=100 * gain.high,
            )
        return text(
            "Twice as many photos would bring about {points:.1f} percentage points of accuracy ({low:.1f} to "
            "{high:.1f}).",
            points=100 * gain.value,
            low=100 * gain.low,
            high=100 * gain.high,
        )


def fit_power_law(sizes: Sequence[int], errors: Sequence[Sequence[float]] | Floats) -> Growth:
    """Return the laws that fit errors.

    `sizes` [P]: numbers of photos learnt from, at least three different ones. `errors` [S, P], 0 to 1: of the model
    that learnt from so many photos, for each of S >= 2 seeds, which draw photos, weights and, at best, test photos
    anew: by the seeds' differences alone the uncertainty is known. Raises ValueError for anything else.
    """
    counts, table = np.asarray(sizes, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != len(counts) or len(table) < LEAST_SEEDS:
        raise ValueError(f"errors {table.shape} for {len(counts)} sizes")
    if len(set(sizes)) < LEAST_SIZES or counts.min() <= 0:
        raise ValueError(f"sizes {list(sizes)}")
    if not ((table >= 0) & (table <= 1)).all():
        raise ValueError("errors are between 0 and 1")
    freedom = (len(table) - 1) * (len(counts) - 1)
    growth = Growth(
        size=int(counts.max()),
        parts=counts / counts.max(),
        means=table.mean(axis=0),
        precision=np.eye(len(counts)),
        reach=_student(freedom) ** 2,
    )
    # How much errors vary depends on how many there are: by a law, since a size that chance favoured has too few.
    fitted = np.array([growth.at(count).value for count in counts])
    precision: Floats = np.linalg.inv(_covariance(table, _spread(fitted))).astype(np.float64)
    return growth._replace(precision=precision)


def _edge(loss: Callable[[float], float], inside: float, outside: float, most: float) -> float:
    """Return the last value on the way from `inside` to `outside` of which the loss is at most `most`."""
    if loss(outside) <= most:
        return outside
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if loss(middle) <= most else (inside, middle)
    return inside


def _spread(errors: Floats) -> Floats:
    """Return what the variance of counted errors is proportional to: p (1 - p), never 0."""
    within = np.clip(errors, max(errors.mean() / 20, 1e-4), 1 - 1e-4)
    return within * (1 - within)


def _covariance(table: Floats, spread: Floats) -> Floats:
    """Return the covariance [P, P] of the mean of the seeds, if errors [S, P] vary in proportion to `spread` [P].

    It is put together of what all sizes of a seed share (by its test photos, say) and what they do not: an analysis of
    variance with few numbers to estimate, since there are few seeds.
    """
    seeds, sizes = table.shape
    apart = table - table.mean(axis=0)
    shared = apart.mean(axis=1)
    own = float((((apart - shared[:, None]) ** 2) / spread).sum() / ((seeds - 1) * (sizes - 1)))
    common = max(0.0, float(shared.var(ddof=1)) - own * float(spread.mean()) / sizes)
    # Seeds that agree to the last photo leave the least that could be told.
    covariance: Floats = (common + np.diag(max(own, 1e-6) * spread)) / seeds
    return covariance


def _student(freedom: int) -> float:
    """Return the quantile of Student's t that leaves 95 % between it and its opposite.

    Source: M. Abramowitz and I. A. Stegun, "Handbook of mathematical functions" (1964), equation 26.7.5: 3 % too small
    for 2 degrees of freedom, less than 0.2 % from 4 on.
    """
    z = NormalDist().inv_cdf((1 + _COVERAGE) / 2)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )
