"""What a run leaves behind: one folder, whose files appear whole or not at all."""

import contextlib
import csv
import errno
import io
import itertools
import os
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar

import filelock
import msgspec

from trainer.core.errors import CheckpointError, DiskError, ModelFileError, TrainerError
from trainer.core.results import EpochMetrics, Evaluation
from trainer.core.robustness import Robustness
from trainer.core.text import Text, text
from trainer.dataset.records import Dataset
from trainer.files.atomic import write_atomically
from trainer.files.kinds import is_text
from trainer.files.paths import runs_folder
from trainer.files.regular import read_regular
from trainer.files.vouched import ChecksumError, NewerFormatError, sealed, unsealed
from trainer.storage import run_record
from trainer.storage.model_description import DIGEST_KEY, read_description, read_metadata
from trainer.storage.run_record import RunRecord

_SEALED = 1  # the version of all files but config.json; those without one are of former versions
METRICS_COLUMNS = (
    "epoch",
    "train_loss",
    "train_accuracy",
    "val_loss",
    "val_accuracy",
    "learning_rate",
    "seconds",
    "photos_per_second",
    "train_objective",
)
# What has the name is a folder, a pipe or a device.
_NO_FILE = (errno.EISDIR, errno.EINVAL)
_Record = TypeVar("_Record")


class RunInUseError(CheckpointError):
    """Another process works on the run right now."""


class Health(msgspec.Struct, frozen=True):
    """`health.json`: what is to be known of the data behind a run, in sentences."""

    sentences: tuple[str, ...]


class RunFolder:
    """The files of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "config.json"
        self.split = path / "split.json"
        self.events = path / "events.jsonl"
        self.metrics = path / "metrics.csv"
        self.checkpoint = path / "last.ckpt"
        self.previous_checkpoint = path / "previous.ckpt"
        self.model = path / "model.safetensors"
        self.evaluation = path / "evaluation.json"
        self.robustness = path / "robustness.json"
        self.training_photos = path / "training_photos.safetensors"
        self.health = path / "health.json"
        self.report = path / "report.html"
        self.tensorboard = path / "tensorboard"
        self.lock = path / ".lock"

    @classmethod
    def create(cls, parent: Path | None, recipe: str) -> Self:
        """Make a new folder named after the time and the recipe. Raises DiskError."""
        parent = parent or runs_folder()
        name = f"{datetime.now().astimezone():%Y-%m-%d_%H%M}_{recipe}"
        if not is_text(parent):
            what = text("The path {folder} is not valid text, so no run could write it down.", folder=str(parent))
            raise DiskError(what, remedy=text("Choose another folder (in the terminal: --out)."), path=parent)
        try:
            parent.mkdir(parents=True, exist_ok=True)
            return cls(_new_folder(parent, name))
        except OSError as error:
            raise DiskError(
                text(
                    "No folder for the run can be made in {folder} ({reason}).",
                    folder=str(parent),
                    reason=error.strerror or str(error),
                ),
                remedy=_another_parent(error),
                path=parent,
            ) from error

    @classmethod
    def open(cls, path: Path) -> Self:
        """Return an existing run's folder. Raises CheckpointError where it is none."""
        folder = cls(path)
        if os.path.isdir(path) and not os.access(path, os.R_OK | os.X_OK):  # noqa: PTH112 - see below
            what = text("You are not allowed to look into the folder {folder}.", folder=str(path))
            raise CheckpointError(what, remedy=text("Change its permissions."), path=path)
        if not os.path.isfile(folder.config):  # noqa: PTH113 - Path.is_file raises for a name that is too long
            raise CheckpointError(_why_no_run(folder), remedy=text("Name the folder of a run."), path=path)
        return folder

    def is_run(self) -> bool:
        """Whether a run left this folder, also where it is damaged: other programs have a config.json too."""
        if not self.config.is_file():
            return False
        if self.has_checkpoint or any(file.is_file() for file in (self.split, self.events)):
            return True
        try:
            self.read_record()
        except CheckpointError:
            return False
        return True

    @contextlib.contextmanager
    def locked(self, *, patience: float = 1.0) -> Iterator[None]:
        """Hold the run's lock, so that no other process works on it.

        The system releases it when the process ends, however it ends. `patience` is in seconds. Raises RunInUseError
        where another process holds the lock, and CheckpointError where the folder cannot be written to.
        """
        if not is_text(self.path):
            what = text("The path {folder} is not valid text, so no run could write it down.", folder=str(self.path))
            raise CheckpointError(what, remedy=text("Rename the folder."), path=self.path)
        lock = filelock.FileLock(self.lock, timeout=patience)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise RunInUseError(
                text("The run {folder} is going on right now.", folder=str(self.path)),
                remedy=text("Wait until it ends, or stop it."),
                path=self.path,
            ) from None
        except OSError as error:
            raise CheckpointError(
                text(
                    "The run {folder} cannot be written to ({reason}).",
                    folder=str(self.path),
                    reason=error.strerror or str(error),
                ),
                remedy=text("Change its permissions, or copy it to a folder that you may write to."),
                path=self.path,
            ) from error
        try:
            yield
        finally:
            lock.release()

    @property
    def has_checkpoint(self) -> bool:
        """Whether one of the two checkpoints is there."""
        return self.checkpoint.is_file() or self.previous_checkpoint.is_file()

    def has_more_than_one_epoch(self) -> bool:
        """Whether there is a model that would be lost if the run began again: one after its first epoch, or tested."""
        if not self.model.is_file():
            return False
        try:
            model = read_description(self.model)
        except ModelFileError:
            return False
        return model.origin.epoch.epoch > 1 or model.test is not None

    def epochs_done(self) -> int:
        """Return how many epochs the run has finished, by its table of them; 0 where that cannot be read."""
        try:
            return max(0, len(self.metrics.read_text(encoding="utf-8").splitlines()) - 1)
        except (OSError, UnicodeDecodeError):
            return 0

    def discard(self) -> None:
        """Remove the folder of a run that never began, with the few files that it holds."""
        shutil.rmtree(self.path, ignore_errors=True)

    def tidy(self) -> None:
        """Remove what a killed run left half-written. Only for the holder of the lock."""
        for part in self.path.glob(".*.part"):
            with contextlib.suppress(OSError):
                part.unlink()

    def write_record(self, record: RunRecord) -> None:
        """Write `config.json`. Raises DiskError."""
        write_atomically(self.config, sealed(record, version=run_record.FORMAT))

    def read_record(self) -> RunRecord:
        """Read `config.json`. Raises CheckpointError."""
        values = self._values(self.config, version=run_record.FORMAT, sealed_since=run_record.SEALED_SINCE)
        try:
            return run_record.parse(values)
        except (msgspec.ValidationError, TrainerError, LookupError, TypeError) as error:
            raise self._unreadable(self.config, error) from error

    def write_dataset(self, dataset: Dataset) -> None:
        """Write `split.json`. Raises DiskError."""
        write_atomically(self.split, sealed(dataset, version=_SEALED))

    def read_dataset(self) -> Dataset:
        """Read `split.json`. Raises CheckpointError."""
        dataset = self._read(self.split, Dataset)
        if any(photo.class_index not in (0, 1) for photo in dataset.photos):
            raise self._unreadable(self.split, ChecksumError())
        return dataset

    def write_history(self, history: Sequence[EpochMetrics]) -> None:
        """Write `metrics.csv`. Raises DiskError."""
        table = io.StringIO()
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(METRICS_COLUMNS)
        writer.writerows([getattr(row, column) for column in METRICS_COLUMNS] for row in history)
        write_atomically(self.metrics, table.getvalue())

    def write_evaluation(self, evaluation: Evaluation) -> None:
        """Write `evaluation.json`. Raises DiskError."""
        write_atomically(self.evaluation, sealed(evaluation, version=_SEALED))

    def read_evaluation(self) -> Evaluation | None:
        """Read `evaluation.json`; None where there is none. Raises CheckpointError where it is damaged."""
        return self._read(self.evaluation, Evaluation) if self.evaluation.exists() else None

    def write_health(self, sentences: Sequence[str]) -> None:
        """Write `health.json`: what is to be known of the data behind the run. Raises DiskError."""
        write_atomically(self.health, sealed(Health(sentences=tuple(sentences)), version=_SEALED))

    def read_health(self) -> Health | None:
        """Read `health.json`; None where there is none. Raises CheckpointError where it is damaged."""
        return self._read(self.health, Health) if self.health.exists() else None

    def write_robustness(self, robustness: Robustness) -> None:
        """Write `robustness.json`. Raises DiskError."""
        write_atomically(self.robustness, sealed(robustness, version=_SEALED))

    def read_robustness(self) -> Robustness | None:
        """Read `robustness.json`; None where there is none, or it is of a model that the run has no longer.

        Raises CheckpointError where it is damaged, and ModelFileError where the model is.
        """
        if not self.robustness.exists():
            return None
        found = self._read(self.robustness, Robustness)
        return found if found.model == read_metadata(self.model).get(DIGEST_KEY) else None

    def _read(self, path: Path, kind: type[_Record]) -> _Record:
        values = self._values(path, version=_SEALED)
        try:
            return msgspec.convert(values, kind)
        except (msgspec.ValidationError, TrainerError) as error:
            raise self._unreadable(path, error) from error

    def _values(self, path: Path, *, version: int, sealed_since: int = _SEALED) -> dict[str, Any]:
        """Return what a file holds, whose checksum fits. Raises CheckpointError."""
        try:
            return unsealed(read_regular(path), version=version, sealed_since=sealed_since)
        except NewerFormatError as error:
            what = text("The run {folder} was made by a newer CatDog.", folder=str(self.path))
            raise CheckpointError(what, remedy=text("Update CatDog."), path=self.path) from error
        except (OSError, msgspec.DecodeError, ChecksumError) as error:
            raise self._unreadable(path, error) from error

    def _unreadable(self, path: Path, error: Exception) -> CheckpointError:
        remedy = text("Start a new run.")
        if path == self.split:
            remedy = text("Delete it: where the photos are the same, the run makes it again when it goes on.")
        elif path == self.evaluation:
            remedy = text("Delete it and resume the run, which then tests its model once more.")
        if isinstance(error, FileNotFoundError):
            what = text("{path} is missing.", path=str(path))
        elif isinstance(error, OSError):
            what = text("{path} cannot be read ({reason}).", path=str(path), reason=error.strerror or str(error))
            if error.errno not in _NO_FILE:
                remedy = text("Try again, or change its permissions.")
        elif isinstance(error, TrainerError):
            what = text("{path} cannot be used: {reason}", path=str(path), reason=error.what)
        else:
            what = text("{path} is damaged: it does not hold what CatDog wrote.", path=str(path))
        return CheckpointError(what, remedy=remedy, path=path)


def _another_parent(error: OSError) -> Text:
    if error.errno in (errno.EACCES, errno.EPERM):
        return text("Change its permissions, or choose another folder (in the terminal: --out).")
    return text("Choose another folder (in the terminal: --out).")


def _why_no_run(folder: RunFolder) -> Text:
    """Return why something is not a run's folder."""
    if not os.path.lexists(folder.path):
        return text("There is no folder {folder}.", folder=str(folder.path))
    if not os.path.isdir(folder.path):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
        return text("{folder} is not a folder.", folder=str(folder.path))
    if os.path.lexists(folder.config):
        return text("{folder} is not a run folder: its config.json is not a file.", folder=str(folder.path))
    return text("{folder} is not a run folder: it has no config.json.", folder=str(folder.path))


def _new_folder(parent: Path, name: str) -> Path:
    """Make `name` in the parent, or `name-2` and so on where another run began in the same minute."""
    for number in itertools.count(1):
        path = parent / (name if number == 1 else f"{name}-{number}")
        try:
            path.mkdir()
        except FileExistsError:
            continue
        return path
    raise AssertionError("unreachable")
