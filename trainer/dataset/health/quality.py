"""Photos that a network can learn little from, and classes of which there are too few or too unequal numbers.

Of 21,600 photos of pets (4,000 of Dogs vs. Cats at their own size, 16,000 at 200 by 200, 1,600 from elsewhere), 15 are
called poor: 9 blurred, 5 too small, 1 a strip. All of them look it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec

from trainer.core.advice import before_training
from trainer.core.text import Text, join, plural, text
from trainer.dataset.health.facts import PhotoFacts
from trainer.dataset.records import Photo

PoorKind = Literal["too small", "nearly uniform", "blurred", "extreme shape"]

SMALLEST_SIDE = 64
"""Pixels. The networks look at squares of 150 and more: of a smaller photo, most of these would be invented."""
LEAST_CONTRAST = 0.03
"""Eight of 256 grey levels. Of those 21,600 photos, however dark, misty or white, none has less than 0.055."""
LEAST_SHARPNESS = 20.0
"""Of 150 photos with sides of 200 pixels and more, 99 % lie below it once they are blurred by 0.75 % of the longer side
(the standard deviation of a normal distribution), 49 % at 0.5 %, and of those 21,600 as they are 9. Photos of something
that moved are mostly sharper than that."""
MOST_STRETCHED = 3.0
"""Longer by shorter side. Photos are squeezed into squares: what was round becomes three times as long as wide."""


class Poor(msgspec.Struct, frozen=True, kw_only=True):
    """A photo from which there is little to learn."""

    photo: Photo
    kind: PoorKind
    """The first of the kinds that fits, in their order."""
    reason: str
    """In a few words, with what was measured."""


def poor_photos(photos: Sequence[Photo], facts: Mapping[str, PhotoFacts]) -> list[Poor]:
    """Return the poor ones among photos, in their order. `facts` are by digest; what has none is not judged."""
    found = ((photo, _judge(facts[photo.digest])) for photo in photos if photo.digest in facts)
    return [Poor(photo=photo, kind=judged[0], reason=judged[1]) for photo, judged in found if judged is not None]


def _judge(facts: PhotoFacts) -> tuple[PoorKind, Text] | None:
    stretched = max(facts.aspect, 1 / facts.aspect)
    if min(facts.width, facts.height) < SMALLEST_SIDE:
        return "too small", text("only {width} × {height} pixels", width=facts.width, height=facts.height)
    if facts.contrast < LEAST_CONTRAST:
        return "nearly uniform", text("nearly one and the same colour everywhere")
    if facts.sharpness < LEAST_SHARPNESS:
        return "blurred", text("blurred: there are hardly any edges")
    if stretched > MOST_STRETCHED:
        return "extreme shape", text("{times:.1f} times as long as wide", times=stretched)
    return None


def poor_notes(poor: Sequence[Poor]) -> list[Text]:
    """Return a sentence for each kind of poor photos that there is, with the first of them and what to do."""
    return [
        _NOTES[kind](len(photos), photos[0].path)
        for kind in _NOTES
        if (photos := [found.photo for found in poor if found.kind == kind])
    ]


def class_notes(train_counts: Mapping[str, int]) -> list[Text]:
    """Return a sentence where there are few training photos of a class, or far fewer than of the other.

    The limits and words are those of the advice before a training.
    """
    return [join([advice.text, advice.remedy]) for advice in before_training(train_counts, from_nothing=True)]


def _too_small(count: int, first: str) -> Text:
    return plural(
        count,
        "%n photo has a side of fewer than {least} pixels ({first}): little can be seen of it. Leave it out, "
        "or put a larger one in its place.",
        "%n photos have a side of fewer than {least} pixels (first: {first}): little can be seen of them. Leave "
        "them out, or put larger ones in their place.",
        least=SMALLEST_SIDE,
        first=first,
    )


def _nearly_uniform(count: int, first: str) -> Text:
    return plural(
        count,
        "%n photo is nearly one and the same colour everywhere ({first}). Leave it out if nothing can be seen.",
        "%n photos are nearly one and the same colour everywhere (first: {first}). Leave out those on which nothing "
        "can be seen.",
        first=first,
    )


def _blurred(count: int, first: str) -> Text:
    return plural(
        count,
        "%n photo is blurred ({first}). Leave it out, unless the model is meant for such photos.",
        "%n photos are blurred (first: {first}). Leave them out, unless the model is meant for such photos.",
        first=first,
    )


def _extreme_shape(count: int, first: str) -> Text:
    return plural(
        count,
        "%n photo is more than {most:.0f} times as long as wide ({first}), and a network sees it squeezed into a "
        "square. Crop it, or leave it out.",
        "%n photos are more than {most:.0f} times as long as wide (first: {first}), and a network sees them squeezed "
        "into squares. Crop them, or leave them out.",
        most=MOST_STRETCHED,
        first=first,
    )


_NOTES: dict[PoorKind, Callable[[int, str], Text]] = {
    "too small": _too_small,
    "nearly uniform": _nearly_uniform,
    "blurred": _blurred,
    "extreme shape": _extreme_shape,
}
