"""Take a sorting back, also one that was interrupted, and days later. What somebody changed since is left and named."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from trainer.core.errors import CancelledError, TrainerError
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import Text, text
from trainer.dataset.records import Problem
from trainer.files.regular import read_regular
from trainer.sorting.files import ChangedError, copy_whole, file_digest, is_unchanged, rename_new, sync_folder
from trainer.sorting.items import Action
from trainer.sorting.journal import Done, Ended, Intent, Keywords, OpenJournal, Undoing, Undone
from trainer.sorting.keywords import rewrite
from trainer.sorting.plan import Step

# Steps that are announced together: a disk takes milliseconds to say that a line is on it.
_TOGETHER = 16


class UndoResult(msgspec.Struct, frozen=True, kw_only=True):
    """What undoing did."""

    journal: str
    restored: int = 0
    """Files that are again as they were before sorting: moved back, or their copy removed."""
    kept: tuple[Problem, ...] = ()
    """Files that could not be put back, and why."""


class _KeptError(Exception):
    """A file stays as it is; the reason is its text."""

    def __init__(self, reason: Text) -> None:
        self.reason = reason
        super().__init__(reason)


def undo(path: Path, *, progress: Progress = no_progress, cancelled: Cancelled = never_cancelled) -> UndoResult:
    """Take a sorting back by its journal. Nothing is overwritten. Undoing again goes on where it was interrupted.

    Raises DatasetError where there is no such journal or it is in use, DiskError, and CancelledError between two files.
    """
    with OpenJournal.reopen(path) as journal:
        steps = [number for number in sorted(journal.intents, reverse=True) if number not in journal.undone]
        kept: list[Problem] = []
        restored = 0
        for done, number in enumerate(steps, start=1):
            if number not in journal.undoing:
                journal.write(Undoing(numbers=tuple(steps[done - 1 : done - 1 + _TOGETHER])))
            if cancelled():
                raise CancelledError(text("Cancelled. What was not put back yet stays sorted; undo again to go on."))
            intent = journal.intents[number]
            place = intent.path if isinstance(intent, Keywords) else intent.step.target
            try:
                restored += _take_back(journal, intent)
                journal.write(Undone(number=number))
            except _KeptError as error:
                kept.append(Problem(path=place, kind="kept", reason=error.reason))
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                what = text("It cannot be put back ({reason}).", reason=reason)
                kept.append(Problem(path=place, kind="kept", reason=what))
            progress(done, len(steps))
        _remove_folders(journal.folders)
        with suppress(TrainerError):  # a full disk: undoing again finds nothing left to do
            journal.write(Ended(what="undo", kept=len(kept)))
        return UndoResult(journal=str(path), restored=restored, kept=tuple(kept))


def _take_back(journal: OpenJournal, intent: Intent | Keywords) -> bool:
    """Bring one file back to where and what it was, and say whether that changed anything.

    Raises _KeptError and OSError.
    """
    done = journal.done.get(intent.number)
    Path(intent.part).unlink(missing_ok=True)
    if isinstance(intent, Keywords):
        return _restore_keywords(intent)
    _part_at_source(intent).unlink(missing_ok=True)
    if intent.number in journal.failed:
        return False
    return _BACK[journal.begun.action](intent, done)


def _remove_copy(intent: Intent, done: Done | None) -> bool:
    source, target = Path(intent.step.source), Path(intent.step.target)
    if not _there(target):
        return False
    if done is None and _is_placeholder(target):
        target.unlink()
        return False
    if not _there(source):
        raise _KeptError(text("The original is gone, so its copy stays."))
    if done is None:  # killed in between: it is ours if it holds what the original holds
        if not _same(source, target):
            raise _KeptError(text("Another file has this name now. It stays."))
    elif not is_unchanged(target, done.bytes, done.modified_ns) and _digest(target) != done.digest:
        raise _KeptError(text("The copy was changed since. It stays."))
    target.unlink()
    return True


def _remove_link(intent: Intent, _done: Done | None) -> bool:
    source, target = Path(intent.step.source), Path(intent.step.target)
    if not _there(target):
        return False
    if not _there(source):
        raise _KeptError(text("The original is gone, so its link stays."))
    if not source.samefile(target):
        raise _KeptError(text("Another file has this name now. It stays."))
    target.unlink()
    return True


def _move_back(intent: Intent, done: Done | None) -> bool:
    step = intent.step
    source, target = Path(step.source), Path(step.target)
    if not _there(target):
        if not _there(source):
            raise _KeptError(text("It is gone: somebody moved or deleted it since."))
        return False
    if done is None and _is_placeholder(target) and step.bytes and _there(source):
        target.unlink()
        return False
    if _there(source):
        if source.samefile(target) or _same(source, target):
            target.unlink()  # killed in between, when it had both names or was a copy
            return True
        raise _KeptError(text("Another file is where it was: {place}", place=str(source)))
    if not is_unchanged(target, step.bytes, step.modified_ns):
        raise _KeptError(text("It was changed since it was sorted. It stays in its new place."))
    source.parent.mkdir(parents=True, exist_ok=True)
    if source.parent.stat().st_dev == target.stat().st_dev:
        rename_new(target, source)
        return True
    _copy_back(target, source, step, _part_at_source(intent))
    return True


def _part_at_source(intent: Intent) -> Path:
    """Return where a file that goes back to another file system is written before it gets its name."""
    return Path(intent.step.source).with_name(Path(intent.part).name)


def _copy_back(target: Path, source: Path, step: Step, part: Path) -> None:
    """Move a file to another file system: copied, verified, on the disk, and only then removed."""
    try:
        copy_whole(target, part, bytes=step.bytes, modified_ns=step.modified_ns)
    except ChangedError:
        raise _KeptError(text("It changes right now. It stays in its new place.")) from None
    try:
        rename_new(part, source)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(source.parent)
    target.unlink()


def _restore_keywords(entry: Keywords) -> bool:
    path = Path(entry.path)
    found = _digest(path)
    if found != entry.after:
        if found is None or (entry.before is not None and read_regular(path) == entry.before):
            return False
        raise _KeptError(text("The keywords were changed since. They stay."))
    if entry.before is None:
        path.unlink()
        return True
    rewrite(path, Path(entry.part), entry.before)
    os.utime(path, ns=(entry.before_ns, entry.before_ns))
    return True


def _remove_folders(folders: list[str]) -> None:
    """Remove the folders that sorting made, where nothing is in them."""
    for folder in reversed(folders):
        with suppress(OSError):
            Path(folder).rmdir()


def _there(path: Path) -> bool:
    return path.is_file() or path.is_symlink()


def _is_placeholder(path: Path) -> bool:
    """Say whether a file is what holds a name on file systems without links until the photo takes it."""
    return path.stat().st_size == 0


def _same(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and file_digest(one) == file_digest(other)


def _digest(path: Path) -> str | None:
    """Return the digest of a file; None where it is gone. Raises OSError where it is there and cannot be read."""
    try:
        return file_digest(path)
    except FileNotFoundError:
        return None


_BACK: dict[Action, Callable[[Intent, Done | None], bool]] = {
    "copy": _remove_copy,
    "link": _remove_link,
    "move": _move_back,
}
