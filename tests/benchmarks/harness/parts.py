"""Which photos of a collection may be learnt from, which set limits, and which judge: by rule, so that none moves.

The three parts share no photo. Of the animals that are neither cat nor dog whole kinds are kept apart, so that those
that judge were never met; all other photos are drawn by a digest of their name.
"""

from hashlib import sha256
from pathlib import Path
from typing import Literal

Part = Literal["learn", "calibrate", "judge"]

# Every second kind in alphabetical order.
LEARNT_KINDS = ("ape", "bison", "cow", "duck", "horse", "pig", "snake", "wolf")
_LEARNT, _CALIBRATED = 0.5, 0.2


def part_of(photo: Path) -> Part:
    """Return which part a photo belongs to, by its name and that of its folder."""
    if photo.parent.name == "neither":
        return "learn" if kind_of(photo) in LEARNT_KINDS else "judge"
    place = int.from_bytes(sha256(f"{photo.parent.name}/{photo.name}".encode()).digest()[:4], "big") / 2**32
    return "learn" if place < _LEARNT else "calibrate" if place < _LEARNT + _CALIBRATED else "judge"


def kind_of(photo: Path) -> str:
    """Return the kind of animal in a photo's name: "wolf" of wolf-0028.jpg."""
    return photo.stem.rpartition("-")[0]
