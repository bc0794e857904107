"""One photo of the session, and what the window says of it."""

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PySide6.QtGui import QImage

from catdog_gui.look.language import tr, translated
from catdog_gui.look.words import probability
from trainer.core.results import Prediction

Kind = Literal["first", "second", "unsure", "unreadable", "waiting"]
"""What came of a photo: its class (the first or the second), not sure, cannot be read, or nothing yet."""

_DIGITS = re.compile(r"0*(\d+)")


@dataclass(eq=False)
class SessionPhoto:
    """One photo that was dropped, pasted or opened."""

    number: int
    """Counts up in a session, so no two have the same."""
    name: str
    source: Path | QImage
    prediction: Prediction | None = None
    classes: tuple[str, str] = ("cat", "dog")
    """Of the model that gave the verdict."""
    seconds: float | None = None
    """How long the verdict took, from the file to the probability."""
    key: str = ""
    """The same for what is the same photo: its file's real path, or a digest of an image without a file."""

    def __post_init__(self) -> None:
        """Make what it is sorted by: of 10,000 photos at once that would be felt, and they come in by and by."""
        self.folder = str(self.source.parent) if isinstance(self.source, Path) else ""
        """The one that its file is in; empty for an image that was pasted."""
        self.folded = self.name.casefold()
        """Its name as it is searched in."""
        self.name_key = natural(self.folded)
        self.folder_key = f"{natural_folder(self.folder)}\0{self.name_key}"

    @property
    def path(self) -> Path | None:
        """Its file; None for an image that was pasted."""
        return self.source if isinstance(self.source, Path) else None

    @property
    def kind(self) -> Kind:
        """What came of it."""
        if self.prediction is None:
            return "waiting"
        if self.prediction.error:
            return "unreadable"
        if self.class_index is None:
            return "unsure"
        return "second" if self.class_index else "first"

    @property
    def reason(self) -> str:
        """Why there is no verdict, as a sentence; empty where there is one, or none yet."""
        if self.prediction is None or not self.prediction.error:
            return ""
        return translated(self.prediction.error)

    @property
    def is_unsure(self) -> bool:
        """Whether the photo was read and the verdict is "not sure"."""
        return self.prediction is not None and self.prediction.is_unsure

    @property
    def doubt(self) -> str:
        """Why the model is not sure, as a sentence; empty where it is."""
        return translated(self.prediction.reason or "") if self.prediction is not None and self.is_unsure else ""

    @property
    def why(self) -> str:
        """Why there is no class: why the model is not sure, or why the photo cannot be read; else empty."""
        return self.reason or self.doubt

    @property
    def nearest(self) -> str:
        """The likelier class with its probability, where the photo could be either; else empty."""
        if self.prediction is None or self.confidence is None or not self.is_unsure:
            return ""
        return tr(
            "{class_name} {probability}",
            class_name=self.prediction.nearest_class,
            probability=probability(self.confidence),
        )

    @property
    def class_index(self) -> int | None:
        """0 or 1 where the model says a class; None while waiting, without a verdict, or where it is not sure."""
        if self.prediction is None or self.prediction.class_name not in self.classes:
            return None
        return self.classes.index(self.prediction.class_name)

    @property
    def verdict(self) -> str:
        """The verdict in one word or two."""
        if self.prediction is None:
            return tr("Waiting")
        if self.prediction.error:
            return tr("Cannot be read")
        return self.prediction.class_name.capitalize() if self.prediction.class_name else tr("Not sure")

    @property
    def confidence(self) -> float | None:
        """The probability of the verdict's class, or of the nearest one; None where the photo is like neither."""
        if self.prediction is None or not self.prediction.probabilities:
            return None
        name = self.prediction.closest_class
        return self.prediction.probabilities[name] if name else None

    @property
    def first_share(self) -> float | None:
        """The probability of class 0, where there is a verdict."""
        shares = self.prediction.probabilities if self.prediction else None
        return shares[self.classes[0]] if shares else None

    @property
    def summary(self) -> str:
        """All of it in words, for tooltips and screen readers."""
        if self.reason:
            return tr("{photo}: {reason}", photo=self.name, reason=self.reason)
        if self.prediction is None:
            return tr("{photo}: waiting for its verdict", photo=self.name)
        if self.is_unsure and not self.nearest:
            return tr("{photo}: Not sure. {reason}", photo=self.name, reason=self.doubt)
        if self.is_unsure:
            return tr(
                "{photo}: Not sure. {reason} Nearest: {nearest}",
                photo=self.name,
                reason=self.doubt,
                nearest=self.nearest,
            )
        return tr(
            "{photo}: {class_name}, {probability}",
            photo=self.name,
            class_name=self.verdict,
            probability=probability(self.confidence or 0.0, 1),
        )


def natural(name: str) -> str:
    """Return what sorts names as people do: "photo 2" before "photo 10", whatever the case.

    Each number begins with how long it is: a string takes a tenth of the time that a tuple takes to compare.
    """
    return _DIGITS.sub(lambda found: f"{chr(len(found[1]))}{found[1]}", name.casefold())


natural_folder = lru_cache(maxsize=1000)(natural)  # folders have many photos


def photo_key(path: Path) -> str:
    """Return the same for what is the same file, whichever links lead to it."""
    try:
        return os.path.normcase(os.path.realpath(path))
    except (OSError, ValueError):  # what cannot be read stands for itself; the predictor says what is wrong with it
        return str(path)
