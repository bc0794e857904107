"""Take in a run that was trained elsewhere: each file is checked before it is copied, and none is trusted.

Only files of a run are taken, and none that is a link. What a browser would show, the report, is written anew here.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from trainer.core.errors import CheckpointError, TrainerError
from trainer.core.events import TERMINAL
from trainer.core.text import text
from trainer.files.atomic import disk_errors
from trainer.files.paths import runs_folder
from trainer.report.write import leave_report
from trainer.storage import model_file, training_photos
from trainer.storage.event_log import last_event
from trainer.storage.model_description import DIGEST_KEY, read_metadata
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_history import log_damage, read_history
from trainer.training import checkpoint

# Far more than any of ours: the split of ten million photos, and the checkpoint of the largest network.
_MOST_BYTES = 4 * 10**9


def take_back(folder: Path, parent: Path | None = None, *, note: Callable[[str], None]) -> Path:
    """Copy a run that was trained elsewhere into the runs folder (or `parent`), and return its new path.

    The folder it comes from is left as it is. `note` is told where the copy's report could not be made. Raises
    CheckpointError where it is no run, has not begun, or a file in it is not what CatDog writes, ModelFileError where
    the model is not, and DiskError.
    """
    source = RunFolder.open(folder)
    record = source.read_record()
    if not record.has_begun:
        raise CheckpointError(
            text("The run in {folder} has not begun: nothing was trained yet.", folder=str(folder)),
            remedy=text("Train it as its README.txt says, and bring the folder back."),
            path=folder,
        )
    parent = parent or runs_folder()
    with source.locked() if source.lock.exists() else nullcontext(), disk_errors(parent):
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".coming-", dir=parent) as place:
            copy = RunFolder(Path(place) / "run")
            copy.path.mkdir()
            _copy_checked(source, copy)
            _leave_report(copy, note)
            return _move(copy, RunFolder.create(parent, record.config.recipe))


def _copy_checked(source: RunFolder, copy: RunFolder) -> None:
    """Copy what a run is made of, and read each file as whoever uses it later would."""
    checks: dict[Path, Callable[[], object]] = {
        copy.config: copy.read_record,
        copy.split: copy.read_dataset,
        copy.events: lambda: _check_events(copy.events),
        copy.checkpoint: lambda: checkpoint.read(copy.checkpoint),
        copy.previous_checkpoint: lambda: checkpoint.read(copy.previous_checkpoint),
        copy.model: lambda: model_file.load(copy.model),
        copy.evaluation: copy.read_evaluation,
        copy.robustness: copy.read_robustness,
        copy.training_photos: lambda: _check_training_photos(copy),
        copy.health: copy.read_health,
    }
    for target, check in checks.items():
        original = source.path / target.name
        if _copy(original, target):
            try:
                check()
            except TrainerError as error:  # which would name the copy
                raise _not_ours(original) from error
    if not copy.split.exists() or any(_leads_out(photo.path) for photo in copy.read_dataset().photos):
        raise _not_ours(source.split)
    copy.write_history(read_history(copy.path).history)  # a table that a spreadsheet opens is written anew


def _copy(source: Path, target: Path) -> bool:
    """Copy a file, if it is there. Raises CheckpointError for a link, and for one larger than any of ours."""
    try:
        status = source.lstat()
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(status.st_mode) or status.st_size > _MOST_BYTES:
        raise _not_ours(source)
    # Not to be led elsewhere by a link that takes the file's place between the two.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(source, flags), "rb") as reading, target.open("wb") as writing:  # noqa: PTH123 - of a descriptor
        shutil.copyfileobj(reading, writing)
    return True


def _leads_out(path: str) -> bool:
    """Whether a photo's path does not stay below the dataset's root."""
    parts = path.split("/")
    return ".." in parts or path.startswith("/") or bool(Path(path).drive)


def _check_events(path: Path) -> None:
    """Raise CheckpointError where a line is not one of ours. A kill may have cut off lines, but not made them."""
    if log_damage(path.parent):
        raise _not_ours(path)


def _check_training_photos(copy: RunFolder) -> None:
    """Leave them out where they are damaged or of another model: the run does not need them."""
    digest = read_metadata(copy.model).get(DIGEST_KEY, "") if copy.model.exists() else ""
    try:
        found = training_photos.load(copy.training_photos, model=digest)
    except TrainerError:
        found = None
    if found is None:
        copy.training_photos.unlink()


def _leave_report(copy: RunFolder, note: Callable[[str], None]) -> None:
    last = last_event(copy.events)
    if copy.evaluation.exists() and isinstance(last, TERMINAL):
        leave_report(copy.path, status=last.result.status, device="cpu", note=note)


def _move(copy: RunFolder, target: RunFolder) -> Path:
    """Put the copy into the place that was made for it."""
    try:
        copy.path.replace(target.path)  # an empty folder gives way
    except OSError:  # not on Windows
        target.path.rmdir()
        copy.path.rename(target.path)
    return target.path


def _not_ours(path: Path) -> CheckpointError:
    return CheckpointError(
        text("{path} is not what CatDog writes, so the run was not taken in.", path=str(path)),
        remedy=text("Copy the folder again from the machine where it was trained."),
        path=path,
    )
