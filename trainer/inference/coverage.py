"""Risk against coverage: how often the given verdicts are right, over the share of photos that gets one.

One dial moves both limits of a model: its strictness, in logits. At 0 they are the model's own; a logit more asks for a
probability whose log-odds are larger by one, and for as much more likeness to the training photos. So each photo has
one number, the largest strictness at which it still gets a verdict, and the curve is a single sort by it (El-Yaniv and
Wiener, "On the foundations of noise-free selective classification", 2010).
"""

import math
from collections.abc import Sequence

import msgspec

from trainer.core.results import EvaluatedPhoto, Evaluation
from trainer.core.statistics import wilson_interval
from trainer.inference.verdict import LOGIT_WEIGHT, likeness
from trainer.storage.model_description import ModelDescription, VerdictLimits

LARGEST_STRICTNESS = 50.0
# A curve through more points looks the same.
_POINTS = 200


class CoveragePoint(msgspec.Struct, frozen=True, kw_only=True):
    """What limits of some strictness make of photos of known class."""

    strictness: float
    photos: int
    given: int
    """How many of them get a verdict."""
    wrong: int
    """How many of those verdicts are wrong."""

    @property
    def coverage(self) -> float:
        """The share of photos that gets a verdict."""
        return self.given / self.photos

    @property
    def accuracy(self) -> float | None:
        """The share of given verdicts that is right; None where there is none."""
        return 1 - self.wrong / self.given if self.given else None

    @property
    def accuracy_interval(self) -> tuple[float, float]:
        """Where the accuracy on more such photos would be, with 95 %."""
        return wilson_interval(self.given - self.wrong, self.given) if self.given else (0.0, 1.0)


def strictness_of(description: ModelDescription, probability: float, similarity: float) -> float:
    """Return the largest strictness at which a photo gets a verdict, -50 to 50."""
    limits = description.limits
    like = likeness(limits.detector, probability, similarity)
    by_likeness = (like - limits.likeness) / _unit(limits)
    by_probability = _logit(max(probability, 1 - probability)) - _logit(max(limits.probability, 0.5))
    return max(-LARGEST_STRICTNESS, min(LARGEST_STRICTNESS, by_likeness, by_probability))


def moved(limits: VerdictLimits, strictness: float) -> VerdictLimits:
    """Return the limits, so much stricter; a negative number makes them bolder.

    A closer look stays as it was: else other photos would be looked at closer, and the curve would not hold.
    """
    odds = _logit(max(limits.probability, 0.5)) + strictness
    return msgspec.structs.replace(
        limits,
        likeness=max(-100.0, min(100.0, limits.likeness + strictness * _unit(limits))),
        probability=1 / (1 + math.exp(-max(0.0, odds))),
        own_likeness=limits.familiar,
    )


def at(photos: Sequence[EvaluatedPhoto], strictness: float) -> CoveragePoint:
    """Return what limits of that strictness make of these photos."""
    given = [one for one in photos if one.strictness is not None and one.strictness >= strictness]
    wrong = sum(one.predicted != one.class_name for one in given)
    return CoveragePoint(strictness=strictness, photos=len(photos), given=len(given), wrong=wrong)


def curve(evaluation: Evaluation) -> list[CoveragePoint]:
    """Return the curve from the strictest limits to the boldest; empty where an older CatDog made the evaluation."""
    photos = [*evaluation.right, *evaluation.wrong]
    ranked = [(one.strictness, one) for one in photos if one.strictness is not None]
    ranked.sort(key=lambda pair: -pair[0])
    points, wrong = {}, 0
    for given, (level, one) in enumerate(ranked, start=1):
        wrong += one.predicted != one.class_name
        points[level] = CoveragePoint(strictness=level, photos=len(photos), given=given, wrong=wrong)
    levels = list(points)
    every = max(1, len(levels) // _POINTS)
    return [points[level] for level in dict.fromkeys([*levels[every - 1 :: every], *levels[-1:]])]


def _unit(limits: VerdictLimits) -> float:
    """Return how much likeness is as much as a logit."""
    return 1.0 if limits.detector == "probes" else LOGIT_WEIGHT


def _logit(probability: float) -> float:
    if probability >= 1:
        return LARGEST_STRICTNESS
    return math.log(probability / (1 - probability))
