"""Carry out a plan, step by step, each announced in the journal before it is taken."""

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from trainer.core.errors import TrainerError
from trainer.core.os_errors import disk_error
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import text
from trainer.dataset.records import Problem
from trainer.sorting import keywords
from trainer.sorting.files import ChangedError, copy_whole, file_digest, is_unchanged, rename_new, sync_folder
from trainer.sorting.items import Action
from trainer.sorting.journal import Done, Ended, Failed, Folder, Intent, OpenJournal, intents_of
from trainer.sorting.plan import SortPlan, Step

# Steps that are announced together: a disk takes milliseconds to say that a line is on it.
_TOGETHER = 16
_STOPPING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})


class SortResult(msgspec.Struct, frozen=True, kw_only=True):
    """What sorting did."""

    journal: str
    photos: int = 0
    sidecars: int = 0
    problems: tuple[Problem, ...] = ()
    """Files that stay where they were, and why."""
    stopped: str = ""
    """Why it ended before the plan did; empty where it did not. What was sorted until then can be undone."""


def sort(plan: SortPlan, *, progress: Progress = no_progress, cancelled: Cancelled = never_cancelled) -> SortResult:
    """Carry out a plan. Raises DiskError before anything is done where there is no room, or no journal can be made."""
    plan.refuse_too_little_room()
    with Sorting(Path(plan.to), plan.options.action) as sorting:
        sorting.carry_out(plan.steps, progress, cancelled)
        return sorting.result()


class Sorting:
    """One sorting with its journal. Plans may come one after the other, as where a folder is watched."""

    def __init__(self, to: Path, action: Action) -> None:
        """Begin the journal. Raises DiskError."""
        self._action = action
        self._journal = OpenJournal.create(action, to)
        self._photos = self._sidecars = 0
        self._problems: list[Problem] = []
        self._stopped = ""
        self._has_unknown = False
        """Whether a file may have been sorted, and the journal could not be told."""
        self._without: set[str] = set()
        """Sources that stay, so what goes along with them stays too."""

    def carry_out(self, steps: Sequence[Step], progress: Progress, cancelled: Cancelled) -> None:
        """Take these steps. What goes wrong with a file is a problem; what goes wrong with the disk ends it."""
        done = 0
        for some in _batches(steps):
            if self._stopped:
                return
            first = len(self._journal.intents)
            if not self._announce(some, first):
                return
            for number in range(first, first + len(some)):
                if cancelled():
                    self._stopped = text("Cancelled.")
                if not self._stopped:
                    self._take(number)
                done += 1
                progress(done, len(steps))
            self._add_keywords(some, first)

    @property
    def stopped(self) -> bool:
        """Whether nothing more can be sorted."""
        return bool(self._stopped)

    def result(self) -> SortResult:
        """Return what was done so far."""
        return SortResult(
            journal=str(self._journal.path),
            photos=self._photos,
            sidecars=self._sidecars,
            problems=tuple(self._problems),
            stopped=self._stopped,
        )

    def close(self) -> None:
        """Write the last line, unless undoing has to look what became of a file. Closing twice does no harm."""
        if self._journal.ended is None and not self._has_unknown:
            with suppress(TrainerError):  # a full disk: it then counts as interrupted, which is undone alike
                self._journal.write(Ended(what="sort"))
        self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def _announce(self, steps: Sequence[Step], first: int) -> bool:
        """Write down what will be done, and make the folders. Say whether it can be done."""
        try:
            new = _missing_folders([Path(step.target).parent for step in steps])
            self._journal.write(*(Folder(path=str(path)) for path in new), *intents_of(steps, first))
            for folder in new:
                folder.mkdir(exist_ok=True)
        except (TrainerError, OSError) as error:
            self._stopped = (error if isinstance(error, TrainerError) else disk_error(error)).sentence
            return False
        return True

    def _take(self, number: int) -> None:
        intent = self._journal.intents[number]
        assert isinstance(intent, Intent)
        step = intent.step
        if not step.is_photo and self._photo_stays(step):
            return
        try:
            digest = _ACTS[self._action](step, Path(intent.part))
            self._journal.write(_done(number, step, digest))
            self._photos += step.is_photo
            self._sidecars += not step.is_photo
        except ChangedError:
            self._fail(number, step, text("It changed while it was looked at. Sort again to take it as it is now."))
        except FileExistsError:
            self._fail(number, step, text("Another file took its place meanwhile: {target}", target=step.target))
        except TrainerError as error:
            self._stopped, self._has_unknown = error.sentence, True
        except (OSError, ValueError) as error:
            self._stop_for(error)
            self._fail(number, step, _sentence(error), is_certain=_is_free(Path(step.target)))

    def _add_keywords(self, steps: Sequence[Step], first: int) -> None:
        """Write the keywords of these photos, once all that goes along with them is there."""
        for number, step in enumerate(steps, first):
            if step.keyword and number in self._journal.done and not self._stopped:
                try:
                    keywords.add(self._journal, Path(step.target), step.keyword)
                except TrainerError as error:
                    self._stopped = error.sentence
                except (OSError, ValueError) as error:
                    self._stop_for(error)
                    reason = text("Its keywords were not written ({reason}).", reason=_reason(error))
                    self._problems.append(Problem(path=step.target, kind="no keywords", reason=reason))

    def _stop_for(self, error: OSError | ValueError) -> None:
        """End the sorting where it is the disk that refuses, not the file."""
        if isinstance(error, OSError) and error.errno in _STOPPING:
            self._stopped = disk_error(error).sentence

    def _photo_stays(self, step: Step) -> bool:
        return any(
            Path(source).parent == Path(step.source).parent and _same_stem(source, step.source)
            for source in self._without
        )

    def _fail(self, number: int, step: Step, reason: str, *, is_certain: bool = True) -> None:
        """Note a file that stays. Where it is not certain that nothing of it is at the target, undoing has to look."""
        self._problems.append(Problem(path=step.source, kind="not sorted", reason=reason))
        if step.is_photo:
            self._without.add(step.source)
        self._has_unknown |= not is_certain
        if is_certain:
            with suppress(TrainerError):
                self._journal.write(Failed(number=number, reason=reason))


def _batches(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Yield steps to be announced together; what goes along with a photo is in its batch."""
    batch: list[Step] = []
    for step in steps:
        if step.is_photo and len(batch) >= _TOGETHER:
            yield batch
            batch = []
        batch.append(step)
    if batch:
        yield batch


def _same_stem(photo: str, sidecar: str) -> bool:
    return Path(sidecar).name.startswith(f"{Path(photo).stem}.")


def _copy(step: Step, part: Path) -> str:
    digest = copy_whole(Path(step.source), part, bytes=step.bytes, modified_ns=step.modified_ns)
    try:
        rename_new(part, Path(step.target))
    finally:
        with suppress(OSError):  # undoing removes it; the copy is there
            part.unlink(missing_ok=True)
    return digest


def _link(step: Step, _part: Path) -> str:
    if not is_unchanged(Path(step.source), step.bytes, step.modified_ns):
        raise ChangedError
    Path(step.target).hardlink_to(step.source)
    return ""


def _move(step: Step, part: Path) -> str:
    source, target = Path(step.source), Path(step.target)
    if not is_unchanged(source, step.bytes, step.modified_ns):
        raise ChangedError
    if source.stat().st_dev == target.parent.stat().st_dev:
        rename_new(source, target)
        return ""
    digest = _copy(step, part)
    sync_folder(target.parent)  # from here on the copy outlives a power failure, and not before
    if not is_unchanged(source, step.bytes, step.modified_ns) or file_digest(source) != digest:
        target.unlink()
        raise ChangedError
    try:
        source.unlink()
    except OSError:
        target.unlink()
        raise
    return digest


_ACTS: dict[Action, Callable[[Step, Path], str]] = {"copy": _copy, "link": _link, "move": _move}


def _done(number: int, step: Step, digest: str) -> Done:
    """Return the line for a step that was taken, whatever the system says of the file now: it has to be written."""
    size, modified_ns = step.bytes, step.modified_ns
    with suppress(OSError):
        status = Path(step.target).stat()
        size, modified_ns = status.st_size, status.st_mtime_ns
    return Done(number=number, bytes=size, modified_ns=modified_ns, digest=digest)


def _is_free(target: Path) -> bool:
    """Say whether there is certainly nothing of this name."""
    try:
        target.lstat()
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False
    return False


def _missing_folders(folders: Sequence[Path]) -> list[Path]:
    """Return what has to be made for these folders to be there, the outer ones first."""
    missing: dict[Path, None] = {}
    for folder in dict.fromkeys(folders):
        missing |= dict.fromkeys(each for each in reversed((folder, *folder.parents)) if not each.is_dir())
    return list(missing)


def _sentence(error: OSError | ValueError) -> str:
    reason = _reason(error)
    place = getattr(error, "filename2", None) or getattr(error, "filename", None)
    return text("{place}: {reason}.", place=place, reason=reason) if place else text("{reason}.", reason=reason)


def _reason(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)
