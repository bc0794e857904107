"""What the result on the test photos is worth, judged with its uncertainty: the same in window, terminal and lists."""

from typing import Literal

import msgspec

from trainer.core.results import EvaluationMetrics
from trainer.core.statistics import wilson_interval
from trainer.core.text import join, plural, text

Grade = Literal["good", "weak", "guessing", "few photos"]

FEW_PHOTOS = 50
"""With fewer test photos the interval is wider than the differences that matter."""


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """A grade, and what stands behind it in words."""

    grade: Grade
    title: str
    """In a few words."""
    explanation: str
    """Empty for a good model."""
    advice: str

    @property
    def is_good(self) -> bool:
        """Whether the model can be relied on, as far as its test photos can tell."""
        return self.grade == "good"


def judge(found: EvaluationMetrics, *, recipe: str = "") -> Judgement:
    """Return what a result on photos that were not learnt from is worth.

    - "few photos": fewer than 50, so the number says little;
    - "guessing": the accuracy does not lie above the interval of the baseline, which always says the larger class;
    - "weak": better than that, but the lower end of its interval undoes less than half of the baseline's mistakes;
    - "good" otherwise.

    `recipe` is the one it was trained by, where that is known: nobody is advised to choose what they chose.
    """
    low, high = found.accuracy_interval
    if found.photos < FEW_PHOTOS:
        return Judgement(
            grade="few photos",
            title=text("Tested on too few photos"),
            explanation=plural(
                found.photos,
                "A single test photo says little: the accuracy may lie anywhere from {low:.1%} to {high:.1%}.",
                "%n test photos say little: the accuracy may lie anywhere from {low:.1%} to {high:.1%}.",
                low=low,
                high=high,
            ),
            advice=text("Train with more photos: of each class at least {count}.", count=200),
        )
    share = round(found.baseline * found.photos)
    _, luck = wilson_interval(share, found.photos)
    if found.accuracy <= luck:
        return Judgement(
            grade="guessing",
            title=text("The model is no better than guessing"),
            explanation=plural(
                found.photos,
                "Always saying the larger class would be right on {baseline:.0%}, and %n photo cannot tell "
                "{accuracy:.0%} from that.",
                "Always saying the larger class would be right on {baseline:.0%}, and %n photos cannot tell "
                "{accuracy:.0%} from that.",
                baseline=found.baseline,
                accuracy=found.accuracy,
            ),
            advice=_advice(recipe),
        )
    if low < (1 + found.baseline) / 2:
        return Judgement(
            grade="weak",
            title=text("The model is weak"),
            explanation=text(
                "It is better than guessing, but wrong on about {wrong} of 10 photos.",
                wrong=max(1, round(10 * (1 - found.accuracy))),
            ),
            advice=_advice(recipe),
        )
    return Judgement(grade="good", title=text("The model is ready"), explanation="", advice="")


def _advice(recipe: str) -> str:
    """Return what to do about a weak model: whatever was not done yet."""
    first = text("Do not rely on it.")
    if recipe == "transfer":
        return join([first, text("Train with more photos, and check that they lie in the right class folders.")])
    return join([first, text("Choose the recipe transfer, train for more epochs, or train with more photos.")])
