"""Whether the photos of two classes differ in what is not their subject, so that a network may learn that instead.

Where all cats are small PNG files and all dogs large JPEG files, a model looks perfect in its test and knows nothing of
animals. Source: R. Geirhos et al., "Shortcut learning in deep neural networks", Nature Machine Intelligence 2 (2020).
"""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from trainer.core.text import Text, join, text
from trainer.dataset.health.facts import PhotoFacts
from trainer.dataset.health.probe import FOLDS, balanced_accuracy, right_out_of_fold
from trainer.dataset.health.properties import PROPERTIES, PropertyName
from trainer.dataset.records import Photo

LEAST_PHOTOS = 20
"""Of each class, copies of one photo counted once: with fewer nothing can be said."""
LEAST_ACCURACY = 0.65
"""Balanced accuracy, at the lower end of its interval, by what has nothing to do with the subject. For 4,000 photos of
Dogs vs. Cats as they are, it is 0.54."""
LEAST_ACCURACY_BY_LOOK = 0.85
"""The same where light and sharpness count too, by which classes of one source differ as well: 0.60 and 0.62 for 4,000
and 16,000 photos of Dogs vs. Cats, and 0.78 for the practice drawings, of which the cats have more stripes."""
_MOST_TELLING = 3
_NEARLY_AS_TELLING = 0.1
"""Of accuracy, less than the best property."""
_NEARLY_ALL = 0.02
"""Of accuracy, less than by all of them together."""


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """A property that tells the classes apart."""

    name: PropertyName
    accuracy: float
    """Balanced, by this property alone."""
    typical: tuple[str, str]
    """What it mostly is in the photos of the negative and of the positive class, in words."""


class Shortcut(msgspec.Struct, frozen=True, kw_only=True):
    """How well the classes can be told apart by a few properties, whatever the photos show."""

    accuracy: float
    """Balanced: 0.5 is chance. Of the telling properties together, on photos that the probe had not seen."""
    interval: tuple[float, float]
    """95 %."""
    telling: tuple[Telling, ...]
    """The best first, at most three: those that are enough alone, then those that add to them."""

    def sentence(self, classes: tuple[str, str]) -> Text:
        """Return what was found, an example for each property, and what to do. `classes` as in `Dataset.classes`."""
        found = text(
            "By {properties} alone, photos of {negative} and {positive} can be told apart with an accuracy of "
            "{accuracy:.0%} ({low:.0%} to {high:.0%}, both classes counting alike; chance would give 50 %). A network "
            "may learn that instead of what the photos show.",
            properties=_listed([PROPERTIES[each.name].title for each in self.telling]),
            negative=classes[0],
            positive=classes[1],
            accuracy=self.accuracy,
            low=self.interval[0],
            high=self.interval[1],
        )
        return join([found, *(_example(each, classes) for each in self.telling), self._remedy()])

    def _remedy(self) -> Text:
        kinds = {PROPERTIES[each.name].kind for each in self.telling if each.accuracy >= LEAST_ACCURACY}
        if "file" in kinds:
            return text(
                "Save the photos of both classes in the same way and size, or take both from the same sources, and "
                "test with photos from elsewhere."
            )
        if "origin" in kinds:
            return text("Take the photos of both classes from the same sources, and test with photos from elsewhere.")
        return text(
            "Unless the classes look so by nature, take the photos of both in the same places and light, and test with "
            "photos from elsewhere."
        )


def find_shortcut(photos: Sequence[Photo], facts: Mapping[str, PhotoFacts]) -> Shortcut | None:
    """Return what tells the classes apart besides their subject; None where that is little better than chance.

    `facts` are by digest; photos without are not counted. None, too, with fewer than 20 photos of a class. Takes about
    a second for 16,000 photos.
    """
    photos = [photo for photo in photos if photo.digest in facts]
    groups = [{photo.group for photo in photos if photo.class_index == index} for index in (0, 1)]
    if min(len(group) for group in groups) < LEAST_PHOTOS:
        return None
    found = [facts[photo.digest] for photo in photos]
    probe = _Probe(photos, found)
    if probe.accuracy(_ALL)[1][0] >= LEAST_ACCURACY_BY_LOOK:
        names = _telling(probe, _ALL)
    elif probe.accuracy(_WITHOUT_LOOK)[1][0] >= LEAST_ACCURACY:
        names = _telling(probe, _WITHOUT_LOOK)
    else:
        return None
    accuracy, interval = probe.accuracy(names)
    return Shortcut(
        accuracy=accuracy,
        interval=interval,
        telling=tuple(
            Telling(name=name, accuracy=probe.accuracy([name])[0], typical=_typical(name, found, probe.targets))
            for name in sorted(names, key=lambda name: -probe.accuracy([name])[0])
        ),
    )


_ALL = tuple(PROPERTIES)
_WITHOUT_LOOK = tuple(name for name in _ALL if PROPERTIES[name].kind != "look")
_Accuracy = tuple[float, tuple[float, float]]


class _Probe:
    """Tells classes apart by some properties."""

    def __init__(self, photos: Sequence[Photo], facts: Sequence[PhotoFacts]) -> None:
        self.targets = np.array([photo.class_index == 1 for photo in photos])
        self._columns = {name: each.columns(facts) for name, each in PROPERTIES.items()}
        # By digest: the same on every computer, and copies are in one fold.
        self._folds = np.array([int(photo.group[:8], 16) % FOLDS for photo in photos])
        self._known: dict[tuple[PropertyName, ...], _Accuracy] = {}

    def accuracy(self, names: Sequence[PropertyName]) -> _Accuracy:
        """Return the balanced accuracy by these properties together, with its interval."""
        key = tuple(names)
        if key not in self._known:
            columns = np.hstack([self._columns[name] for name in names])
            right = right_out_of_fold(columns, self.targets, self._folds)
            self._known[key] = balanced_accuracy(right, self.targets)
        return self._known[key]


def _telling(probe: _Probe, names: Sequence[PropertyName]) -> list[PropertyName]:
    """Return those of some properties that tell most."""
    enough = probe.accuracy(names)[0] - _NEARLY_ALL
    ranked = sorted(names, key=lambda name: -probe.accuracy([name])[0])
    least = probe.accuracy(ranked[:1])[0] - _NEARLY_AS_TELLING
    chosen = [
        name for name in ranked if probe.accuracy([name])[0] >= least and probe.accuracy([name])[1][0] >= LEAST_ACCURACY
    ][:_MOST_TELLING] or ranked[:1]
    while len(chosen) < _MOST_TELLING and probe.accuracy(chosen)[0] < enough:
        rest = [name for name in ranked if name not in chosen]
        chosen.append(max(rest, key=lambda name: probe.accuracy([*chosen, name])[0]))
    return chosen


def _typical(name: PropertyName, facts: Sequence[PhotoFacts], targets: NDArray[np.bool_]) -> tuple[str, str]:
    negative, positive = (
        [each for each, target in zip(facts, targets, strict=True) if bool(target) is wanted]
        for wanted in (False, True)
    )
    return PROPERTIES[name].typical(negative), PROPERTIES[name].typical(positive)


def _example(telling: Telling, classes: tuple[str, str]) -> Text:
    return text(
        "The {property} of {negative}: {first}; of {positive}: {second}.",
        property=PROPERTIES[telling.name].title,
        negative=classes[0],
        first=telling.typical[0],
        positive=classes[1],
        second=telling.typical[1],
    )


def _listed(titles: Sequence[Text]) -> Text:
    """Return up to three titles as a list in words."""
    if len(titles) == 1:
        return titles[0]
    if len(titles) == 2:
        return text("{first} and {second}", first=titles[0], second=titles[1])
    return text("{first}, {second} and {third}", first=titles[0], second=titles[1], third=titles[2])
