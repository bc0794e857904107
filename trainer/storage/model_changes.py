"""What is done with the models on this computer: import, rename, delete. All of it may take a while."""

import errno
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from trainer.core.errors import DiskError, ModelFileError, TrainerError
from trainer.core.text import text
from trainer.files.atomic import deletion_errors, disk_errors, write_atomically
from trainer.files.paths import models_folder
from trainer.files.regular import read_regular
from trainer.storage.model_description import read_description
from trainer.storage.model_list import ENDING, OF_RUN, is_starter, title_file
from trainer.storage.notes import forget_note, note_file, refuse_no_text
from trainer.storage.run_folder import RunFolder

_ATTEMPTS = 5


def import_model(path: Path) -> Path:
    """Copy a model file into the models folder and return its new path. Raises ModelFileError or DiskError.

    A file that lies there already stays as it is. Where the name is taken, the copy's gets a number.
    """
    read_description(path)
    if path.parent.resolve() == models_folder().resolve():
        return path
    try:
        content = read_regular(path)
    except OSError as error:
        what = text("{path} cannot be read ({reason}).", path=str(path), reason=error.strerror or str(error))
        raise DiskError(what, remedy=text("Change its permissions."), path=path) from error
    target = new_model_file(path.stem if path.suffix.lower() == ENDING else path.name)
    write_atomically(target, content)
    return target


def new_model_file(name: str) -> Path:
    """Return a free path in the models folder for a model of that name; where it is taken, with a number.

    Raises DiskError.
    """
    target, number = models_folder() / f"{name}{ENDING}", 1
    while target.exists():
        number += 1
        target = target.with_name(f"{name} {number}{ENDING}")
    _forget_title(target)  # a model that had this file name before may have left one
    forget_note(target)
    return target


def rename_model(path: Path, title: str) -> None:
    """Give a model or its run a title of its own, or with "" the usual one; its file keeps its name.

    Raises ModelFileError for the starter model, for what is no model and for a title that is no text, DiskError where
    the title cannot be written.
    """
    _refuse_starter(path)
    refuse_no_text(title, path)
    if not belongs_to_run(path):  # a run has a title also before it has a model
        read_description(path)
    title = " ".join(title.split())
    if title:
        write_atomically(title_file(path), title + "\n")
    else:
        _forget_title(path)


def belongs_to_run(path: Path) -> bool:
    """Whether a file is the model of the run in whose folder it lies, with its curves and its checkpoint."""
    return path.name == OF_RUN and RunFolder(path.parent).is_run()


def delete_model(path: Path, discard: Callable[[Path], None]) -> None:
    """Delete a model: with its run where it has one, which may also have none yet, else with its title and note.

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
    for beside in (title_file(path), note_file(path)):
        if beside.exists():
            with suppress(DiskError):  # the model is gone, and `import_model` takes neither over
                discard(beside)


def delete_for_good(path: Path) -> None:
    """Delete a file, or a folder with all that is in it. Raises DiskError."""
    with deletion_errors(path):
        if path.is_dir():
            _remove_folder(path)
        else:
            path.unlink()


def _remove_folder(path: Path) -> None:
    """Delete a folder with all that is in it, also where the list of runs makes a lock in it at that moment."""
    for _ in range(_ATTEMPTS - 1):
        try:
            shutil.rmtree(path)
        except OSError as error:
            if error.errno != errno.ENOTEMPTY:
                raise
        else:
            return
    shutil.rmtree(path)


class Deleted(NamedTuple):
    """What came of deleting several models."""

    gone: tuple[Path, ...]
    refused: dict[Path, str]
    """Those that are still there, each with the reason and what to do about it."""


def delete_models(paths: Sequence[Path], discard: Callable[[Path], None]) -> Deleted:
    """Delete several models as `delete_model` does. One that cannot be deleted stays, and stops no other."""
    gone, refused = [], {}
    for path in paths:
        try:
            delete_model(path, discard)
        except TrainerError as error:
            refused[path] = error.sentence
        else:
            gone.append(path)
    return Deleted(gone=tuple(gone), refused=refused)


def _refuse_starter(path: Path) -> None:
    if is_starter(path):
        raise ModelFileError(text("The starter model comes with CatDog and stays as it is."), path=path)


def _forget_title(path: Path) -> None:
    with disk_errors(path):
        title_file(path).unlink(missing_ok=True)
