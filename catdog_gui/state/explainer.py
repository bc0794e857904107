"""A model as it explains its verdicts, for worker threads. It stays loaded in between."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from catdog_gui.state.engine import find_neighbours, heat_pixels, load_predictor, nearest_photos
from trainer.core.errors import ModelFileError
from trainer.core.results import Neighbour
from trainer.core.text import text
from trainer.files.kinds import is_file

if TYPE_CHECKING:
    from trainer.inference.neighbours import Neighbours
    from trainer.inference.predictor import Predictor

_NONE = text("This model brings no training photos along.")


class LoadedModel:
    """The model that was loaded last, and the training photos that it brings along, for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: tuple[object, ...] = ()
        self._predictor: Predictor | None = None
        self._neighbours: Neighbours | str | None = None

    def predictor(self, path: Path, device: str, threads: int) -> "Predictor":
        """Return the predictor of a model file, loading it where it is another one or has changed."""
        with self._lock:
            return self._load(path, device, threads)

    def with_neighbours(self, path: Path, device: str, threads: int) -> "tuple[Predictor, Neighbours | str]":
        """Return the same with its training photos, or a sentence that says why there are none."""
        with self._lock:
            predictor = self._load(path, device, threads)
            if self._neighbours is None:
                try:
                    self._neighbours = find_neighbours(path, predictor) or _NONE
                except ModelFileError as error:
                    self._neighbours = error.sentence
            return predictor, self._neighbours

    def _load(self, path: Path, device: str, threads: int) -> "Predictor":
        key = (path, path.stat().st_mtime_ns if is_file(path) else 0, device, threads)
        if self._predictor is None or key != self._key:
            self._predictor = self._neighbours = None
            self._predictor = load_predictor(path, device=device, threads=threads)
            self._key = key
        return self._predictor


class Explainer(NamedTuple):
    """One model, with the settings of now."""

    loaded: LoadedModel
    model: Path | None
    device: str
    threads: int

    def predictor(self) -> "Predictor":
        """Return the model, loaded. Raises ModelFileError."""
        return self.loaded.predictor(self._chosen, self.device, self.threads)

    def heat(self, photo: Path | bytes, class_name: str) -> tuple[bytes, int]:
        """Return the heat map of a class in a photo as RGBA pixels of a square, with its side. Raises TrainerError."""
        return heat_pixels(self.predictor(), photo, class_name)

    def neighbours(self, photo: Path | bytes) -> tuple[Neighbour, ...] | str:
        """Return the training photos that a photo is most like, or a sentence that says why there are none.

        Raises TrainerError where the photo cannot be read or the model cannot be loaded.
        """
        predictor, neighbours = self.loaded.with_neighbours(self._chosen, self.device, self.threads)
        return neighbours if isinstance(neighbours, str) else nearest_photos(predictor, neighbours, photo)

    @property
    def _chosen(self) -> Path:
        if self.model is None:
            raise ModelFileError(text("There is no model."), remedy=text("Choose one first."))
        return self.model
