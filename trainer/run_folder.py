"""What a run leaves behind: one folder, whose files appear whole or not at all."""

import csv
import io
import itertools
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Self, TypeVar

import msgspec

from trainer.config import TrainConfig
from trainer.dataset.records import Dataset
from trainer.errors import CheckpointError, DiskError, TrainerError
from trainer.files import write_whole
from trainer.paths import runs_folder
from trainer.results import EpochMetrics, Evaluation

METRICS_COLUMNS = (
    "epoch",
    "train_loss",
    "train_accuracy",
    "val_loss",
    "val_accuracy",
    "learning_rate",
    "seconds",
    "photos_per_second",
)
# Packages whose version may change a run's numbers.
VERSIONS_OF = ("catdog", "torch", "torchvision", "numpy", "pillow", "pillow-heif")

_Record = TypeVar("_Record", bound=msgspec.Struct)


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """`config.json`: what decided the run's outcome."""

    config: TrainConfig
    fingerprint: str
    """Of the dataset as it was found."""
    device: str
    threads: int
    """As chosen; a resumed run takes the same, or its sums would be added in another order."""
    precision: str
    """As chosen, "float32" or "bfloat16"."""
    created: str
    versions: dict[str, str]


class RunFolder:
    """The files of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "config.json"
        self.split = path / "split.json"
        self.events = path / "events.jsonl"
        self.metrics = path / "metrics.csv"
        self.checkpoint = path / "last.ckpt"
        self.model = path / "model.safetensors"
        self.evaluation = path / "evaluation.json"

    @classmethod
    def create(cls, parent: Path | None, recipe: str) -> Self:
        """Make a new folder named after the time and the recipe. Raises DiskError."""
        parent = parent or runs_folder()
        name = f"{datetime.now().astimezone():%Y-%m-%d_%H%M}_{recipe}"
        try:
            parent.mkdir(parents=True, exist_ok=True)
            return cls(_new_folder(parent, name))
        except OSError as error:
            raise DiskError(
                f"No folder for the run can be made in {parent} ({error.strerror}).",
                remedy="Choose another one.",
                path=parent,
            ) from error

    @classmethod
    def open(cls, path: Path) -> Self:
        """Return an existing run's folder, tidied of what a killed run left half-written. Raises CheckpointError."""
        folder = cls(path)
        if not folder.config.is_file():
            raise CheckpointError(
                f"{path} is not a run folder: it has no config.json.", remedy="Name the folder of a run.", path=path
            )
        for part in path.glob(".*.part"):
            part.unlink(missing_ok=True)
        return folder

    def write_record(self, record: RunRecord) -> None:
        """Write `config.json`. Raises DiskError."""
        write_whole(self.config, _pretty(record))

    def read_record(self) -> RunRecord:
        """Read `config.json`. Raises CheckpointError."""
        return self._read(self.config, RunRecord)

    def write_dataset(self, dataset: Dataset) -> None:
        """Write `split.json`. Raises DiskError."""
        write_whole(self.split, _pretty(dataset))

    def read_dataset(self) -> Dataset:
        """Read `split.json`. Raises CheckpointError."""
        return self._read(self.split, Dataset)

    def write_history(self, history: Sequence[EpochMetrics]) -> None:
        """Write `metrics.csv`. Raises DiskError."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(METRICS_COLUMNS)
        writer.writerows([getattr(row, column) for column in METRICS_COLUMNS] for row in history)
        write_whole(self.metrics, text.getvalue())

    def write_evaluation(self, evaluation: Evaluation) -> None:
        """Write `evaluation.json`. Raises DiskError."""
        write_whole(self.evaluation, _pretty(evaluation))

    def read_evaluation(self) -> Evaluation | None:
        """Read `evaluation.json`; None where there is none. Raises CheckpointError where it is damaged."""
        return self._read(self.evaluation, Evaluation) if self.evaluation.exists() else None

    def _read(self, path: Path, kind: type[_Record]) -> _Record:
        try:
            return msgspec.json.decode(path.read_bytes(), type=kind)
        except (OSError, msgspec.DecodeError, TrainerError) as error:
            raise CheckpointError(f"{path} cannot be read ({error}).", remedy="Start a new run.", path=path) from error


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


def _pretty(record: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def now() -> str:
    """Return the time in ISO 8601, to the second, with the time zone."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that may change a run's numbers."""
    return {"python": python_version(), **{name: version(name) for name in VERSIONS_OF}}
