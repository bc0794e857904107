"""From a probability and a similarity to a verdict: a class, or not sure. Pure numbers and words."""

import math
from collections.abc import Sequence
from functools import partial
from statistics import mean, pstdev
from typing import NamedTuple

from trainer.core.text import Text, text
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

EVEN = text("It could be either.")
BOTH = text("It could be either: there seem to be both.")


class Verdict(NamedTuple):
    """What a model says of one photo."""

    nearest: str
    """The likelier class."""
    reason: str
    """Why the model is not sure; empty where it is."""
    unlike: bool = False
    """Whether that is because the photo is unlike those that the model learnt from: then no class is near."""

    @property
    def class_name(self) -> str | None:
        """The class, or None for not sure."""
        return None if self.reason else self.nearest


def verdict(
    description: ModelDescription, probability: float, similarity: float, *, seems_both: bool = False
) -> Verdict:
    """Return the verdict on a photo by its calibrated probability of the positive class and its similarity.

    `seems_both` says whether a closer look found both classes in it.
    """
    nearest = description.classes[probability >= description.threshold]
    limits = description.limits
    if likeness(limits.detector, probability, similarity) < limits.likeness:
        return Verdict(nearest, neither(description.classes), unlike=True)
    if seems_both:
        return Verdict(nearest, BOTH)
    if max(probability, 1 - probability) < limits.probability:
        return Verdict(nearest, EVEN)
    return Verdict(nearest, "")


def neither(classes: tuple[str, str]) -> Text:
    """Return why there is no verdict on a photo that is unlike those that a model learnt from."""
    return text("Neither {first} nor {second}, as far as it can tell.", first=classes[0], second=classes[1])


def likeness(detector: DetectorName, probability: float, similarity: float) -> float:
    """Return how like the training photos a photo is.

    That is its similarity (`Detector.similarity`); to a cosine a little of how large its logit is is added.
    """
    if detector == "probes":  # they know the classes themselves
        return similarity
    odds = probability / (1 - probability) if 0 < probability < 1 else math.inf
    logit = abs(math.log(odds)) if odds < math.inf else LARGEST_LOGIT
    return similarity + LOGIT_WEIGHT * min(logit, LARGEST_LOGIT)


def fit_limits(
    detector: DetectorName, probabilities: Sequence[float], similarities: Sequence[float], *, share: float = LOST
) -> VerdictLimits:
    """Return the limits that leave all but this share of these photos their verdict: those of the validation split."""
    lost = int(share * len(probabilities))
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
