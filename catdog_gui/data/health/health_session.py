"""The check of the dataset that is shown, and the answers of the user to its doubts."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from catdog_gui import worker
from catdog_gui.data.dataset_work import same_photos
from catdog_gui.look.language import tr, tr_n
from catdog_gui.state.context import Context
from catdog_gui.state.engine import check_health
from catdog_gui.widgets.work_bar import WorkBar
from trainer.core.control import RunControl
from trainer.core.errors import DatasetError, TrainerError
from trainer.core.events import StageProgressed
from trainer.core.results import ErrorRecord
from trainer.dataset.answers import answer, export_answers, open_answers, read_answers, with_answers
from trainer.dataset.copies import Copies
from trainer.dataset.health.records import Doubt, PoorPhoto
from trainer.dataset.label_file import Label, LabelFile
from trainer.dataset.records import Dataset, Photo

if TYPE_CHECKING:
    from trainer.labelling.health_check import Health


class HealthSession(QObject):
    """Belongs to one dataset at a time: an outcome that comes too late for it is not heard."""

    changed = Signal()
    failed = Signal(object)
    """The ErrorRecord of a check, or of an answer that could not be written."""

    def __init__(self, context: Context, bar: WorkBar, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._bar = context, bar
        self._task: worker.Task | None = None
        self._photos: dict[str, Photo] = {}
        self.answers: Mapping[str, Label] = {}
        """By digest, for these two classes."""
        self.dataset: Dataset | None = None
        self.health: Health | None = None
        """What the last check of this dataset found; None where it was not checked yet."""
        self.can_undo = False
        bar.cancel_requested.connect(self.cancel)

    @property
    def busy(self) -> bool:
        """Whether a check goes on."""
        return self._task is not None

    @property
    def doubts(self) -> list[Doubt]:
        """The doubts of which nothing was said yet, the most doubtful first."""
        found = (self.health.doubts or ()) if self.health is not None else ()
        return [doubt for doubt in found if doubt.path in self._photos and not self._is_answered(doubt.path)]

    @property
    def answered(self) -> int:
        """Of how many photos of this dataset something was said."""
        return sum(map(self._is_answered, self._photos))

    @property
    def poor(self) -> list[PoorPhoto]:
        """The poor photos that were not left out since."""
        return [each for each in self.health.poor if each.path in self._photos] if self.health is not None else []

    @property
    def as_answered(self) -> Dataset | None:
        """The dataset as the next run sees it: with the answers, and without what they leave out."""
        return with_answers(self.dataset, self.answers) if self.dataset is not None else None

    @property
    def copies(self) -> Copies:
        """The copies that the last check found, of the photos that were not left out since."""
        if self.health is None or (dataset := self.as_answered) is None:
            return Copies(())
        photos = {photo.path: photo for photo in dataset.photos}
        groups = [[photos[path] for path in group.photos if path in photos] for group in self.health.copies]
        return Copies(tuple(tuple(group) for group in groups if len(group) > 1))

    def show_dataset(self, dataset: Dataset) -> None:
        """Belong to this dataset from now on. One that only has other photos left out is checked again."""
        again = same_photos(self.dataset, dataset) and (self.health is not None or self.busy)
        self.cancel()
        self._end(self._task)
        self.dataset, self._photos = dataset, {photo.path: photo for photo in dataset.photos}
        if not again:
            self.health = None
        self.refresh()
        if again:
            self.check()

    def refresh(self) -> None:
        """Read the answers anew: the Evaluate page gives some too."""
        if self.dataset is not None:
            try:
                book = read_answers(self.dataset.classes)
            except DatasetError as error:
                self.failed.emit(ErrorRecord.of(error))
            else:
                self.answers, self.can_undo = book.labels, book.acts > 0
        self.changed.emit()

    def check(self) -> None:
        """Look at all photos, in another thread."""
        dataset, settings, model = self.dataset, self._context.settings, self._context.current_model
        if dataset is None or self._task is not None:
            return
        device, threads = settings.device, settings.threads

        def work(emit: worker.Emit, control: RunControl) -> "Health":
            return check_health(
                dataset,
                model,
                device=device,
                threads=threads,
                progress=lambda done, total: emit(StageProgressed(stage="scan", done=done, total=total)),
                cancelled=control.should_stop,
            )

        self._bar.begin(tr("Checking the photos"))
        task = self._task = worker.start(work, parent=self)
        task.progressed.connect(lambda event: self._advance(task, event))
        task.succeeded.connect(lambda health: self._take(task, health))
        task.failed.connect(lambda error: self.failed.emit(error) if self._is(task) else None)
        task.finished.connect(lambda: self._end(task))
        self.changed.emit()

    def cancel(self) -> None:
        """Stop the check. What it saw is kept for the next one."""
        if self._task is not None:
            self._task.cancel()

    def say(self, label: Label, path: str) -> None:
        """Say of a photo which class it is of, or that it is to be left out, by its content."""
        dataset = self.dataset
        if dataset is not None:
            self._write(lambda file: answer(file, label, dataset, [self._photos[path]]))
            if self.health is not None and not self.doubts:
                self.check()  # what is said may change what seems doubtful

    def undo(self) -> None:
        """Take the last answer back, also one of an earlier session, and say which."""
        before = set(self.answers)
        taken: list[str] = []

        def take_back(file: LabelFile) -> None:
            labels = dict(file.labels)
            file.undo()
            changed = [digest for digest in file.photos if file.labels.get(digest) != labels.get(digest)]
            taken.extend(Path(file.photos[digest].path).name for digest in changed)

        self._write(take_back)
        if taken:
            self._context.say(tr("Taken back: {photo}", photo=taken[0]))
        if self.health is not None and set(self.answers) != before and not self._brought_back(before):
            self.check()

    @property
    def export_folder(self) -> Path:
        """Where a table was saved last."""
        return self._context.settings.last_folder("export")

    def save(self, name: str) -> None:
        """Write all answers as a table, in another thread."""
        if self.dataset is None:
            return
        path = Path(name) if Path(name).suffix else Path(f"{name}.csv")
        self._context.settings.remember_folder("export", path.parent)
        classes = self.dataset.classes
        task = worker.start(lambda _emit, _control: export_answers(classes, path), parent=self)
        task.succeeded.connect(
            lambda count: self._context.say(
                tr_n(count, "%n answer is in {table}", "%n answers are in {table}", table=path)
            )
        )
        task.failed.connect(self.failed)

    def _brought_back(self, before: set[str]) -> bool:
        """Say whether what was taken back is doubted again, among the doubts that are known."""
        gone = before - set(self.answers)
        return any(self._photos[doubt.path].digest in gone for doubt in self.doubts)

    def _write(self, write: Callable[[LabelFile], None]) -> None:
        assert self.dataset is not None
        try:
            with open_answers(self.dataset.classes) as file:
                write(file)
        except TrainerError as error:
            self.failed.emit(ErrorRecord.of(error))
        self.refresh()

    def _is_answered(self, path: str) -> bool:
        return self.answers.get(self._photos[path].digest) is not None

    def _is(self, task: worker.Task | None) -> bool:
        return task is not None and task is self._task

    def _advance(self, task: worker.Task, event: StageProgressed) -> None:
        if self._is(task):
            self._bar.advance(event.done, event.total, "")

    def _take(self, task: worker.Task, health: "Health") -> None:
        if self._is(task):
            self.health = health

    def _end(self, task: worker.Task | None) -> None:
        if self._is(task):
            self._task = None
            self._bar.end()
            self.changed.emit()
