"""What a report says of the photos of a run: how many, how they were split, and what was noticed about them."""

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from trainer.core.errors import CheckpointError
from trainer.dataset.records import Dataset
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_record import RunRecord


class DataFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The photos that a run learnt from and was tested with."""

    name: str
    """Of the folder or zip. Empty in a report that names none; so is `root`, its whole path."""
    root: str
    classes: tuple[str, str]
    counts: dict[str, dict[str, int]]
    """Photos per split and class."""
    fingerprint: str
    unreadable: int
    """Files that were left out because they could not be read as photos."""
    left_out: int
    """Photos that the user left out."""
    sentences: tuple[str, ...]
    """What was noticed by the scan and by the check of the dataset's health."""

    @property
    def photos(self) -> int:
        """How many there are in all splits."""
        return sum(sum(row.values()) for row in self.counts.values())

    def of_class(self, name: str) -> int:
        """Return how many there are of a class, in all splits."""
        return sum(row.get(name, 0) for row in self.counts.values())


def data_facts(folder: RunFolder, record: RunRecord, *, private: bool) -> DataFacts:
    """Return what is known of a run's photos; with `private`, nothing that names a file or folder.

    Raises CheckpointError where the run's `split.json` cannot be read.
    """
    dataset = folder.read_dataset()
    sentences: Sequence[str] = (*dataset.notes, *_health(folder))
    return DataFacts(
        name="" if private else dataset.name,
        root="" if private else dataset.root,
        classes=dataset.classes,
        counts=dataset.split_counts(),
        fingerprint=record.fingerprint,
        unreadable=len(dataset.problems),
        left_out=len(dataset.left_out),
        sentences=tuple(naming_nothing(sentences, dataset) if private else sentences),
    )


def naming_nothing(sentences: Iterable[str], dataset: Dataset) -> list[str]:
    """Return those sentences that name no file or folder of the dataset."""
    paths = [*(photo.path for photo in dataset.photos), *(problem.path for problem in dataset.problems)]
    names = {part for path in (*paths, *dataset.left_out) for part in (path, PurePosixPath(path).name)}
    names |= {dataset.root, Path(dataset.root).name, str(Path(dataset.root).parent)}
    return [sentence for sentence in sentences if not any(name in sentence for name in names if name)]


def _health(folder: RunFolder) -> tuple[str, ...]:
    """Return the sentences of a run's `health.json`; none where there is none, or none that can be read."""
    try:
        found = folder.read_health()
    except CheckpointError:
        return ()
    return found.sentences if found is not None else ()
