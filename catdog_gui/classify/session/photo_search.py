"""Looks for photos in files and folders, in worker threads."""

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from catdog_gui import worker
from catdog_gui.classify.session.photo_list import NewPhoto
from catdog_gui.classify.session.session_photo import photo_key
from trainer.core.control import RunControl
from trainer.core.pipeline import in_chunks
from trainer.core.results import ErrorRecord
from trainer.dataset.records import Problem

_CHUNK = 200


class PhotoSearch(QObject):
    """Several searches may run at a time. One that was cancelled emits nothing more.

    What a search is for comes back with all that it finds.
    """

    found = Signal(object, list)  # what it is for, list[NewPhoto]: the next photos, in the order of their names
    ended = Signal(object)
    """A search is over, for this."""
    found_none = Signal()
    """A search is over and there was no photo."""
    unread = Signal(list)  # list[Problem]
    """A search is over and could not look into everything."""
    failed = Signal(object)  # ErrorRecord

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._counts: dict[worker.Task, int] = {}
        """Photos found so far by each search that runs."""
        self._problems: dict[worker.Task, list[Problem]] = {}

    def begin(self, files: list[Path], purpose: object) -> None:
        """Look for the photos among these files and below these folders."""

        def work(emit: worker.Emit, control: RunControl) -> None:
            for chunk in find_photos(tuple(files), control, emit):
                emit([NewPhoto(path.name, path, photo_key(path)) for path in chunk])

        task = worker.start(work, parent=self)
        self._counts[task], self._problems[task] = 0, []
        task.progressed.connect(lambda found: self._on_found(task, purpose, found))
        task.failed.connect(lambda error: self._on_failed(task, error))
        task.succeeded.connect(lambda _nothing: self._on_succeeded(task, purpose))
        task.finished.connect(lambda: self._forget(task))

    def cancel(self) -> None:
        """End all searches."""
        for task in self._counts:
            task.cancel()
        # What they have found meanwhile is still on its way from their threads.
        self._counts.clear()

    def _on_found(self, task: worker.Task, purpose: object, found: "list[NewPhoto] | Problem") -> None:
        if task not in self._counts:
            return
        if isinstance(found, list):
            self._counts[task] += len(found)
            self.found.emit(purpose, found)
        else:
            self._problems[task].append(found)

    def _on_failed(self, task: worker.Task, error: ErrorRecord) -> None:
        if task in self._counts:
            self.failed.emit(error)

    def _on_succeeded(self, task: worker.Task, purpose: object) -> None:
        if self._counts.get(task) == 0:
            self.found_none.emit()
        if task in self._counts:
            self.ended.emit(purpose)
        if task in self._counts and self._problems[task]:
            self.unread.emit(self._problems[task])

    def _forget(self, task: worker.Task) -> None:
        self._counts.pop(task, None)
        self._problems.pop(task, None)


def find_photos(
    files: tuple[Path, ...], control: RunControl, tell: Callable[[Problem], None] = lambda _problem: None
) -> Iterator[list[Path]]:
    """Yield the photos among files and below folders as they are found, in chunks.

    They are those that the command line finds. `tell` hears of what cannot be looked into. Raises CancelledError.
    """
    from trainer.dataset import photo_finder  # noqa: PLC0415 - brings numpy and Pillow along

    def photos() -> Iterator[Path]:
        for found in photo_finder.find_photos(files, cancelled=control.should_stop):
            if isinstance(found, Path):
                yield found
            else:
                tell(found)

    yield from in_chunks(photos(), _CHUNK)
