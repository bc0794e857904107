"""Verdicts on photos, with the model loaded once."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import torch
from PIL import Image

from trainer.core.config import PrecisionName
from trainer.core.errors import CancelledError, PhotoError
from trainer.core.pipeline import in_chunks
from trainer.core.progress import Cancelled, never_cancelled
from trainer.core.results import Prediction
from trainer.core.text import text
from trainer.dataset.photo import photo_pixels
from trainer.hardware import devices
from trainer.hardware.devices import autocast, to_images
from trainer.hardware.parallel import CHUNK, in_parallel, worker_count
from trainer.inference.outputs import NetworkOutputs
from trainer.inference.verdict import verdict
from trainer.models.fuse import fuse_for_inference
from trainer.storage import model_file
from trainer.storage.model_file import Model

Photograph = Path | bytes | Image.Image


class _PhotoOutputs(NamedTuple):
    """One photo's numbers, or why there are none."""

    probability: float = 0.0
    similarity: float = 0.0
    error: str = ""


class Predictor:
    """A model ready to predict. Its verdict on a photo does not depend on the others in the batch."""

    def __init__(
        self, model: Model, device: torch.device, *, threads: int = 0, precision: torch.dtype = torch.float32
    ) -> None:
        self.description = model.description
        self._detector = model.detector
        self._device, self._precision = device, precision
        self._network = fuse_for_inference(model.network, device)
        self._workers = worker_count(device, threads)

    @classmethod
    def load(cls, path: Path, *, device: str = "auto", threads: int = 0, precision: PrecisionName = "auto") -> Self:
        """Load a model file. Raises ModelFileError and, for a device that is not there, SettingError."""
        model = model_file.load(path)
        place = devices.choose_device(device)
        return cls(model, place, threads=threads, precision=devices.choose_precision(precision, place))

    def predict_one(self, photo: Photograph) -> Prediction:
        """Return the verdict on one photo, or its error."""
        return self._predict_chunk([photo])[0]

    def predict(
        self,
        photos: Iterable[Photograph],
        *,
        batch_size: int = CHUNK,
        cancelled: Cancelled = never_cancelled,
    ) -> Iterator[Prediction]:
        """Yield a verdict on each photo, in order, as soon as there is one.

        A photo that cannot be read has its `error` set and the others go on. Photos given as bytes or as images have
        an empty path. Raises CancelledError.
        """
        for verdicts in in_parallel(self._predict_chunk, in_chunks(photos, batch_size), self._workers):
            if cancelled():
                raise CancelledError(text("Cancelled while looking at the photos."))
            yield from verdicts

    def outputs(self, pixels: np.ndarray) -> NetworkOutputs:
        """Return what the network gives for photos, uint8 [N, S, S, 3]."""
        with torch.inference_mode(), autocast(self._precision, self._device):
            hidden = self._network.forward_frozen(to_images(pixels, self._device))
            features = self._network.forward_features_tta(hidden)
            embeddings = self._network.embed(hidden, features)
            return NetworkOutputs(self._network.forward_head(features).float().cpu(), embeddings.float().cpu())

    def _predict_chunk(self, photos: list[Photograph]) -> list[Prediction]:
        read = [self._read(photo) for photo in photos]
        good = [pixels for pixels in read if isinstance(pixels, np.ndarray)]
        seen = iter(self._see(np.stack(good)) if good else [])
        return [
            self._prediction(photo, next(seen) if isinstance(pixels, np.ndarray) else _PhotoOutputs(error=pixels))
            for photo, pixels in zip(photos, read, strict=True)
        ]

    def _read(self, photo: Photograph) -> np.ndarray | str:
        try:
            return photo_pixels(photo, self.description.preprocessing.image_size)
        except PhotoError as error:
            return error.what

    def _see(self, pixels: np.ndarray) -> list[_PhotoOutputs]:
        logits, embeddings = self.outputs(pixels)
        probabilities = (logits.double() / self.description.temperature).sigmoid().tolist()
        similarities = self._detector.similarity(embeddings).tolist()
        return list(map(_PhotoOutputs, probabilities, similarities))

    def _prediction(self, photo: Photograph, outputs: _PhotoOutputs) -> Prediction:
        path = _readable(photo) if isinstance(photo, Path) else ""
        say = partial(Prediction, path=path)
        if outputs.error:
            return say(class_name=None, probability=None, probabilities=None, error=outputs.error)
        negative, positive = self.description.classes
        found = verdict(self.description, outputs.probability, outputs.similarity)
        return say(
            class_name=found.class_name,
            probability=outputs.probability,
            probabilities={negative: 1 - outputs.probability, positive: outputs.probability},
            nearest_class=found.nearest if found.reason else None,
            reason=found.reason or None,
        )


def _readable(path: Path) -> str:
    """Return a path as text that can be written anywhere: bytes that are no Unicode are shown as such."""
    return str(path).encode(errors="surrogateescape").decode(errors="backslashreplace")
