"""The models on this computer: those of the runs, those from elsewhere, and the starter model. Needs no torch."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from trainer.core.errors import DiskError, ModelFileError, TrainerError
from trainer.files.atomic import disk_errors, write_atomically
from trainer.files.paths import models_folder, runs_folder
from trainer.storage import starter
from trainer.storage.model_description import ModelDescription, read_description
from trainer.storage.run_folder import RunFolder

_ENDING = ".safetensors"
_OF_RUN = f"model{_ENDING}"
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


def list_models(runs: Path | None = None) -> list[ModelEntry]:
    """Return all models that can be read, the newest first and the starter model last.

    `runs` is the folder with the runs' folders, by default the user's.
    """
    shipped = starter.starter_model()
    places = ((runs or runs_folder(), f"*/*{_ENDING}"), (models_folder(), f"*{_ENDING}"))
    paths = [path for place, pattern in places for path in place.glob(pattern)] + ([shipped] if shipped else [])
    entries = []
    for path in paths:
        with suppress(TrainerError, OSError):
            entries.append(describe_model(path))
    return sorted(entries, key=lambda entry: (not entry.is_starter, entry.created), reverse=True)


def describe_model(path: Path) -> ModelEntry:
    """Return what lists show of a model, reading only its header. Raises ModelFileError."""
    description = read_description(path)
    is_starter = _is_starter(path)
    return ModelEntry(
        path=path,
        title=starter.TITLE if is_starter else _title(path, description),
        description=description,
        bytes=path.stat().st_size,
        is_starter=is_starter,
    )


def import_model(path: Path) -> Path:
    """Copy a model file into the models folder and return its new path. Raises ModelFileError or DiskError.

    A file that lies there already stays as it is. Where the name is taken, the copy's gets a number.
    """
    read_description(path)
    folder = models_folder()
    if path.parent.resolve() == folder.resolve():
        return path
    name = path.stem if path.suffix.lower() == _ENDING else path.name
    target, number = folder / f"{name}{_ENDING}", 1
    while target.exists():
        number += 1
        target = folder / f"{name} {number}{_ENDING}"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DiskError(f"{path} cannot be read ({error.strerror or error}).", path=path) from error
    _forget_title(target)  # a model that had this file name before may have left one
    write_atomically(target, content)
    return target


def rename_model(path: Path, title: str) -> None:
    """Give a model a title of its own, or with "" the usual one; its file keeps its name.

    Raises ModelFileError for the starter model, DiskError where the title cannot be written.
    """
    _refuse_starter(path)
    title = " ".join(title.split())
    if title:
        write_atomically(_title_file(path), title + "\n")
    else:
        _forget_title(path)


def belongs_to_run(path: Path) -> bool:
    """Whether a file is the model of the run in whose folder it lies, with its curves and its checkpoint."""
    return path.name == _OF_RUN and (path.parent / "config.json").is_file()


def delete_model(path: Path, discard: Callable[[Path], None]) -> None:
    """Delete a model: with its run where it has one, else with its title.

    `discard` takes away a file or a folder and raises DiskError where it cannot. Raises that, ModelFileError for the
    starter model, and CheckpointError where the run is going on, also in another process.
    """
    _refuse_starter(path)
    if belongs_to_run(path):
        with RunFolder(path.parent).locked(patience=0):
            pass  # released at once: Windows moves no folder with an open file in it
        discard(path.parent)
        return
    discard(path)
    if _title_file(path).exists():
        with suppress(DiskError):  # the model is gone, and `import_model` takes no title over
            discard(_title_file(path))


def _is_starter(path: Path) -> bool:
    shipped = starter.starter_model()
    return shipped is not None and path.resolve() == shipped.resolve()


def _refuse_starter(path: Path) -> None:
    if _is_starter(path):
        raise ModelFileError("The starter model comes with CatDog and stays as it is.", path=path)


def _title(path: Path, description: ModelDescription) -> str:
    with suppress(OSError, UnicodeDecodeError):
        title = " ".join(_title_file(path).read_text(encoding="utf-8").split())
        if title:
            return title
    if path.name == _OF_RUN:
        return f"{description.recipe.capitalize()} · {description.origin.dataset}"
    return path.stem


def _title_file(path: Path) -> Path:
    """Return where a model's own title is. Beside the file: a run's folder keeps its name, since paths point to it."""
    return path.with_name("name.txt" if path.name == _OF_RUN else f"{path.stem}.name.txt")


def _forget_title(path: Path) -> None:
    with disk_errors(path):
        _title_file(path).unlink(missing_ok=True)
