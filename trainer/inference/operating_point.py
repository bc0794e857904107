"""What other limits would make of photos of known class, and the difference in one sentence.

Two numbers decide on a verdict: the threshold between the classes, and the strictness of "not sure"
(`trainer.inference.coverage`). Neither changes what the network gives for a photo, nor which photos are looked at
closer, so an evaluation holds all that a copy of the model with other limits would do on the same photos.
"""

import msgspec

from trainer.core.results import EvaluatedPhoto, Evaluation
from trainer.core.text import Text, join, plural, text


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """The verdicts on photos of known class, counted."""

    classes: tuple[str, str]
    called: tuple[tuple[int, int], tuple[int, int]]
    """Rows are the true class, columns the class of the verdict, in the order of `classes`."""
    without: tuple[int, int]
    """Photos of each true class that get no verdict."""


def decide(evaluation: Evaluation, *, threshold: float | None = None, strictness: float = 0.0) -> Decided:
    """Return the verdicts at a threshold, by default the model's own, and a strictness, of which 0 is the model's own.

    An evaluation by CatDog 0.1 does not say what another strictness than 0 would make of its photos.
    """
    limit = evaluation.threshold if threshold is None else threshold
    called, without = [[0, 0], [0, 0]], [0, 0]
    for photo in (*evaluation.right, *evaluation.wrong):
        true = evaluation.classes.index(photo.class_name)
        if _gets_verdict(photo, strictness):
            called[true][photo.probability >= limit] += 1
        else:
            without[true] += 1
    (one, two), (three, four) = called
    return Decided(classes=evaluation.classes, called=((one, two), (three, four)), without=(without[0], without[1]))


def what_changes(before: Decided, after: Decided) -> Text:
    """Return what other limits change, in one sentence. Both must be of the same photos.

    It names the wrong verdicts of either kind and the photos without one; right verdicts are the rest.
    """
    first, second = before.classes
    called = [
        _called(after.called[true][1 - true] - before.called[true][1 - true], true=name, predicted=other)
        for true, name, other in ((0, first, second), (1, second, first))
    ]
    parts = [*called, *_unanswered(before, after)]
    told: list[str] = [part for part in parts if part is not None]
    if not told:
        return text("On these photos nothing changes.")
    return text("{changes}.", changes=join(told, ", "))


def _gets_verdict(photo: EvaluatedPhoto, strictness: float) -> bool:
    if strictness == 0:
        return not photo.reason
    return photo.strictness is not None and photo.strictness >= strictness


def _called(change: int, *, true: str, predicted: str) -> Text | None:
    """Return how many more or fewer photos of a class get the verdict of the other; None for no change."""
    named = {"true": true, "predicted": predicted}
    if change > 0:
        return plural(
            change,
            "%n more photo of {true} is called {predicted}",
            "%n more photos of {true} are called {predicted}",
            **named,
        )
    if change < 0:
        return plural(
            -change,
            "%n fewer photo of {true} is called {predicted}",
            "%n fewer photos of {true} are called {predicted}",
            **named,
        )
    return None


def _unanswered(before: Decided, after: Decided) -> list[Text | None]:
    """Return how many more or fewer photos get no verdict; of each class, where one has more and the other fewer."""
    changes = [now - then for now, then in zip(after.without, before.without, strict=True)]
    if min(changes) < 0 < max(changes):
        return [_unanswered_of(change, name) for change, name in zip(changes, before.classes, strict=True)]
    change = sum(changes)
    if change > 0:
        return [plural(change, "%n more photo gets no verdict", "%n more photos get no verdict")]
    if change < 0:
        return [plural(-change, "%n fewer photo gets no verdict", "%n fewer photos get no verdict")]
    return []


def _unanswered_of(change: int, name: str) -> Text:
    if change > 0:
        return plural(
            change,
            "%n more photo of {true} gets no verdict",
            "%n more photos of {true} get no verdict",
            true=name,
        )
    return plural(
        -change,
        "%n fewer photo of {true} gets no verdict",
        "%n fewer photos of {true} get no verdict",
        true=name,
    )
