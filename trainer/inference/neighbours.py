"""Like these: the training photos that a photo is most like, as the model sees it.

They are the nearest by the cosine of embeddings (`Network.embed`), which of a tuned backbone are those before it was
tuned. Centring or scaling the features first finds no better ones (see tests/benchmarks/RESULTS.md).
"""

from pathlib import Path
from typing import Self

import numpy as np
import torch
from torch.nn import functional as F

from trainer.core.results import Neighbour
from trainer.dataset.photo import photo_pixels
from trainer.inference.predictor import Photograph, Predictor
from trainer.storage import training_photos
from trainer.storage.run_folder import RunFolder
from trainer.storage.training_photos import TrainingPhotos

COUNT = 6


class Neighbours:
    """The training photos of one model, to be searched."""

    def __init__(self, photos: TrainingPhotos, classes: tuple[str, str]) -> None:
        self._directions = F.normalize(photos.embeddings.float(), dim=1)
        self._photos = photos._replace(embeddings=torch.empty(0, 0))  # which nothing needs any more
        self._classes = classes

    @classmethod
    def of_model(cls, model: Path, predictor: Predictor) -> Self | None:
        """Return those that lie beside a model file; None where there are none, or they are of another model.

        `predictor` is that model, loaded. Raises ModelFileError for a damaged file.
        """
        photos = training_photos.load(RunFolder(model.parent).training_photos, model=predictor.digest)
        if photos is None or not predictor.digest or photos.embeddings.shape[1] != predictor.embedding_size:
            return None
        return cls(photos, predictor.description.classes)

    def nearest(self, embedding: torch.Tensor, count: int = COUNT) -> tuple[Neighbour, ...]:
        """Return the photos whose embeddings are nearest to one, [D], the nearest first; all where there are fewer."""
        cosines = self._directions @ F.normalize(embedding.float(), dim=0)
        best = cosines.topk(min(count, len(cosines)))
        return tuple(map(self._neighbour, best.indices.tolist(), best.values.clamp(-1, 1).tolist()))

    def _neighbour(self, row: int, similarity: float) -> Neighbour:
        photos = self._photos
        return Neighbour(
            name=photos.names[row],
            class_name=self._classes[int(photos.class_indices[row])],
            similarity=similarity,
            thumbnail=photos.thumbnails[row],
        )


def embedding(predictor: Predictor, photo: Photograph) -> torch.Tensor:
    """Return the embedding, float32 [D], of a photo as a whole. Raises PhotoError for one that cannot be read."""
    pixels: np.ndarray = photo_pixels(photo, predictor.description.preprocessing.image_size)
    return predictor.outputs(pixels[None]).embeddings[0]
