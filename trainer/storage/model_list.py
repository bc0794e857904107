"""The models on this computer: those of the runs, those from elsewhere, and the starter model.

The window needs it before its first paint, so it imports little.
"""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from trainer.core.errors import TrainerError
from trainer.files.kinds import is_folder
from trainer.files.paths import models_folder, runs_folder
from trainer.storage import starter
from trainer.storage.model_description import ModelDescription, read_description

ENDING = ".safetensors"
OF_RUN = f"model{ENDING}"
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


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
        """When its run began, with a time zone; the year 1 where the file does not say so as it should."""
        try:
            found = datetime.fromisoformat(self.description.origin.created)
        except ValueError:
            return _LONG_AGO
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    @property
    def accuracy(self) -> float | None:
        """On the test photos of its own dataset, 0 to 1; None where it was not tested."""
        return self.description.test.accuracy if self.description.test else None

    @property
    def learnt_from(self) -> int:
        """The number of training photos."""
        return sum(self.description.origin.photos.get("train", {}).values())


def list_models(runs: Path | None = None) -> list[ModelEntry]:
    """Return all models that can be read, the newest first and the starter model last.

    `runs` is the folder with the runs' folders, by default the user's.
    """
    shipped = starter.starter_model()
    places = ((runs or runs_folder(), f"*/*{ENDING}"), (models_folder(), f"*{ENDING}"))
    found = (path for place, pattern in places if is_folder(place) for path in place.glob(pattern))
    paths = [*found, *([shipped] if shipped else [])]
    entries = []
    for path in paths:
        with suppress(TrainerError, OSError):
            entries.append(describe_model(path))
    return sorted(entries, key=lambda entry: (not entry.is_starter, entry.created), reverse=True)


def describe_model(path: Path) -> ModelEntry:
    """Return what lists show of a model, reading only its header. Raises ModelFileError."""
    description = read_description(path)
    ours = is_starter(path)
    return ModelEntry(
        path=path,
        title=starter.TITLE if ours else own_title(path) or _usual_title(path, description),
        description=description,
        bytes=path.stat().st_size,
        is_starter=ours,
    )


def is_starter(path: Path) -> bool:
    """Whether a model is the one that comes with CatDog, however its path is written."""
    shipped = starter.starter_model()
    return shipped is not None and path.resolve() == shipped.resolve()


def export_name(path: Path) -> str:
    """Return what a file made of a model is called, without an ending: as its run's folder, or as the file itself."""
    return path.absolute().parent.name if path.name == OF_RUN else path.stem


def title_file(path: Path) -> Path:
    """Return where a model's own title is. Beside the file: a run's folder keeps its name, since paths point to it."""
    return path.with_name("name.txt" if path.name == OF_RUN else f"{path.stem}.name.txt")


def own_title(path: Path) -> str:
    """Return the title that the user gave a model, "" where there is none."""
    with suppress(OSError, UnicodeDecodeError):
        if title_file(path).is_file():  # to open a pipe would wait for whoever writes into it
            return " ".join(title_file(path).read_text(encoding="utf-8").split())
    return ""


def usual_title(path: Path, recipe: str, dataset: str) -> str:
    """Return what a model is called as long as the user has given it no title."""
    return f"{recipe.capitalize()} · {dataset}" if path.name == OF_RUN else path.stem


def _usual_title(path: Path, description: ModelDescription) -> str:
    return usual_title(path, description.recipe, description.origin.dataset)
