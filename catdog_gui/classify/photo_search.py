"""Looks for photos in files and folders, in worker threads."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from catdog_gui import worker
from catdog_gui.classify.photo_intake import find_photos
from trainer.core.control import RunControl
from trainer.core.results import ErrorRecord


class PhotoSearch(QObject):
    """Several searches may run at a time. One that was cancelled emits nothing more."""

    found = Signal(list)  # list[Path]: the next photos, in the order of their names
    found_none = Signal()
    """A search is over and there was no photo."""
    failed = Signal(object)  # ErrorRecord

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._counts: dict[worker.Task, int] = {}
        """Photos found so far by each search that runs."""

    def begin(self, files: list[Path]) -> None:
        """Look for the photos among these files and below these folders."""

        def work(emit: worker.Emit, control: RunControl) -> None:
            for chunk in find_photos(tuple(files), control):
                emit(chunk)

        task = worker.start(work, parent=self)
        self._counts[task] = 0
        task.progressed.connect(lambda chunk: self._on_found(task, chunk))
        task.failed.connect(lambda error: self._on_failed(task, error))
        task.succeeded.connect(lambda _nothing: self._on_succeeded(task))
        task.finished.connect(lambda: self._counts.pop(task, None))

    def cancel(self) -> None:
        """End all searches."""
        for task in self._counts:
            task.cancel()
        # What they have found meanwhile is still on its way from their threads.
        self._counts.clear()

    def _on_found(self, task: worker.Task, chunk: list[Path]) -> None:
        if task in self._counts:
            self._counts[task] += len(chunk)
            self.found.emit(chunk)

    def _on_failed(self, task: worker.Task, error: ErrorRecord) -> None:
        if task in self._counts:
            self.failed.emit(error)

    def _on_succeeded(self, task: worker.Task) -> None:
        if self._counts.get(task) == 0:
            self.found_none.emit()
