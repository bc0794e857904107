"""From a probability and a similarity to a verdict: a class, or not sure. Pure numbers and words."""

import math
from collections.abc import Sequence
from statistics import mean, pstdev
from typing import NamedTuple

from trainer.storage.model_description import ModelDescription, VerdictLimits

# Of the real cats and dogs in the validation split, at most this share may be called not sure.
LOST = 0.01
# How much of it goes to photos that are unlike the others; the rest to those that could be either.
LOST_TO_UNLIKE = 0.9
# Nobody is told "it could be either" of a photo that is one of the two with this probability.
CERTAIN = 0.9
# What a logit adds to the similarity: a photo that clearly has what tells cats from dogs is less likely something else.
LOGIT_WEIGHT = 0.01
LARGEST_LOGIT = 8.0

UNLIKE = "It is unlike the photos that the model learnt from."
EVEN = "It could be either."


class Verdict(NamedTuple):
    """What a model says of one photo."""

    nearest: str
    """The likelier class."""
    reason: str
    """Why the model is not sure; empty where it is."""

    @property
    def class_name(self) -> str | None:
        """The class, or None for not sure."""
        return None if self.reason else self.nearest


def verdict(description: ModelDescription, probability: float, similarity: float) -> Verdict:
    """Return the verdict on a photo by its calibrated probability of the positive class and its similarity."""
    nearest = description.classes[probability >= description.threshold]
    limits = description.limits
    if likeness(probability, similarity) < limits.likeness:
        return Verdict(nearest, UNLIKE)
    if max(probability, 1 - probability) < limits.probability:
        return Verdict(nearest, EVEN)
    return Verdict(nearest, "")


def likeness(probability: float, similarity: float) -> float:
    """Return how like the training photos a photo is: its similarity, and a little of how sure the network is."""
    odds = probability / (1 - probability) if 0 < probability < 1 else math.inf
    logit = abs(math.log(odds)) if odds < math.inf else LARGEST_LOGIT
    return similarity + LOGIT_WEIGHT * min(logit, LARGEST_LOGIT)


def fit_limits(probabilities: Sequence[float], similarities: Sequence[float]) -> VerdictLimits:
    """Return the limits that leave 99 % of these photos their verdict: those of the validation split."""
    lost = int(LOST * len(probabilities))
    unlike = round(LOST_TO_UNLIKE * lost)
    likenesses = list(map(likeness, probabilities, similarities))
    least = sorted(likenesses)[unlike]
    if not lost:  # too few photos to hold the one in a hundred; a bell curve has one in 700 below this
        least = min(least, mean(likenesses) - 3 * pstdev(likenesses))
    likeliest = sorted(
        max(probability, 1 - probability)
        for probability, found in zip(probabilities, likenesses, strict=True)
        if found >= least
    )
    return VerdictLimits(likeness=least, probability=min(likeliest[lost - unlike], CERTAIN))
