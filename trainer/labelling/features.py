"""Frozen features of a dataset's photos: looked at once, kept on disk by the photos' content."""

from collections.abc import Sequence

import numpy as np
import torch

from trainer.core.errors import CancelledError, PhotoError
from trainer.core.pipeline import in_chunks
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import text
from trainer.dataset.photo import photo_pixels
from trainer.dataset.records import Photo
from trainer.dataset.sources.source import PhotoSource
from trainer.hardware.parallel import CHUNK, in_parallel
from trainer.labelling.eye import Eye

_WORKERS = 2


def embeddings_of(
    photos: Sequence[Photo],
    source: PhotoSource,
    eye: Eye,
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> dict[str, np.ndarray]:
    """Return the embedding, float32 [D], of each photo that can be read, by its digest.

    Raises CancelledError, and what was looked at until then is not looked at again.
    """
    found: dict[str, np.ndarray] = {}
    done = 0
    progress(0, len(photos))

    def look(some: list[Photo]) -> dict[str, np.ndarray]:
        known = {photo.digest: seen[1] for photo in some if (seen := eye.recall(photo.digest)) is not None}
        fresh: list[tuple[Photo, np.ndarray]] = []
        for photo in some:
            if photo.digest in known:
                continue
            try:
                fresh.append((photo, photo_pixels(source.read(photo.path), eye.image_size)))
            except PhotoError:  # it could be read by the scan; the next one will say what became of it
                continue
        if fresh:
            outputs = eye.look([pixels for _, pixels in fresh])
            for (photo, _), logit, embedding in zip(
                fresh, outputs.logits.tolist(), outputs.embeddings.numpy(), strict=True
            ):
                eye.remember(photo.digest, logit, embedding)
                known[photo.digest] = embedding.astype(np.float16).astype(np.float32)
        return known

    for some, seen in zip(in_chunks(photos, CHUNK), in_parallel(look, in_chunks(photos, CHUNK), _WORKERS), strict=True):
        if cancelled():
            raise CancelledError(text("Cancelled while looking at the photos."))
        found |= seen
        done += len(some)
        progress(done, len(photos))
    return found


def standardised(embeddings: np.ndarray | torch.Tensor) -> torch.Tensor:
    """Return embeddings [N, D] with each feature of mean 0 and deviation 1."""
    features = torch.as_tensor(embeddings)
    if not len(features):
        return features
    return (features - features.mean(dim=0)) / (features.std(dim=0, correction=0) + 1e-3)
