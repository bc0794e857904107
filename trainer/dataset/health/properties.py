"""The properties of photos that have nothing to do with what they show: as numbers for a probe, and in words."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from math import log
from statistics import median
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainer.core.text import Text, text
from trainer.dataset.health.facts import PhotoFacts

PropertyName = Literal[
    "size", "format", "camera", "date", "proportions", "bytes per pixel", "brightness", "contrast", "sharpness"
]
_Facts = Sequence[PhotoFacts]

# A value that fewer photos share would tell of these photos only.
_COMMON = 0.02
_MOST_VALUES = 10
# A value that so many photos of a class share says more of them than their median.
_TYPICAL = 0.25


class Property(NamedTuple):
    """One of them."""

    title: Text
    """In a few words, as it stands in a sentence."""
    columns: Callable[[_Facts], NDArray[np.float64]]
    """[N, C] for N photos: numbers, their squares, and 1 for each common value that a photo has."""
    typical: Callable[[_Facts], Text]
    """Say what most of some photos have, or their median."""
    kind: Literal["file", "origin", "look"]
    """Of the file: what saving a photo in another way changes. Of its origin: who took it, and when. Of its look: what
    depends on how a photo was taken, but on its subject as well, since fur takes more bytes than a wall."""


def _numbers(*values: list[float]) -> NDArray[np.float64]:
    """Return columns of numbers and of their squares, so that the middle can be told from both ends."""
    columns = np.array(values, dtype=np.float64).T
    return np.hstack([columns, (columns - columns.mean(axis=0)) ** 2])


def _values(values: Sequence[object]) -> NDArray[np.float64]:
    """Return a column for each common value."""
    common = [value for value, count in Counter(values).most_common(_MOST_VALUES) if count >= _COMMON * len(values)]
    return np.array([[float(value == each) for each in common] for value in values])


def _size(facts: _Facts) -> NDArray[np.float64]:
    sides = _numbers([log(each.width) for each in facts], [log(each.height) for each in facts])
    return np.hstack([sides, _values([(each.width, each.height) for each in facts])])


def _date(facts: _Facts) -> NDArray[np.float64]:
    """Return the day; for a photo without one the mean, and a column that says so."""
    days = [_day(each) for each in facts]
    mean = np.mean([day for day in days if day] or [0.0])
    return np.hstack([_numbers([day or float(mean) for day in days]), _values([bool(day) for day in days])])


def _day(facts: PhotoFacts) -> float:
    try:
        return float(date.fromisoformat(facts.taken).toordinal())
    except ValueError:  # the 30th of February
        return 0.0


def _typical(values: Sequence[str], otherwise: Text) -> Text:
    value, count = Counter(values).most_common(1)[0]
    if count < _TYPICAL * len(values):
        return otherwise
    return text("{value} ({share:.0%} of them)", value=value, share=count / len(values))


def _size_words(facts: _Facts) -> Text:
    sizes = [text("{width} × {height} pixels", width=each.width, height=each.height) for each in facts]
    width, height = (median(getattr(each, side) for each in facts) for side in ("width", "height"))
    return _typical(sizes, text("around {width:.0f} × {height:.0f} pixels", width=width, height=height))


def _camera_words(facts: _Facts) -> Text:
    cameras = [each.camera or text("no camera named") for each in facts]
    return _typical(cameras, text("many cameras"))


def _date_words(facts: _Facts) -> Text:
    dated = sorted(each.taken for each in facts if each.taken)
    if len(dated) < len(facts) / 2:
        return text("no date ({share:.0%} of them)", share=1 - len(dated) / len(facts))
    return text("around {day}", day=dated[len(dated) // 2])


PROPERTIES: dict[PropertyName, Property] = {
    "size": Property(text("size"), _size, _size_words, kind="file"),
    "format": Property(
        text("file format"),
        lambda facts: _values([each.format for each in facts]),
        lambda facts: _typical([each.format for each in facts], text("several")),
        kind="file",
    ),
    "camera": Property(
        text("camera"), lambda facts: _values([each.camera for each in facts]), _camera_words, kind="origin"
    ),
    "date": Property(text("date"), _date, _date_words, kind="origin"),
    "proportions": Property(
        text("proportions"),
        lambda facts: _numbers([log(each.aspect) for each in facts]),
        lambda facts: text("width by height around {aspect:.2f}", aspect=median(each.aspect for each in facts)),
        kind="file",
    ),
    "bytes per pixel": Property(
        text("bytes per pixel"),
        lambda facts: _numbers([log(each.bytes_per_pixel) for each in facts]),
        lambda facts: text("around {number:.2f}", number=median(each.bytes_per_pixel for each in facts)),
        kind="look",
    ),
    "brightness": Property(
        text("brightness"),
        lambda facts: _numbers([each.brightness for each in facts]),
        lambda facts: text("around {share:.0%}", share=median(each.brightness for each in facts)),
        kind="look",
    ),
    "contrast": Property(
        text("contrast"),
        lambda facts: _numbers([each.contrast for each in facts]),
        lambda facts: text("around {share:.0%}", share=median(each.contrast for each in facts)),
        kind="look",
    ),
    "sharpness": Property(
        text("sharpness"),
        lambda facts: _numbers([log(1 + each.sharpness) for each in facts]),
        lambda facts: text("around {number:.0f}", number=median(each.sharpness for each in facts)),
        kind="look",
    ),
}
"""Those that are best understood first. A network does not see all of them: camera and date only show that the classes
come from different sources."""
