"""Sort the photos that arrive in a folder, as soon as each is complete."""

import queue
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from trainer.core.errors import DatasetError
from trainer.core.progress import Cancelled, no_progress
from trainer.core.results import Prediction
from trainer.core.text import text
from trainer.dataset.names import is_photo_name
from trainer.dataset.photo_finder import find_photos
from trainer.dataset.records import Problem
from trainer.dataset.sources.listing import is_junk
from trainer.sorting.items import NOT_SURE, SortOptions, class_folder, items_of
from trainer.sorting.plan import plan_sort
from trainer.sorting.sort import Sorting, SortResult

LOOK_SECONDS = 0.3
"""Between two looks at what has arrived."""
STILL_SECONDS = 1.0
"""A file that has kept its size and time for so long is complete."""
PATIENCE_SECONDS = 30.0
"""A file that cannot be read is looked at again whenever it changes; only after so long without one is it told."""
_AGAIN_SECONDS = 5.0
"""Between two searches where the system cannot tell what arrives."""

Classify = Callable[[Sequence[Path]], list[Prediction]]


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """Photos that were sorted together."""

    predictions: tuple[Prediction, ...]
    folders: dict[str, int]
    """How many went into each folder."""
    problems: tuple[Problem, ...]


class _Waiting(msgspec.Struct):
    size: int
    modified_ns: int
    since: float


def watch(
    folder: Path,
    to: Path,
    options: SortOptions,
    classes: tuple[str, str],
    classify: Classify,
    *,
    emit: Callable[[Arrived], None],
    cancelled: Cancelled,
) -> SortResult:
    """Sort the photos in a folder and those that arrive, until `cancelled`; return what was done in all.

    A photo is taken once it has not changed for a second. What lies in the folders that photos are sorted into is not
    looked at. Raises DatasetError where there is no such folder, and DiskError.
    """
    folder, to = folder.absolute(), to.absolute()
    if not folder.is_dir():
        raise DatasetError(
            text("There is no folder {folder} to watch.", folder=str(folder)), remedy=text("Check its name.")
        )
    with Sorting(to, options.action) as sorting, _arrivals(folder) as arrivals:
        room = _WaitingRoom(folder, to, classes)
        for found in arrivals:
            if cancelled() or sorting.stopped:
                break
            ready = room.ready(found)
            if ready:
                predictions = classify(ready)
                readable = [each for each in predictions if not each.error]
                items, _ = items_of(readable, options, [folder])
                plan = plan_sort(items, to, options)
                before = len(sorting.result().problems)
                sorting.carry_out(plan.steps, no_progress, cancelled)
                told = room.tell_unreadable([each for each in predictions if each.error])
                problems = (*plan.problems, *sorting.result().problems[before:], *told)
                if readable or problems:
                    emit(Arrived(predictions=tuple(readable), folders=plan.photos, problems=problems))
        return sorting.result()


class _WaitingRoom:
    """Photos that have arrived and may still grow."""

    def __init__(self, folder: Path, to: Path, classes: tuple[str, str]) -> None:
        names = {NOT_SURE, *map(class_folder, classes)}
        self._not_in = [to] if to != folder else [to / name for name in names]
        self._waiting: dict[Path, _Waiting] = {}
        self._done: set[Path] = set()
        self._unreadable: dict[Path, float] = {}

    def ready(self, arrived: Sequence[Path]) -> list[Path]:
        """Take what has arrived, and return what has been complete for long enough, which is forgotten here."""
        now = time.monotonic()
        for path in arrived:
            if path not in self._done and not any(path.is_relative_to(place) for place in self._not_in):
                self._waiting.setdefault(path, _Waiting(-1, -1, now))
        ready: list[Path] = []
        for path, known in list(self._waiting.items()):
            try:
                status = path.stat()
            except OSError:  # it went away again
                del self._waiting[path]
                continue
            if (status.st_size, status.st_mtime_ns) != (known.size, known.modified_ns):
                self._waiting[path] = _Waiting(status.st_size, status.st_mtime_ns, now)
            elif now - known.since >= STILL_SECONDS:
                del self._waiting[path]
                self._done.add(path)
                ready.append(path)
        return sorted(ready)

    def tell_unreadable(self, found: Sequence[Prediction]) -> list[Problem]:
        """Return the photos that stay unreadable for good; the others are waited for a little longer."""
        now = time.monotonic()
        told: list[Problem] = []
        for each in found:
            path = Path(each.path)
            first = self._unreadable.setdefault(path, now)
            if now - first >= PATIENCE_SECONDS:
                told.append(Problem(path=each.path, kind="unreadable", reason=each.error or ""))
            else:
                self._done.discard(path)
                self._waiting[path] = _Waiting(-1, -1, now)
        return told


class _Handler(FileSystemEventHandler):
    def __init__(self, found: "queue.SimpleQueue[Path]") -> None:
        self._found = found

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Put down what was made, changed or moved here."""
        if not event.is_directory and event.event_type in ("created", "modified", "moved", "closed"):
            self._found.put(Path(str(event.dest_path or event.src_path)))


@contextmanager
def _arrivals(folder: Path) -> Iterator[Iterator[list[Path]]]:
    """Give what yields, a few times a second, the photos that were there at the start, then those that arrive."""
    found: queue.SimpleQueue[Path] = queue.SimpleQueue()
    observer = Observer()
    told_by_system = True
    try:
        observer.schedule(_Handler(found), str(folder), recursive=True)
        observer.start()
    except OSError:  # no more watches, or a file system without them
        told_by_system = False
    try:
        yield _looks(folder, found, told_by_system=told_by_system)
    finally:
        if told_by_system:
            observer.stop()
            observer.join()


def _looks(folder: Path, found: "queue.SimpleQueue[Path]", *, told_by_system: bool) -> Iterator[list[Path]]:
    yield list(_photos(folder))
    searched = time.monotonic()
    while True:
        time.sleep(LOOK_SECONDS)
        arrived: dict[Path, None] = {}
        with suppress(queue.Empty):
            while True:
                path = found.get_nowait()
                if is_photo_name(path.name) and not is_junk(path.name):
                    arrived[path] = None
        # A folder that was moved in as a whole is told as one folder, so its photos are searched for now and then.
        if not told_by_system or time.monotonic() - searched >= _AGAIN_SECONDS:
            arrived |= dict.fromkeys(_photos(folder))
            searched = time.monotonic()
        yield list(arrived)


def _photos(folder: Path) -> Iterator[Path]:
    return (found for found in find_photos([folder]) if isinstance(found, Path))
