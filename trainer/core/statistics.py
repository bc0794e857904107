"""The few formulas for counts and proportions."""

from math import comb, sqrt
from statistics import NormalDist


def wilson_interval(successes: int, trials: int, coverage: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion, both ends within [0, 1].

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927),
    equation for the interval as given by Brown, Cai and DasGupta, Statistical Science 16 (2001), section 3.1.1.
    Raises ValueError unless 0 <= successes <= trials and trials > 0.
    """
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"{successes} successes of {trials} trials")
    z = NormalDist().inv_cdf(0.5 + coverage / 2)
    p = successes / trials
    centre = (p + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    # At p = 0 or 1 one end is exactly 0 or 1, but for rounding.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == trials else min(1.0, centre + half)
    return low, high


def mcnemar_p_value(only_first: int, only_second: int) -> float:
    """Return the two-sided p-value of McNemar's exact test for two models judged on the same photos.

    The arguments count the photos that only one of them gets right. Where neither model is better, each such photo is
    as likely the first's as the second's, so their split is binomial. Source: Q. McNemar, Psychometrika 12 (1947), in
    the exact form given by A. Agresti, "Categorical data analysis" (2013), section 11.1.
    """
    differ = only_first + only_second
    tail = sum(comb(differ, count) for count in range(min(only_first, only_second) + 1))
    return min(1.0, float(2 * tail / 2**differ))
