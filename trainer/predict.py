"""Verdicts on photos, with the model loaded once."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from os import cpu_count
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
import torch
from PIL import Image
from torch import nn

from trainer import devices, model_file
from trainer.batches import to_images
from trainer.errors import CancelledError, PhotoError
from trainer.model_description import ModelDescription
from trainer.photo import photo_pixels
from trainer.results import Prediction

Photograph = Path | bytes | Image.Image
_T = TypeVar("_T")


class Predictor:
    """A model ready to be asked. Its answers do not depend on which photos are asked about together."""

    def __init__(self, network: nn.Module, description: ModelDescription, device: torch.device) -> None:
        self._network = network.to(device).eval()
        self._device = device
        self.description = description

    @classmethod
    def load(cls, path: Path, *, device: str = "auto", threads: int = 0) -> Self:
        """Load a model file. Raises ModelFileError and, for a device that is not there, SettingError."""
        network, description = model_file.load(path)
        devices.set_threads(threads)
        return cls(network, description, devices.choose(device))

    def predict_one(self, photo: Photograph) -> Prediction:
        """Return the verdict on one photo, or its error."""
        return next(self.predict([photo]))

    def predict(
        self,
        photos: Iterable[Photograph],
        *,
        batch_size: int = 32,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Prediction]:
        """Yield a verdict on each photo, in order, as soon as its batch is done.

        A photo that cannot be read has its `error` set and the others go on. Photos given as bytes or as images have
        an empty path. Raises CancelledError.
        """
        with ThreadPoolExecutor(max_workers=min(8, cpu_count() or 1)) as pool:
            for chunk in _in_batches(photos, batch_size):
                if cancelled():
                    raise CancelledError("Cancelled while looking at the photos.")
                yield from self._judge(chunk, list(pool.map(self._read, chunk)))

    def _read(self, photo: Photograph) -> np.ndarray | PhotoError:
        try:
            return photo_pixels(photo, self.description.preprocessing.image_size)
        except PhotoError as error:
            return error

    def _judge(self, photos: list[Photograph], read: list[np.ndarray | PhotoError]) -> Iterator[Prediction]:
        good = [pixels for pixels in read if not isinstance(pixels, PhotoError)]
        probabilities = iter(self._probabilities(np.stack(good)) if good else [])
        for photo, pixels in zip(photos, read, strict=True):
            path = _readable(photo) if isinstance(photo, Path) else ""
            if isinstance(pixels, PhotoError):
                yield Prediction(path=path, class_name=None, probability=None, probabilities=None, error=str(pixels))
            else:
                yield self._verdict(path, next(probabilities))

    def _probabilities(self, pixels: np.ndarray) -> list[float]:
        """Return the positive class's probability for each of the pixels, uint8 [N, S, S, 3]."""
        with torch.inference_mode():
            logits = self._network(to_images(pixels, self._device)).double() / self.description.temperature
        numbers: list[float] = logits.sigmoid().tolist()
        return numbers

    def _verdict(self, path: str, probability: float) -> Prediction:
        negative, positive = self.description.classes
        return Prediction(
            path=path,
            class_name=positive if probability >= self.description.threshold else negative,
            probability=probability,
            probabilities={negative: 1 - probability, positive: probability},
        )


def _readable(path: Path) -> str:
    """Return a path as text that can be written anywhere: bytes that are no Unicode are shown as such."""
    return str(path).encode(errors="surrogateescape").decode(errors="backslashreplace")


def _in_batches(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
