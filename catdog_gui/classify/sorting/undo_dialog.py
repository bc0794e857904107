"""Take an earlier sorting back, also days later."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from catdog_gui import worker
from catdog_gui.classify.sorting.sort_words import undo_words
from catdog_gui.look import theme
from catdog_gui.look.language import mark, tr, translated
from catdog_gui.look.words import day, photo_count
from catdog_gui.widgets.dialog_room import dialog_column
from catdog_gui.widgets.work_bar import WorkBar
from trainer.core.control import RunControl
from trainer.core.events import StageProgressed
from trainer.core.results import ErrorRecord
from trainer.sorting.items import Action
from trainer.sorting.journal import Journal, State, list_journals
from trainer.sorting.undo import UndoResult, undo

_STATES: Final[dict[State, str]] = {
    "sorted": mark("sorted"),
    "interrupted": mark("interrupted"),
    "undone": mark("put back"),
    "partly undone": mark("put back in part"),
}
_ACTIONS: Final[dict[Action, str]] = {"copy": mark("copied"), "link": mark("linked"), "move": mark("moved")}


class UndoDialog(QDialog):
    """Lists what was sorted, the newest first."""

    undone = Signal(object)
    """The Journal that was taken back, as it was before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Take a sorting back"))
        self.setMinimumSize(560, 360)
        self._journals: list[Journal] = []
        self._task: worker.Task | None = None
        self.list = QListWidget()
        self.list.setAccessibleName(tr("What was sorted, the newest first"))
        self.list.setWordWrap(True)
        self.list.currentRowChanged.connect(self._refresh)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = WorkBar()
        self.bar.cancel_requested.connect(self._cancel)
        self.go = QPushButton(tr("Put the photos back"))
        self.go.setProperty("kind", "primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self._undo)
        self.leave = QPushButton(tr("Close"))
        self.leave.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.go)
        layout = dialog_column(self, theme.M)
        for widget in (self.list, self.words, self.bar):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        self._fill()

    def reject(self) -> None:
        """Close, once nothing is being done any more."""
        if self._task is None:
            super().reject()

    def _fill(self) -> None:
        self._journals = list_journals()
        self.list.clear()
        for journal in self._journals:
            self.list.addItem(QListWidgetItem(_title(journal)))
        self.list.setCurrentRow(0)
        if not self._journals:
            self.words.setText(tr("Nothing was sorted yet."))
        self._refresh()

    def _refresh(self) -> None:
        journal = self._current
        self.go.setEnabled(self._task is None and journal is not None and journal.state != "undone")

    @property
    def _current(self) -> Journal | None:
        row = self.list.currentRow()
        return self._journals[row] if 0 <= row < len(self._journals) else None

    def _undo(self) -> None:
        journal = self._current
        if journal is None or self._task is not None:
            return
        path: Path = journal.path

        def work(emit: worker.Emit, control: RunControl) -> UndoResult:
            def tell(done: int, total: int) -> None:
                emit(StageProgressed(stage="scan", done=done, total=total))

            return undo(path, progress=tell, cancelled=control.should_stop)

        self.bar.begin(tr("Putting back"))
        self._task = worker.start(work, parent=self)
        self._task.progressed.connect(lambda event: self.bar.advance(event.done, event.total, ""))
        self._task.succeeded.connect(lambda result: self._show(result, journal))
        self._task.failed.connect(self._fail)
        self._task.finished.connect(self._end)
        self._refresh()

    def _show(self, result: UndoResult, journal: Journal) -> None:
        self.words.setText(undo_words(result))
        self.undone.emit(journal)

    def _fail(self, error: ErrorRecord) -> None:
        self.words.setText(f"{translated(error.what)} {translated(error.remedy)}")

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _end(self) -> None:
        self._task = None
        self.bar.end()
        row = self.list.currentRow()
        self._fill()
        self.list.setCurrentRow(row)


def _title(journal: Journal) -> str:
    begun = journal.begun
    return tr(
        "{day}: {photos} {action} into {folder} ({state})",
        day=day(begun.created),
        photos=photo_count(journal.photos),
        action=tr(_ACTIONS[begun.action]),
        folder=begun.to,
        state=tr(_STATES[journal.state]),
    )
