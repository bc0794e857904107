"""The models on this computer, as lists show them: those of the runs, and those opened from elsewhere. No torch."""

from datetime import datetime
from pathlib import Path

import msgspec

from catdog_gui.look.words import STARTER, STARTER_NOTE, percent
from trainer.core.errors import TrainerError
from trainer.files.paths import models_folder
from trainer.storage import starter
from trainer.storage.model_description import ModelDescription, read_description

MODEL_FILES = "*.safetensors"
# Beside a run's model; the run's folder keeps its name, since its date is part of it and paths point to it.
_NAME_FILE = "name.txt"


class ModelEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One model that can be read."""

    path: Path
    title: str
    description: ModelDescription
    bytes: int
    is_starter: bool = False
    """Whether it comes with CatDog, and so can be neither renamed nor deleted."""

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
        """One line: how good it is, and where it comes from or when it was made."""
        when = STARTER_NOTE if self.is_starter else f"{self.created:%d %b %Y, %H:%M}".lstrip("0")
        good = "not tested yet" if self.accuracy is None else f"{percent(self.accuracy, 1)} on test photos"
        return f"{good} · {when}"


def describe_model(path: Path) -> ModelEntry:
    """Read one model's header. Raises ModelFileError."""
    description = read_description(path)
    is_starter = path == starter.starter_model()
    return ModelEntry(
        path=path,
        title=STARTER if is_starter else _title(path, description),
        description=description,
        bytes=path.stat().st_size,
        is_starter=is_starter,
    )


def list_models(runs_folder: Path) -> list[ModelEntry]:
    """Return the models of the runs and of the models folder, the newest first, and the starter model at the end.

    Damaged ones are left out.
    """
    shipped = starter.starter_model()
    paths = [*runs_folder.glob(f"*/{MODEL_FILES}"), *models_folder().glob(MODEL_FILES), *([shipped] if shipped else [])]
    entries = []
    for path in paths:
        try:
            entries.append(describe_model(path))
        except (TrainerError, OSError):
            continue
    return sorted(entries, key=lambda entry: (not entry.is_starter, entry.description.origin.created), reverse=True)


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
