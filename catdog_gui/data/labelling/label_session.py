"""One file of labels that is open: what is known of its photos, and what is said of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from catdog_gui import worker
from catdog_gui.look.language import tr
from catdog_gui.state.context import Context
from catdog_gui.widgets.work_bar import WorkBar
from trainer.core.control import RunControl
from trainer.core.errors import TrainerError
from trainer.core.events import StageProgressed
from trainer.core.results import ErrorRecord
from trainer.dataset.label_file import Label, LabelFile
from trainer.dataset.records import Problem

if TYPE_CHECKING:
    from trainer.labelling.eye import Eye
    from trainer.labelling.suggest import Suggester, Suggestions


class _Opened(NamedTuple):
    file: LabelFile
    problems: tuple[Problem, ...]
    suggester: "Suggester"
    suggestions: "Suggestions"


class LabelSession(QObject):
    """`opened` comes once the photos were looked at; `changed` after every label and every new suggestion."""

    opened = Signal()
    changed = Signal()
    failed = Signal(object)
    """An ErrorRecord: of opening, or of a disk that took no more labels."""
    cancelled = Signal()

    def __init__(self, context: Context, bar: WorkBar, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._bar = context, bar
        self._open: _Opened | None = None
        self._task: worker.Task | None = None
        self._newest = worker.Newest(self)
        self._newest.done.connect(self._take_suggestions)
        self._suggestions: Suggestions | None = None

    @property
    def file(self) -> LabelFile:
        """The file that is open."""
        assert self._open is not None
        return self._open.file

    @property
    def is_open(self) -> bool:
        """Whether there is one."""
        return self._open is not None

    @property
    def busy(self) -> bool:
        """Whether photos are being looked at."""
        return self._task is not None

    @property
    def suggestions(self) -> "Suggestions":
        """The latest."""
        assert self._suggestions is not None
        return self._suggestions

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Files that are no photos, and photos that are gone."""
        return self._open.problems if self._open is not None else ()

    def open(self, given: Sequence[Path], classes: Sequence[str] | None = None, name: str | None = None) -> None:
        """Open a file of labels, or make one for these folders and photos, and look at all of them."""
        self.close()
        model, settings = self._context.current_model, self._context.settings
        device, threads = settings.device, settings.threads

        def work(emit: worker.Emit, control: RunControl) -> _Opened:
            from trainer.labelling.eye import Eye  # noqa: PLC0415 - torch, which a thread may wait for
            from trainer.labelling.open import open_labels  # noqa: PLC0415

            file, others = open_labels(given, classes, name)
            try:
                eye = Eye.choose(file.classes, model, device=device, threads=threads)
                return _look(file, others, eye, emit, control)
            except BaseException:
                file.close()
                raise

        self._bar.begin(tr("Looking at the photos"))
        task = self._task = worker.start(work, parent=self)
        task.progressed.connect(lambda event: self._bar.advance(event.done, event.total))
        task.succeeded.connect(lambda outcome: self._on_opened(task, outcome))
        task.failed.connect(self.failed)
        task.cancelled.connect(self.cancelled)
        task.finished.connect(lambda: self._on_finished(task))

    def cancel(self) -> None:
        """Stop looking at photos. What was seen is kept for the next time."""
        if self._task is not None:
            self._task.cancel()

    def say(self, label: Label | None, digests: Sequence[str], *, accepted: bool = False) -> None:
        """Label photos, and ask for new suggestions."""
        if digests:
            self._write(lambda: self.file.say(label, digests, accepted=accepted))

    def accept(self, found: Mapping[Label, Sequence[str]]) -> None:
        """Take suggestions as labels: an act for each class."""
        for label, digests in found.items():
            self.say(label, digests, accepted=True)

    def undo(self) -> None:
        """Take the last act back."""
        self._write(self.file.undo)

    def close(self) -> None:
        """Bring the labels to the disk, and let go of them."""
        self.cancel()
        self._task = None
        opened, self._open, self._suggestions = self._open, None, None
        if opened is not None:
            self._closed(opened.file)

    def _closed(self, file: LabelFile) -> None:
        try:
            file.close()
        except TrainerError as error:
            self.failed.emit(ErrorRecord.of(error))

    def _write(self, write: object) -> None:
        assert callable(write)
        try:
            write()
        except TrainerError as error:
            self.failed.emit(ErrorRecord.of(error))
            return
        self.changed.emit()
        assert self._open is not None
        book, suggester = self.file.snapshot(), self._open.suggester
        self._newest.start(lambda _emit, _control: (suggester, suggester.suggest(book)))

    def _take_suggestions(self, found: "tuple[Suggester, Suggestions]") -> None:
        if self._open is not None and found[0] is self._open.suggester:
            self._suggestions = found[1]
            self.changed.emit()

    def _on_opened(self, task: worker.Task, outcome: _Opened) -> None:
        if task is not self._task:  # it was closed meanwhile
            outcome.file.close()
            return
        self._open, self._suggestions = outcome, outcome.suggestions
        self._task = None
        self.opened.emit()

    def _on_finished(self, task: worker.Task) -> None:
        if self._task is task:
            self._task = None
        if self._task is None:
            self._bar.end()


def _look(file: LabelFile, given: Sequence[Path], eye: "Eye", emit: worker.Emit, control: RunControl) -> _Opened:
    """Look at all photos, in a worker thread."""
    from trainer.labelling.heap import look_at  # noqa: PLC0415 - torch
    from trainer.labelling.suggest import Suggester  # noqa: PLC0415

    found = look_at(
        file,
        given,
        eye,
        progress=lambda done, total: emit(StageProgressed(stage="scan", done=done, total=total)),
        cancelled=control.should_stop,
    )
    suggester = Suggester(found.heap, eye.judge(found.heap.outputs))
    return _Opened(file, found.problems, suggester, suggester.suggest(file))
