"""One model and the batches that it looks at: what the service says, without a word of HTTP."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Literal, Self

import msgspec
from msgspec import structs

from trainer.core.results import EvaluationMetrics, Prediction
from trainer.core.version import version
from trainer.inference.predictor import Predictor
from trainer.serve.batcher import Batcher
from trainer.serve.limits import Limits
from trainer.serve.uploads import Upload
from trainer.storage.model_list import describe_model


class ServedModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model that gives verdicts here."""

    title: str
    sha256: str
    """Of the model's content, as the model file names it."""
    classes: tuple[str, str]
    """The second is the positive class, whose probability a verdict gives."""
    recipe: str
    image_size: int
    """Pixels a side, to which each photo is resized."""
    threshold: float
    """Probabilities from here on mean the positive class."""
    created: str
    """ISO 8601 with the time zone."""
    test: EvaluationMetrics | None = None
    """How it fared on the test split of its own dataset."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """That the service is there, and how busy it is."""

    status: Literal["ok"] = "ok"
    version: str
    waiting: int
    """Photos that wait for their turn."""
    queue: int
    """How many may wait."""


class Service:
    """A loaded model with its batcher. `close` it in the end."""

    def __init__(self, predictor: Predictor, title: str, limits: Limits) -> None:
        self.limits = limits
        self.model = _served(predictor, title)
        self._batcher = Batcher(predictor.predict_chunk, workers=predictor.workers, room=limits.queue)

    @classmethod
    def load(cls, model: Path, limits: Limits, *, device: str = "auto") -> Self:
        """Load a model file. Raises ModelFileError and, for a device that is not there, SettingError."""
        return cls(Predictor.load(model, device=device), describe_model(model).title, limits)

    def health(self) -> Health:
        """Return how busy it is."""
        return Health(version=version(), waiting=self._batcher.waiting, queue=self.limits.queue)

    def is_full(self) -> bool:
        """Whether not one photo more has room."""
        return self._batcher.waiting >= self.limits.queue

    async def verdicts(self, uploads: Sequence[Upload]) -> list[Prediction]:
        """Return a verdict on each photo, or its error, under the name that the caller gave it.

        Where it is cancelled, photos that still wait are not looked at. Raises QueueFullError.
        """
        coming = self._batcher.submit([upload.content for upload in uploads])
        try:
            found = await asyncio.gather(*map(_awaited, coming))
        finally:
            self._batcher.cancel(coming)
        return [structs.replace(verdict, path=upload.name) for verdict, upload in zip(found, uploads, strict=True)]

    def close(self) -> None:
        """Cancel what waits, and return when the workers have ended."""
        self._batcher.close()


def _awaited(verdict: "Future[Prediction]") -> "asyncio.Future[Prediction]":
    return asyncio.wrap_future(verdict)


def _served(predictor: Predictor, title: str) -> ServedModel:
    description = predictor.description
    return ServedModel(
        title=title,
        sha256=predictor.digest,
        classes=description.classes,
        recipe=description.recipe,
        image_size=description.preprocessing.image_size,
        threshold=description.threshold,
        created=description.origin.created,
        test=description.test,
    )
