"""The worst mistakes on the test photos, as small pictures with and without what spoke for the wrong class."""

import io
from collections.abc import Sequence

import msgspec
from PIL import Image

from trainer.core.errors import DatasetError, ModelFileError, PhotoError
from trainer.core.results import EvaluatedPhoto, Evaluation
from trainer.dataset.photo import open_photo
from trainer.dataset.records import digest
from trainer.dataset.sources.source import PhotoSource, open_source
from trainer.inference.explain import heat_map, overlay
from trainer.inference.predictor import Predictor
from trainer.storage.run_folder import RunFolder

SIDE = 160
"""Pixels of a picture's longer side: what is on it can be told, and a dozen take about 100 kB."""
_QUALITY = 80


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """One photo that the model got wrong. Its pictures are JPEG, None where the photo is not what it was any more."""

    photo: EvaluatedPhoto
    share: float
    """The probability of the class that the model named."""
    picture: bytes | None = None
    heat: bytes | None = None
    """The same below a heat map of what spoke for that class."""
    width: int = 0
    height: int = 0


def worst(evaluation: Evaluation, count: int) -> list[EvaluatedPhoto]:
    """Return the mistakes with a wrong verdict, the surest first, then those where the verdict was "not sure"."""
    return sorted(evaluation.wrong, key=lambda photo: bool(photo.reason))[:count]


def pictured(photos: Sequence[EvaluatedPhoto], evaluation: Evaluation, folder: RunFolder, device: str) -> list[Mistake]:
    """Return those of these photos that are the run's own, with a picture where one is still where and what it was.

    A run that learnt from corrections is tested with photos of another dataset.

    Raises CheckpointError where the run's `split.json` cannot be read.
    """
    if not photos:
        return []
    dataset = folder.read_dataset()
    digests = {photo.path: photo.digest for photo in dataset.photos}
    mistakes = [_mistake(photo, evaluation) for photo in photos if photo.path in digests]
    try:
        with open_source(dataset.choice) as source:
            predictor = Predictor.load(folder.model, device=device, precision="float32")
            return [_with_pictures(mistake, source, digests, predictor) for mistake in mistakes]
    except (DatasetError, ModelFileError):  # the dataset was moved, or the model: the numbers are there all the same
        return mistakes


def _mistake(photo: EvaluatedPhoto, evaluation: Evaluation) -> Mistake:
    is_positive = photo.predicted == evaluation.classes[1]
    return Mistake(photo=photo, share=photo.probability if is_positive else 1 - photo.probability)


def _with_pictures(mistake: Mistake, source: PhotoSource, digests: dict[str, str], predictor: Predictor) -> Mistake:
    try:
        content = source.read(mistake.photo.path)
        if digest(content) != digests.get(mistake.photo.path):
            return mistake
        image = open_photo(content, size=SIDE)
        heat = heat_map(predictor, content, mistake.photo.predicted)
    except PhotoError:
        return mistake
    image.thumbnail((SIDE, SIDE))
    return msgspec.structs.replace(
        mistake, picture=_jpeg(image), heat=_jpeg(overlay(image, heat)), width=image.width, height=image.height
    )


def _jpeg(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "JPEG", quality=_QUALITY, optimize=True)
    return content.getvalue()
