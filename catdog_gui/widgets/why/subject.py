"""What is explained: one verdict on one photo, by one model."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from catdog_gui.state.explainer import Explainer


@dataclass(frozen=True, eq=False)
class Subject:
    """Two are the same only where they are one object: a photo keeps its own as long as it keeps its verdict."""

    photo: Callable[[], Path | bytes]
    """Gives the photo in another thread. Raises TrainerError where it is gone."""
    class_name: str
    """Of the verdict."""
    classes: tuple[str, str]
    """Of the model."""
    explainer: Explainer
