"""What no file may make the program believe, whatever it says."""

import math
from typing import Any

import msgspec

from trainer.dataset.records import Dataset


class ImpossibleError(AssertionError):
    """Something that cannot be was believed."""


def demand(holds: object, what: str) -> None:
    """Raise ImpossibleError where something does not hold."""
    if not holds:
        raise ImpossibleError(what)


def demand_numbers(record: object) -> None:
    """Raise ImpossibleError where a record holds what is no number, such as NaN, anywhere."""
    _demand(msgspec.to_builtins(record, enc_hook=str), type(record).__name__)


def _demand(value: Any, place: str) -> None:
    if isinstance(value, float):
        demand(math.isfinite(value), f"{place} is {value}")
    elif isinstance(value, dict):
        for key, each in value.items():
            _demand(each, f"{place}.{key}")
    elif isinstance(value, list | tuple):
        for each in value:
            _demand(each, place)


def demand_dataset(found: Dataset) -> None:
    """Raise ImpossibleError where a dataset is none that a folder could hold."""
    demand(found.classes[0] and found.classes[1], "a class without a name")
    demand(found.classes[0] != found.classes[1], f"two classes called {found.classes[0]!r}")
    demand(found.unclassified >= 0, f"{found.unclassified} unclassified photos")
    for photo in found.photos:
        demand(photo.class_index in (0, 1), f"class {photo.class_index}")
        demand(photo.bytes >= 0 and photo.width > 0 and photo.height > 0, f"{photo.width} x {photo.height} pixels")
        demand(photo.split in (None, "train", "validation", "test"), f"split {photo.split}")
