"""How much worse a model gets on photos that are blurred, dark, turned or small: the same photos with and without."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from trainer.core.config import PrecisionName
from trainer.core.dataset_choice import DatasetChoice
from trainer.core.errors import CancelledError, PhotoError
from trainer.core.pipeline import in_chunks
from trainer.core.progress import Cancelled, Progress, halves, never_cancelled, no_progress
from trainer.core.robustness import HARMS, Answer, Robustness, judge_harms
from trainer.core.statistics import wilson_interval
from trainer.core.text import text
from trainer.dataset.pixels import no_longer_readable
from trainer.dataset.records import Photo
from trainer.dataset.sources.source import PhotoSource, open_source
from trainer.hardware import devices
from trainer.hardware.parallel import in_parallel, worker_count
from trainer.inference.evaluate import chosen_photos
from trainer.inference.harms import harmed, open_example
from trainer.inference.predictor import Predictor
from trainer.storage import model_file
from trainer.storage.model_changes import belongs_to_run
from trainer.storage.run_folder import RunFolder

PHOTOS = 500
# Photos that a worker takes at a time, each with all harms: few, so that a cancelled work ends soon.
_CHUNK = 2


class _Looker(NamedTuple):
    """Asks a model about photos as they are, and after each harm."""

    predictor: Predictor
    source: PhotoSource
    cancelled: Cancelled

    def look(self, photos: list[Photo]) -> list[list[Answer]]:
        """Return the answers to each photo: as it is, then by HARMS. Raises DatasetError and CancelledError."""
        opened = [self._open(photo) for photo in photos]
        rows = [self._answers(photos, opened)]
        rows += [self._answers(photos, [harmed(one, harm) for one in opened]) for harm in HARMS]
        return [list(answers) for answers in zip(*rows, strict=True)]

    def _open(self, photo: Photo) -> Image.Image:
        try:
            return open_example(self.source.read(photo.path))
        except (PhotoError, OSError) as error:
            raise no_longer_readable(photo, error) from error

    def _answers(self, photos: list[Photo], images: Sequence[Image.Image]) -> list[Answer]:
        if self.cancelled():
            raise CancelledError(text("Cancelled while looking at the photos."))
        threshold = self.predictor.description.threshold
        answers = []
        for photo, found in zip(photos, self.predictor.predict_chunk(images), strict=True):
            assert found.probability is not None  # an image in memory can be read
            said = int(found.probability >= threshold)
            answers.append(Answer(right=said == photo.class_index, sure=found.class_name is not None))
        return answers


def measure_robustness(
    model: Path,
    dataset: DatasetChoice | Path,
    *,
    split: str | None = None,
    count: int = PHOTOS,
    seed: int = 0,
    device: str = "auto",
    threads: int = 0,
    precision: PrecisionName = "auto",
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
    note: Callable[[str], None] = lambda _text: None,
) -> Robustness:
    """Return what each harm does to a model's accuracy on at most `count` of the photos that `evaluate_model` uses.

    They are drawn by `seed`. As everywhere, "not sure" counts as the likelier class. `progress` counts thousandths of
    the whole work. Raises as `evaluate_model` does.
    """
    loaded = model_file.load(model)
    place = devices.choose_device(device)
    predictor = Predictor(loaded, place, threads=threads, precision=devices.choose_precision(precision, place))
    scanning, looking = halves(progress)
    asked = chosen_photos(loaded.description, dataset, split=split, progress=scanning, cancelled=cancelled, note=note)
    drawn = random.Random(seed).sample(asked.photos, min(count, len(asked.photos)))
    answers: list[list[Answer]] = []
    with open_source(asked.dataset.choice) as source:
        looker = _Looker(predictor, source, cancelled)
        for found in in_parallel(looker.look, in_chunks(drawn, _CHUNK), worker_count(place, threads)):
            answers += found
            looking(len(answers), len(drawn))
    untouched, *by_harm = ([row[place] for row in answers] for place in range(1 + len(HARMS)))
    right = sum(answer.right for answer in untouched)
    return Robustness(
        model=loaded.digest,
        dataset=asked.dataset.name,
        split=asked.split,
        classes=loaded.description.classes,
        photos=len(drawn),
        drawn_from=len(asked.photos),
        seed=seed,
        example=drawn[0].path,
        right=right,
        accuracy=right / len(drawn),
        accuracy_interval=wilson_interval(right, len(drawn)),
        not_sure=sum(not answer.sure for answer in untouched),
        wrong_verdicts=sum(answer.sure and not answer.right for answer in untouched),
        harms=judge_harms(untouched, dict(zip(HARMS, by_harm, strict=True))),
    )


def keep_robustness(model: Path, found: Robustness) -> None:
    """Write it into the folder of the model's run, if the model has one. Raises DiskError."""
    if belongs_to_run(model):
        RunFolder(model.parent).write_robustness(found)
