"""What is done with model files: bring one in, rename it, move it to the trash. All of it may take a while."""

from pathlib import Path

from PySide6.QtCore import QFile

from catdog_gui.state.model_library import describe_model, rename_model
from trainer.core.errors import DiskError
from trainer.files.atomic import write_atomically
from trainer.files.paths import models_folder


def bring_in(path: Path) -> Path:
    """Copy a model file into the models folder and return its new path. Raises ModelFileError or DiskError.

    A file that lies there already is left as it is; a name that is taken gets a number.
    """
    describe_model(path)
    folder = models_folder()
    if path.parent.resolve() == folder.resolve():
        return path
    target = folder / path.name
    number = 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem} {number}{path.suffix}"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DiskError(f"{path} cannot be read ({error.strerror}).", path=path) from error
    write_atomically(target, content)
    return target


def rename(path: Path, name: str) -> None:
    """Give a model another name. Raises DiskError."""
    try:
        rename_model(path, name)
    except OSError as error:
        raise DiskError(f"{path.name} cannot be renamed ({error.strerror}).", path=path) from error


def belongs_to_run(path: Path) -> bool:
    """Whether a model lies in a run's folder, with its curves and its checkpoint beside it."""
    return (path.parent / "config.json").is_file()


def move_to_trash(path: Path) -> None:
    """Move a model to the system's trash, with its run where it has one. Raises DiskError."""
    doomed = path.parent if belongs_to_run(path) else path
    if not QFile.moveToTrash(str(doomed)):
        raise DiskError(
            f"{doomed} could not be moved to the trash.", remedy="Delete it in the file manager.", path=doomed
        )
