"""The dataset that was looked at last, kept so that it is there again without reading each photo."""

from pathlib import Path

import msgspec

from trainer.core.dataset_choice import DatasetChoice
from trainer.core.errors import TrainerError
from trainer.core.text import plain
from trainer.dataset.records import Dataset, Photo
from trainer.files.atomic import write_atomically
from trainer.files.paths import cache_folder
from trainer.files.regular import read_regular


def remember(dataset: Dataset) -> None:
    """Keep what a scan found. Does nothing where the disk has no room: the next scan only takes longer."""
    try:
        _file().parent.mkdir(parents=True, exist_ok=True)
        write_atomically(_file(), msgspec.json.encode(dataset, enc_hook=plain))
    except (TrainerError, OSError):
        return


def recall(choice: DatasetChoice) -> tuple[Photo, ...]:
    """Return the photos known of this folder or zip, for `scan` to compare with what lies there now."""
    try:
        kept = msgspec.json.decode(read_regular(_file()), type=Dataset)
    except (OSError, msgspec.DecodeError, TrainerError):
        return ()
    return kept.photos if kept.root == choice.root else ()


def _file() -> Path:
    return cache_folder() / "last-dataset.json"
