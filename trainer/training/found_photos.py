"""The photos that a run's settings name: found, checked, split, and with the user's answers."""

from collections.abc import Sequence
from typing import NamedTuple

from trainer.core import advice
from trainer.core.config import TrainConfig
from trainer.core.progress import Cancelled, Progress
from trainer.dataset.answers import with_answers
from trainer.dataset.records import Dataset, Photo
from trainer.dataset.scan import scan
from trainer.dataset.split import cut, fingerprint, refuse_gaps


class FoundPhotos(NamedTuple):
    """What a run begins with."""

    dataset: Dataset
    """Every photo has a split."""
    fingerprint: str
    """Of the dataset as it was found."""


def find_photos(
    config: TrainConfig, progress: Progress, cancelled: Cancelled, *, known: Sequence[Photo] = ()
) -> FoundPhotos:
    """Scan the dataset and split it; `known` photos that have not changed are not read again.

    Raises DatasetError, SettingError and CancelledError.
    """
    found = scan(config.photos, known=known, progress=progress, cancelled=cancelled)
    advice.refuse_too_few(found.class_counts())
    dataset = with_answers(cut(found, config.split.fractions, config.seed))
    refuse_gaps(dataset)
    return FoundPhotos(dataset, fingerprint(found))
