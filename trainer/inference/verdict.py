"""From a probability and a similarity to a verdict: a class, or not sure. Pure numbers and words."""

import math
from collections.abc import Sequence
from functools import partial
from statistics import mean, pstdev
from typing import NamedTuple

from trainer.core.text import text
from trainer.storage.model_description import DetectorName, ModelDescription, VerdictLimits

# At most this share of the validation photos, which are all of the two classes, may become "not sure".
LOST = 0.01
# This share of them because they are unlike the training photos, the rest because they could be either class.
LOST_TO_UNLIKE = 0.9
# Nobody is told "it could be either" of a photo that is one of the two with this probability.
CERTAIN = 0.9
# What a logit adds to the similarity: a photo that is clearly one of the two classes is less likely something else.
LOGIT_WEIGHT = 0.01
LARGEST_LOGIT = 8.0

UNLIKE = text("It is unlike the photos that the model learnt from.")
EVEN = text("It could be either.")


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
    if likeness(limits.detector, probability, similarity) < limits.likeness:
        return Verdict(nearest, UNLIKE)
    if max(probability, 1 - probability) < limits.probability:
        return Verdict(nearest, EVEN)
    return Verdict(nearest, "")


def likeness(detector: DetectorName, probability: float, similarity: float) -> float:
    """Return how like the training photos a photo is.

    That is its similarity (`Detector.similarity`); to a cosine a little of how large its logit is is added.
    """
    if detector == "probes":  # they know the classes themselves
        return similarity
    odds = probability / (1 - probability) if 0 < probability < 1 else math.inf
    logit = abs(math.log(odds)) if odds < math.inf else LARGEST_LOGIT
    return similarity + LOGIT_WEIGHT * min(logit, LARGEST_LOGIT)


def fit_limits(detector: DetectorName, probabilities: Sequence[float], similarities: Sequence[float]) -> VerdictLimits:
    """Return the limits that leave 99 % of these photos their verdict: those of the validation split."""
    lost = int(LOST * len(probabilities))
    unlike = round(LOST_TO_UNLIKE * lost)
    likenesses = list(map(partial(likeness, detector), probabilities, similarities))
    least = sorted(likenesses)[unlike]
    if not lost:  # with so few photos one in a hundred is none; in a normal distribution one in 700 is lower than this
        least = min(least, mean(likenesses) - 3 * pstdev(likenesses))
    likeliest = sorted(
        max(probability, 1 - probability)
        for probability, found in zip(probabilities, likenesses, strict=True)
        if found >= least
    )
    return VerdictLimits(detector=detector, likeness=least, probability=min(likeliest[lost - unlike], CERTAIN))
