"""Verdicts on photos, with the model loaded once."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import torch
from PIL import Image

from trainer.core.config import PrecisionName
from trainer.core.errors import CancelledError, ModelFileError, PhotoError
from trainer.core.pipeline import in_chunks
from trainer.core.progress import Cancelled, never_cancelled
from trainer.core.results import Prediction
from trainer.core.text import text
from trainer.dataset.photo import photo_pixels
from trainer.hardware import devices
from trainer.hardware.devices import autocast, to_images
from trainer.hardware.parallel import CHUNK, in_parallel, one_thread, worker_count
from trainer.inference import closer_look
from trainer.inference.outputs import NetworkOutputs
from trainer.inference.verdict import Verdict, likeness, verdict
from trainer.models import activation
from trainer.models.fuse import fuse_for_inference
from trainer.storage import model_file
from trainer.storage.model_file import Model
from trainer.storage.starter import starter_model

Photograph = Path | bytes | Image.Image
"""A photo's file, the file's content, or an image of Pillow's."""


class _PhotoOutputs(NamedTuple):
    """One photo's numbers, or why there are none."""

    probability: float = 0.0
    similarity: float = 0.0
    seems_both: bool = False
    error: str = ""


class Predictor:
    """A model ready to predict. Its verdict on a photo does not depend on the others in the batch."""

    def __init__(
        self, model: Model, device: torch.device, *, threads: int = 0, precision: torch.dtype = torch.float32
    ) -> None:
        self.description, self.digest = model.description, model.digest
        self._detector = model.detector
        self._device, self._precision = device, precision
        self._network = fuse_for_inference(model.network, device)
        self._workers = worker_count(device, threads)

    @classmethod
    def load(
        cls,
        path: Path | str | None = None,
        *,
        device: str = "auto",
        threads: int = 0,
        precision: PrecisionName = "auto",
    ) -> Self:
        """Load a model file, or else the starter model that comes with CatDog.

        Raises ModelFileError and, for a device that is not there, SettingError.
        """
        model = model_file.load(_starter() if path is None else Path(path))
        place = devices.choose_device(device)
        return cls(model, place, threads=threads, precision=devices.choose_precision(precision, place))

    def predict_one(self, photo: Photograph | str) -> Prediction:
        """Return the verdict on one photo, or its error."""
        return self.predict_chunk([photo])[0]

    def predict(
        self,
        photos: Iterable[Photograph | str],
        *,
        batch_size: int = CHUNK,
        cancelled: Cancelled = never_cancelled,
    ) -> Iterator[Prediction]:
        """Yield a verdict on each photo, in order, as soon as there is one.

        A photo that cannot be read has its `error` set and the others go on. Photos given as bytes or as images have
        an empty path. Raises CancelledError.
        """
        for verdicts in in_parallel(self.predict_chunk, in_chunks(photos, batch_size), self._workers):
            if cancelled():
                raise CancelledError(text("Cancelled while looking at the photos."))
            yield from verdicts

    @one_thread()  # a verdict is the same whoever asks
    def predict_chunk(self, given: Sequence[Photograph | str]) -> list[Prediction]:
        """Return the verdicts on a few photos, looked at together in the thread that asks."""
        photos = [Path(photo) if isinstance(photo, str) else photo for photo in given]
        read = [self._read(photo) for photo in photos]
        good = [photo for photo, pixels in zip(photos, read, strict=True) if isinstance(pixels, np.ndarray)]
        seen = iter(self._see(good, np.stack([one for one in read if isinstance(one, np.ndarray)])) if good else [])
        return [
            self._prediction(photo, next(seen) if isinstance(pixels, np.ndarray) else _PhotoOutputs(error=pixels))
            for photo, pixels in zip(photos, read, strict=True)
        ]

    def outputs(self, pixels: np.ndarray) -> NetworkOutputs:
        """Return what the network gives for photos, uint8 [N, S, S, 3].

        Raises ModelFileError where its weights are so large that what it gives is no number.
        """
        with torch.inference_mode(), autocast(self._precision, self._device):
            hidden = self._network.forward_frozen(to_images(pixels, self._device))
            features = self._network.forward_features_tta(hidden)
            embeddings = self._network.embed(hidden, features).float().cpu()
            found = NetworkOutputs(self._network.forward_head(features).float().cpu(), embeddings)
        if not (found.logits.isfinite().all() and embeddings.isfinite().all()):
            what = text("What this model gives for a photo is no number, so it is of no use.")
            raise ModelFileError(what, remedy=text("Choose another model, or train anew."))
        return found

    def class_activation(self, pixels: np.ndarray) -> torch.Tensor:
        """Return what each position of photos, uint8 [N, S, S, 3], adds to their logits: float32 [N, H, W]."""
        # At full precision, whatever verdicts are computed with: few photos are explained.
        return activation.class_activation(self._network, to_images(pixels, self._device)).cpu()

    @property
    def workers(self) -> int:
        """How many threads look at photos at once, each computing alone."""
        return self._workers

    @property
    def embedding_size(self) -> int:
        """How many numbers an embedding has."""
        return self._network.feature_count

    def probabilities(self, outputs: NetworkOutputs) -> torch.Tensor:
        """Return the calibrated probabilities of the positive class, float64 [N]."""
        return (outputs.logits.double() / self.description.temperature).sigmoid()

    def verdicts(self, outputs: NetworkOutputs) -> list[Verdict]:
        """Return the verdicts on photos by their outputs, without a closer look at doubtful ones."""
        similarities = self._detector.similarity(outputs.embeddings).tolist()
        return list(map(partial(verdict, self.description), self.probabilities(outputs).tolist(), similarities))

    def doubtful(self, outputs: NetworkOutputs) -> list[int]:
        """Return which photos are worth a closer look, by their outputs."""
        limits = self.description.limits
        if not limits.closer_look:
            return []
        probabilities, similarities = self.probabilities(outputs), self._detector.similarity(outputs.embeddings)
        pairs = zip(probabilities.tolist(), similarities.tolist(), strict=True)
        return [
            index
            for index, (probability, similarity) in enumerate(pairs)
            if closer_look.is_doubtful(limits, probability, likeness(limits.detector, probability, similarity))
        ]

    def look_closer(self, whole: NetworkOutputs, enlarged: np.ndarray) -> NetworkOutputs:
        """Return what a photo's outputs [1] become with its parts; `enlarged` is the photo, uint8 [2 S, 2 S, 3]."""
        parts = self.outputs(closer_look.cut_into_parts(enlarged, self.description.preprocessing.image_size))
        return closer_look.combine(whole, parts, self.description, self._detector)

    def _read(self, photo: Photograph) -> np.ndarray | str:
        try:
            return photo_pixels(photo, self.description.preprocessing.image_size)
        except PhotoError as error:
            return error.what

    def _see(self, photos: list[Photograph], pixels: np.ndarray) -> list[_PhotoOutputs]:
        outputs = self.outputs(pixels)
        both = torch.zeros(len(photos), dtype=torch.bool)
        outputs = outputs._replace(seem_both=both)
        size = closer_look.ENLARGED * self.description.preprocessing.image_size
        for index in self.doubtful(outputs):
            # A photo that went away meanwhile keeps the verdict that it had.
            with suppress(PhotoError):
                outputs.put(index, self.look_closer(outputs.one(index), photo_pixels(photos[index], size)))
        similarities = self._detector.similarity(outputs.embeddings)
        return list(map(_PhotoOutputs, self.probabilities(outputs).tolist(), similarities.tolist(), both.tolist()))

    def _prediction(self, photo: Photograph, outputs: _PhotoOutputs) -> Prediction:
        path = _readable(photo) if isinstance(photo, Path) else ""
        say = partial(Prediction, path=path)
        if outputs.error:
            return say(class_name=None, probability=None, probabilities=None, error=outputs.error)
        negative, positive = self.description.classes
        found = verdict(self.description, outputs.probability, outputs.similarity, seems_both=outputs.seems_both)
        return say(
            class_name=found.class_name,
            probability=outputs.probability,
            probabilities={negative: 1 - outputs.probability, positive: outputs.probability},
            nearest_class=found.nearest if found.reason and not found.unlike else None,
            reason=found.reason or None,
        )


def _starter() -> Path:
    """Return the starter model's file. Raises ModelFileError."""
    path = starter_model()
    if path is None:
        raise ModelFileError(text("This copy of CatDog has no starter model."), remedy=text("Name a model of yours."))
    return path


def _readable(path: Path) -> str:
    """Return a path as text that can be written anywhere: bytes that are no Unicode are shown as such."""
    return str(path).encode(errors="surrogateescape").decode(errors="backslashreplace")
