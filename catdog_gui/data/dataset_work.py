"""What the Data page does in the background: scans, drawings, a download, and looking up the last dataset."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from catdog_gui import worker
from catdog_gui.look.language import mark, tr
from catdog_gui.widgets.work_bar import Unit, WorkBar
from trainer.core.control import RunControl
from trainer.core.dataset_choice import DatasetChoice
from trainer.core.events import StageProgressed
from trainer.core.progress import Progress
from trainer.dataset import pets, scan_memory
from trainer.dataset.found_classes import ClassesError, FoundClass
from trainer.dataset.records import Dataset, Photo
from trainer.dataset.scan import scan
from trainer.drawings import samples

BUSY = mark("Wait until the current work is done, or cancel it first.")
# Work that is over by then shows no progress: the page would only jump.
_PATIENCE_MS = 400


class OtherClasses(NamedTuple):
    """A folder or zip that does not hold two classes, and those that it holds."""

    root: Path
    classes: tuple[FoundClass, ...]


class DatasetWork(QObject):
    """One piece of work at a time. A lookup of the last dataset gives way to any other."""

    found = Signal(object)
    """A Dataset."""
    restored = Signal(object)
    """The Dataset of the last session."""
    not_restored = Signal()
    classes_found = Signal(object)
    """OtherClasses, for the user to choose from."""
    began = Signal()
    failed = Signal(object)
    """The ErrorRecord."""
    said = Signal(str)

    def __init__(self, bar: WorkBar, parent: QObject) -> None:
        super().__init__(parent)
        self._bar = bar
        self._task: worker.Task | None = None
        self._lookup: worker.Task | None = None
        self._show_bar = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._show_bar.timeout.connect(bar.show)
        bar.cancel_requested.connect(self.cancel)

    @property
    def busy(self) -> bool:
        """Whether work goes on that has to be waited for."""
        return self._task is not None

    def scan(self, choice: DatasetChoice, known: Sequence[Photo] = ()) -> None:
        """Look at a dataset; `known` photos are read again only where they changed."""
        task = self._begin(tr("Checking the photos in {name}", name=choice.name), _scanning(choice, lambda: known))
        if task is not None:
            if known:
                self._bar.hide()
                self._show_bar.start()
            task.succeeded.connect(self._on_scanned)

    def restore(self, choice: DatasetChoice) -> None:
        """Look at the last session's dataset, without a word where it is no dataset any more."""
        if self._task is not None:
            return
        lookup = worker.start(_scanning(choice, lambda: scan_memory.recall(choice)), parent=self)
        lookup.succeeded.connect(lambda outcome: self._on_looked_up(lookup, outcome))
        lookup.failed.connect(lambda _error: self._on_looked_up(lookup, None))
        self._lookup = lookup

    def draw(self, folder: Path, count: int) -> None:
        """Draw `count` cats and dogs into a folder and look at them."""

        def work(emit: worker.Emit, control: RunControl) -> Path:
            samples.draw_dataset(folder, count=count, progress=_teller(emit), cancelled=control.should_stop)
            return folder

        self._begin_then_scan(tr("Drawing cats and dogs"), work)

    def download(self, folder: Path) -> None:
        """Download the Oxford-IIIT pets below a folder and look at them. What is there already is kept."""

        def work(emit: worker.Emit, control: RunControl) -> Path:
            return pets.download_pets(folder, progress=_teller(emit), cancelled=control.should_stop)

        self._begin_then_scan(tr("Downloading the Oxford-IIIT pets"), work, unit="MB")

    def cancel(self) -> None:
        """Stop the work."""
        if self._task is not None:
            self._task.cancel()

    def _begin(self, what: str, work: worker.Work, unit: Unit = "photos") -> worker.Task | None:
        if self._task is not None:
            self.said.emit(tr(BUSY))
            return None
        if self._lookup is not None:
            self._lookup.cancel()
            self._lookup = None
        self.began.emit()
        self._bar.begin(what)
        task = worker.start(work, parent=self)
        task.progressed.connect(lambda event: self._bar.advance(event.done, event.total, unit))
        task.failed.connect(self.failed)
        task.cancelled.connect(lambda: self.said.emit(tr("Cancelled.")))
        task.finished.connect(self._end)
        self._task = task
        return task

    def _begin_then_scan(self, what: str, work: worker.Work, unit: Unit = "photos") -> None:
        task = self._begin(what, work, unit)
        if task is not None:
            made: list[Path] = []
            task.succeeded.connect(made.append)
            # Once the work is over, and not before: there is one piece of work at a time.
            task.finished.connect(lambda: self._scan_made(made))

    def _scan_made(self, made: list[Path]) -> None:
        for path in made:
            self.scan(DatasetChoice.of(path))

    def _end(self) -> None:
        self._task = None
        self._show_bar.stop()
        self._bar.end()

    def _on_scanned(self, outcome: Dataset | OtherClasses) -> None:
        if isinstance(outcome, Dataset):
            self.found.emit(outcome)
        else:
            self.classes_found.emit(outcome)

    def _on_looked_up(self, lookup: worker.Task, outcome: Dataset | OtherClasses | None) -> None:
        if lookup is not self._lookup:  # something else was chosen meanwhile
            return
        self._lookup = None
        if isinstance(outcome, Dataset):
            self.restored.emit(outcome)
        else:
            self.not_restored.emit()


def same_photos(before: Dataset | None, now: Dataset) -> bool:
    """Say whether two datasets differ only in what was left out of them, if at all."""
    return before is not None and replace(before.choice, left_out=()) == replace(now.choice, left_out=())


def _scanning(choice: DatasetChoice, known: Callable[[], Sequence[Photo]]) -> worker.Work:
    def work(emit: worker.Emit, control: RunControl) -> Dataset | OtherClasses:
        try:
            found = scan(choice, known=known(), progress=_teller(emit), cancelled=control.should_stop)
        except ClassesError as error:
            root = Path(error.path or choice.root)
            if not _can_be_chosen(root, error.classes):
                raise
            return OtherClasses(root, error.classes)
        scan_memory.remember(found)
        return found

    return work


def _can_be_chosen(root: Path, classes: Sequence[FoundClass]) -> bool:
    """Say whether two of these classes can be chosen, or a second one added."""
    return bool(classes) and all(found.folders for found in classes) and (len(classes) > 1 or root.is_dir())


def _teller(emit: worker.Emit) -> Progress:
    return lambda done, total: emit(StageProgressed(stage="scan", done=done, total=total))
