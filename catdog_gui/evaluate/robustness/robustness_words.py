"""What a harm does to a model's accuracy, in words."""

from typing import NamedTuple

from catdog_gui.look.language import number, tr, tr_n, translated
from catdog_gui.look.words import interval, percent
from trainer.core.robustness import HarmedAccuracy, Robustness


class TileWords(NamedTuple):
    """What stands below a picture."""

    title: str
    accuracy: str
    change: str
    story: str
    """All of it in a sentence, for the tooltip and screen readers."""
    is_worse: bool = False
    """Whether the model is clearly worse there."""


def untouched_words(found: Robustness) -> TileWords:
    """Return the words for the photos as they are."""
    title, accuracy = tr("As they are"), percent(found.accuracy, 1)
    story = tr(
        "{title}: {accuracy} right (likely range {range}).",
        title=title,
        accuracy=accuracy,
        range=interval(*found.accuracy_interval),
    )
    return TileWords(title, accuracy, unsure_words(found.not_sure), f"{story} {unsure_words(found.not_sure)}")


def harm_words(one: HarmedAccuracy, found: Robustness) -> TileWords:
    """Return the words for one harm."""
    title, accuracy, change = (
        translated(one.harm.title),
        percent(one.accuracy, 1),
        100 * (one.accuracy - found.accuracy),
    )
    sign = "−" if change < -0.05 else "+" if change > 0.05 else "±"
    points = tr("{sign}{points} points", sign=sign, points=number(abs(change), 1))
    story = tr(
        "{title}: {accuracy} right (likely range {range}), {points} ({chance}). {unsure} Wrong verdicts: {wrong}.",
        title=title,
        accuracy=accuracy,
        range=interval(*one.accuracy_interval),
        points=points,
        chance=f"p = {number(one.p_value, 3)}" if one.p_value >= 0.001 else f"p < {number(0.001, 3)}",
        unsure=unsure_words(one.not_sure),
        wrong=one.wrong_verdicts,
    )
    return TileWords(title, accuracy, points, story, is_worse=one.is_clear and change < 0)


def unsure_words(count: int) -> str:
    """Return on how many photos there is no verdict."""
    return tr_n(count, "Not sure of %n photo.", "Not sure of %n photos.")


def which_words(found: Robustness) -> str:
    """Return what the figures are of."""
    drawn = tr_n(
        found.photos,
        "%n photo of {dataset}, drawn from {total}.",
        "%n photos of {dataset}, drawn from {total}.",
        dataset=found.dataset,
        total=found.drawn_from,
    )
    every = tr_n(found.photos, "The one photo of {dataset}.", "All %n photos of {dataset}.", dataset=found.dataset)
    return drawn if found.photos < found.drawn_from else every
