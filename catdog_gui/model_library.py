"""The models on this computer, as lists show them: those of the runs, and those opened from elsewhere. No torch."""

from datetime import datetime
from pathlib import Path

import msgspec

from catdog_gui.words import percent
from trainer.errors import TrainerError
from trainer.model_description import ModelDescription, read_description
from trainer.paths import models_folder

MODEL_FILES = "*.safetensors"
# Beside a run's model; the run's folder keeps its name, since its date is part of it and paths point to it.
_NAME_FILE = "name.txt"


class ModelEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One model that can be read."""

    path: Path
    title: str
    description: ModelDescription
    bytes: int

    @property
    def created(self) -> datetime:
        """When its run began."""
        return datetime.fromisoformat(self.description.origin.created)

    @property
    def accuracy(self) -> float | None:
        """On the test photos of its own dataset; None where it was not tested."""
        return self.description.test.accuracy if self.description.test else None

    @property
    def detail(self) -> str:
        """One line: how good it is and when it was made."""
        when = f"{self.created:%d %b %Y, %H:%M}".lstrip("0")
        return when if self.accuracy is None else f"{percent(self.accuracy, 1)} on test photos · {when}"


def describe_model(path: Path) -> ModelEntry:
    """Read one model's header. Raises ModelFileError."""
    description = read_description(path)
    return ModelEntry(path=path, title=_title(path, description), description=description, bytes=path.stat().st_size)


def list_models(runs_folder: Path) -> list[ModelEntry]:
    """Return the models of the runs and of the models folder, the newest first; damaged ones are left out."""
    paths = [*runs_folder.glob(f"*/{MODEL_FILES}"), *models_folder().glob(MODEL_FILES)]
    entries = []
    for path in paths:
        try:
            entries.append(describe_model(path))
        except (TrainerError, OSError):
            continue
    return sorted(entries, key=lambda entry: entry.description.origin.created, reverse=True)


def rename_model(path: Path, name: str) -> None:
    """Give a model a title of its own, or with "" the usual one. Raises OSError."""
    file = _name_file(path)
    if name.strip():
        file.write_text(name.strip() + "\n", encoding="utf-8")
    else:
        file.unlink(missing_ok=True)


def _title(path: Path, description: ModelDescription) -> str:
    try:
        name = _name_file(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        name = ""
    if name:
        return name
    if path.name == "model.safetensors":
        return f"{description.recipe.capitalize()} · {description.origin.dataset}"
    return path.stem


def _name_file(path: Path) -> Path:
    return path.with_name(_NAME_FILE) if path.name == "model.safetensors" else path.with_name(f"{path.stem}.name.txt")
