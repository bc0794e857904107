"""How a model stands photos that are blurred, dark, turned or small: the harms, and what each does to its accuracy."""

from typing import Literal, NamedTuple

import msgspec

from trainer.core.statistics import mcnemar_p_value, wilson_interval
from trainer.core.text import Text, join, plural, text

HarmKind = Literal["blur", "jpeg", "darkness", "rotation", "size", "grey"]
# With a chance of at most this much, one of the harms that change nothing is called clear.
SIGNIFICANT = 0.05


class Harm(NamedTuple):
    """Something that happens to photos."""

    kind: HarmKind
    strength: float
    """Blur: standard deviation as a share of the longer side. JPEG: quality. Darkness and grey: share of light and of
    colour that is left. Rotation: degrees, anticlockwise. Size: pixels of the longer side."""

    @property
    def title(self) -> Text:
        """What is done, in a few words."""
        strength = self.strength
        if self.kind == "blur":
            return text("Blurred by {share:.1%}", share=strength)
        if self.kind == "jpeg":
            return text("JPEG quality {quality}", quality=round(strength))
        if self.kind == "darkness":
            return text("{share:.0%} of the light", share=strength)
        if self.kind == "rotation":
            return text("Turned by {degrees}°", degrees=round(strength))
        if self.kind == "size":
            return plural(round(strength), "%n pixel a side", "%n pixels a side")
        return text("{share:.0%} of the colour", share=strength) if strength else text("Without colour")


_STRENGTHS: dict[HarmKind, tuple[float, ...]] = {
    "blur": (0.005, 0.01, 0.02),
    "jpeg": (30, 10, 5),
    "darkness": (0.5, 0.25, 0.1),
    "rotation": (15, 45, 90),
    "size": (96, 64, 32),
    "grey": (0.5, 0),
}
HARMS = tuple(Harm(kind, strength) for kind, strengths in _STRENGTHS.items() for strength in strengths)


class Answer(NamedTuple):
    """What a model says of one photo of known class."""

    right: bool
    """Whether the likelier class is the true one."""
    sure: bool
    """Whether there is a verdict at all."""


class HarmedAccuracy(msgspec.Struct, frozen=True, kw_only=True):
    """How a model fares on photos after a harm."""

    kind: HarmKind
    strength: float
    right: int
    accuracy: float
    accuracy_interval: tuple[float, float]
    """95 % Wilson interval."""
    not_sure: int
    wrong_verdicts: int
    """Photos with a verdict that is wrong."""
    only_untouched: int
    """Photos of which it is right only as they were."""
    only_harmed: int
    p_value: float
    """Of McNemar's exact test by the two counts above."""
    is_clear: bool = False
    """Whether the difference is significant at 5 % for all harms together (S. Holm, "A simple sequentially rejective
    multiple test procedure", Scandinavian Journal of Statistics 6, 1979)."""

    @property
    def harm(self) -> Harm:
        """What was done."""
        return Harm(self.kind, self.strength)


class Robustness(msgspec.Struct, frozen=True, kw_only=True):
    """How a model fares on some photos as they are, and after each harm (`robustness.json`)."""

    model: str
    """The digest in the model file: it is of no other model."""
    dataset: str
    """Name of the folder or zip, without the folders above it."""
    split: str
    classes: tuple[str, str]
    photos: int
    drawn_from: int
    """How many photos there are, of which these were drawn."""
    seed: int
    example: str
    """Path of one of them, which can be shown with each harm."""
    right: int
    accuracy: float
    """Of the photos as they are."""
    accuracy_interval: tuple[float, float]
    not_sure: int
    wrong_verdicts: int
    harms: tuple[HarmedAccuracy, ...]

    @property
    def sentence(self) -> Text:
        """What it means, in a sentence or two."""
        first = plural(
            self.photos,
            "On %n photo as it is, the model is right on {accuracy:.1%}.",
            "On %n photos as they are, the model is right on {accuracy:.1%}.",
            accuracy=self.accuracy,
        )
        clear = [one for one in self.harms if one.is_clear and one.accuracy < self.accuracy]
        if not clear:
            return join([first, text("No harm makes it clearly worse on so many photos.")])
        worst = min(clear, key=lambda one: one.accuracy)
        second = plural(
            len(clear),
            "One harm makes it clearly worse, “{harm}”: {accuracy:.1%}.",
            "%n of {harms} harms make it clearly worse, most of all “{harm}”: {accuracy:.1%}.",
            harms=len(self.harms),
            harm=worst.harm.title,
            accuracy=worst.accuracy,
        )
        return join([first, second])


def judge_harms(untouched: list[Answer], harmed: dict[Harm, list[Answer]]) -> tuple[HarmedAccuracy, ...]:
    """Return what each harm does, photo by photo: all lists are of the same photos in the same order."""
    judged = [_judge(harm, untouched, answers) for harm, answers in harmed.items()]
    clear: set[Harm] = set()
    for place, one in enumerate(sorted(judged, key=lambda one: one.p_value)):
        if one.p_value > SIGNIFICANT / (len(judged) - place):
            break
        clear.add(one.harm)
    return tuple(msgspec.structs.replace(one, is_clear=one.harm in clear) for one in judged)


def _judge(harm: Harm, untouched: list[Answer], answers: list[Answer]) -> HarmedAccuracy:
    right = sum(answer.right for answer in answers)
    pairs = list(zip(untouched, answers, strict=True))
    only_untouched = sum(before.right and not after.right for before, after in pairs)
    only_harmed = sum(after.right and not before.right for before, after in pairs)
    return HarmedAccuracy(
        kind=harm.kind,
        strength=harm.strength,
        right=right,
        accuracy=right / len(answers),
        accuracy_interval=wilson_interval(right, len(answers)),
        not_sure=sum(not answer.sure for answer in answers),
        wrong_verdicts=sum(answer.sure and not answer.right for answer in answers),
        only_untouched=only_untouched,
        only_harmed=only_harmed,
        p_value=mcnemar_p_value(only_untouched, only_harmed),
    )
