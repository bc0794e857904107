"""Which recipe, with which settings, suits so many photos and so much time: rules backed by measurements.

The accuracy of each recipe by the number of photos, and what a look at a photo takes, are in the table "Which recipe
for how many photos" of tests/benchmarks/RESULTS.md (`python -m tests.benchmarks.recipe_table`). Building on a backbone
came out ahead of learning from nothing by far, so what is chosen is how the backbone looks: the most accurate way that
fits into the time.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from trainer.core.config import AugmentConfig
from trainer.core.duration import duration_words
from trainer.core.recipes import FIRST_CHOICE, RECIPES, Recipe
from trainer.core.text import Text, text

AUTO = "auto"
"""What the command line and the window call this choice. No run is called so: its record holds what was chosen."""

AUTO_RECIPE = Recipe(
    name=AUTO,
    title="Best for your photos",
    summary="CatDog chooses recipe, backbone and settings by how many photos there are and how much time.",
    recommendation="Good to begin with.",
)

# Who sets no time waits so long for a somewhat more accurate backbone, and no longer.
_PATIENCE_SECONDS = 120
# On two cores: starting, learning the head, calibration, the report.
_FIXED_SECONDS = 15
_CORES = 2
_LOOK_SECONDS = 0.0063
"""What a look of Lite0 took on one core of the machine of the measurements, decoding left out."""
# Of the seconds a look, the backbone's; the rest is reading and decoding.
_NETWORK_SHARE = 0.45
# An estimate may be off by so much, and a time that was given is to be kept.
_MARGIN = 0.9
# Of all photos: 70 % to learn from, as they are and mirrored, and 30 % to validate and test with.
_LOOKS, _LOOKS_NOT_MIRRORED = 1.7, 1.0
_OFF = AugmentConfig.level("off")


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A recipe with the settings that differ from its own, and why, in a sentence."""

    recipe: str
    settings: Mapping[str, Any]
    reason: Text

    @property
    def of_recipe(self) -> Recipe:
        """The recipe itself."""
        return RECIPES[self.recipe]


class Machine(msgspec.Struct, frozen=True):
    """How fast a machine looks at photos: like that of the measurements, where nothing else is known."""

    cores: int = _CORES
    look_seconds: float = _LOOK_SECONDS
    """What a look of Lite0 takes on one core (`trainer.models.look_time`)."""


_USUAL = Machine()


class _Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way of looking at the photos, on a backbone."""

    settings: Mapping[str, Any]
    backbone: str
    seconds_a_look: float
    """On two cores, decoding included."""
    how: Text
    """What it is, where there is a time to keep."""
    looks: float = _LOOKS
    """For each photo of the dataset."""

    def seconds(self, photos: int, machine: Machine) -> float:
        """Return how long a run takes, roughly."""
        looks = photos * self.looks * self.seconds_a_look * _CORES / max(1, machine.cores)
        slower = 1 - _NETWORK_SHARE + _NETWORK_SHARE * machine.look_seconds / _LOOK_SECONDS
        return _FIXED_SECONDS + looks * slower


_ONCE = text("the fastest backbone, which sees them once and not mirrored too, to be done in that time")
_LITE2 = _Way(
    settings={"backbone": "efficientnet-lite2"},
    backbone="Lite2",
    seconds_a_look=0.0105,
    how=text("the most accurate backbone"),
)
_LITE1 = _Way(
    settings={"backbone": "efficientnet-lite1"},
    backbone="Lite1",
    seconds_a_look=0.0086,
    how=text("the most accurate backbone that can see all of them in that time"),
)
_LITE0 = _Way(
    settings={},
    backbone="Lite0",
    seconds_a_look=0.007,
    how=text("the fastest backbone, which can see all of them in that time"),
)
_NOT_MIRRORED = _Way(
    settings={"augment": _OFF}, backbone="Lite0", seconds_a_look=0.007, looks=_LOOKS_NOT_MIRRORED, how=_ONCE
)
_SMALLER = _Way(
    settings={"augment": _OFF, "image_size": 192},
    backbone="Lite0",
    seconds_a_look=0.0045,
    looks=_LOOKS_NOT_MIRRORED,
    how=_ONCE,
)
# The most accurate first.
_WAYS = (_LITE2, _LITE1, _LITE0, _NOT_MIRRORED, _SMALLER)


def choose(photos: int, seconds: int = 0, *, machine: Machine = _USUAL) -> Choice:
    """Return what suits so many photos in all, a time in seconds (0: none is set) and a machine."""
    if not seconds:
        way = _LITE2 if _LITE2.seconds(photos, machine) <= _PATIENCE_SECONDS else _LITE0
        return _choice(way, _without_time(way, photos, machine))
    way = next((way for way in _WAYS if way.seconds(photos, machine) <= _MARGIN * seconds), _SMALLER)
    return _choice(way, _with_time(way, photos, seconds, machine))


def _choice(way: _Way, reason: Text) -> Choice:
    return Choice(recipe=FIRST_CHOICE, settings=way.settings, reason=reason)


def _without_time(way: _Way, photos: int, machine: Machine) -> Text:
    takes = duration_words(way.seconds(photos, machine))
    if way is _LITE2:
        return text(
            "For {photos:,} photos, transfer learning on {backbone}, the most accurate backbone: it needs few photos, "
            "and takes about {takes}.",
            photos=photos,
            backbone=way.backbone,
            takes=takes,
        )
    return text(
        "For {photos:,} photos, transfer learning on {backbone}, the fastest backbone: it takes about {takes}, and a "
        "larger one {longer} to be hardly more often right.",
        photos=photos,
        backbone=way.backbone,
        takes=takes,
        longer=duration_words(_LITE2.seconds(photos, machine)),
    )


def _with_time(way: _Way, photos: int, seconds: int, machine: Machine) -> Text:
    time, takes = duration_words(seconds), way.seconds(photos, machine)
    if takes > seconds:
        return text(
            "For {photos:,} photos even the fastest way, transfer learning on {backbone}, takes about {takes}, which "
            "is longer than {time}.",
            photos=photos,
            backbone=way.backbone,
            takes=duration_words(takes),
            time=time,
        )
    return text(
        "For {photos:,} photos in {time}, transfer learning on {backbone}, {how}.",
        photos=photos,
        time=time,
        backbone=way.backbone,
        how=way.how,
    )
