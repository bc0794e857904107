"""At the end of a run: keep some training photos beside the model, so that verdicts can be compared with them."""

from collections.abc import Sequence

import torch

from trainer.core.errors import TrainerError
from trainer.core.pipeline import map_in_order
from trainer.core.progress import Cancelled, Progress
from trainer.core.results import ErrorRecord
from trainer.core.text import text
from trainer.dataset.pixels import AHEAD, DECODERS
from trainer.dataset.records import Photo
from trainer.dataset.thumbnail import thumbnail
from trainer.storage import training_photos
from trainer.storage.training_photos import MOST, TrainingPhotos
from trainer.training.data import seeds
from trainer.training.run import Run


def keep_training_photos(
    run: Run,
    photos: Sequence[Photo],
    embeddings: torch.Tensor,
    digest: str,
    *,
    progress: Progress,
    cancelled: Cancelled,
) -> None:
    """Keep at most `MOST` of these training photos, with embeddings [N, D], for the model file with that digest.

    Nothing depends on them: where they cannot be written, the run is told so and goes on; where it is stopped
    meanwhile, there are none.
    """
    rows = choose_rows([photo.class_index for photo in photos], MOST, run.config.seed)
    kept, thumbnails = [], []
    try:
        found = map_in_order(
            lambda row: _thumbnail(run, photos[row]), rows, workers=DECODERS, ahead=AHEAD, name="thumbnails"
        )
        for done, (row, image) in enumerate(zip(rows, found, strict=True), start=1):
            if cancelled():
                return
            if image is not None:
                kept.append(row)
                thumbnails.append(image)
            progress(done, len(rows))
        training_photos.save(
            run.folder.training_photos,
            TrainingPhotos(
                embeddings[kept],
                torch.tensor([photos[row].class_index for row in kept], dtype=torch.uint8),
                tuple(_readable(photos[row].path) for row in kept),
                tuple(thumbnails),
            ),
            model=digest,
        )
    except Exception as error:  # noqa: BLE001 - they are worth no run, whatever the reason
        reason = ErrorRecord.of(error).sentence
        run.report.note(text("The training photos are not kept beside the model. {reason}", reason=reason))


def choose_rows(class_indices: Sequence[int], count: int, seed: int) -> list[int]:
    """Return the places of at most `count` photos, in ascending order: as many of each class, as far as there are."""
    order = torch.randperm(len(class_indices), generator=seeds.generator(seed, "training photos")).tolist()
    of_class = [[row for row in order if class_indices[row] == index] for index in (0, 1)]
    fewer = min(len(of_class[0]), len(of_class[1]), count // 2)
    shares = [min(len(rows), max(count // 2, count - fewer)) for rows in of_class]
    return sorted(row for rows, share in zip(of_class, shares, strict=True) for row in rows[:share])


def _thumbnail(run: Run, photo: Photo) -> bytes | None:
    """Return a photo as a small JPEG file; None where it can no longer be read, or would take too much room."""
    try:
        small = thumbnail(run.source.read(photo.path))
    except (TrainerError, OSError):
        return None
    return small if len(small) <= training_photos.MOST_THUMBNAIL_BYTES else None


def _readable(path: str) -> str:
    """Return a path as text that can be written anywhere: bytes that are no Unicode are shown as such."""
    return path.encode(errors="surrogateescape").decode(errors="backslashreplace")
