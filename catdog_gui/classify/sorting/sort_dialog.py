"""Sort photos into folders: choose, see beforehand what would be done, do it, and take it back."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QWidget

from catdog_gui import worker
from catdog_gui.classify.sorting.sort_form import SortForm
from catdog_gui.classify.sorting.sort_words import action_words, preview_words, result_words, undo_words
from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.state.settings import Settings
from catdog_gui.widgets.dialog_room import dialog_column
from catdog_gui.widgets.latest import Latest
from catdog_gui.widgets.show_in_folder import show_in_folder
from catdog_gui.widgets.work_bar import WorkBar
from trainer.core.control import RunControl
from trainer.core.errors import TrainerError
from trainer.core.events import StageProgressed
from trainer.core.progress import Progress
from trainer.core.results import ErrorRecord, Prediction
from trainer.sorting.items import items_of
from trainer.sorting.plan import SortPlan, plan_sort
from trainer.sorting.sort import SortResult, sort
from trainer.sorting.undo import UndoResult, undo

_Act = Callable[[Progress, RunControl], SortResult | UndoResult]


class SortDialog(QDialog):
    """`moved` tells where photos are now, after a move and after an undo of one."""

    moved = Signal(object)
    """A Mapping of Paths: from where a photo was to where it is."""

    def __init__(
        self, predictions: Sequence[Prediction], left_out: int, settings: Settings, parent: QWidget | None = None
    ) -> None:
        """Take verdicts on photos that have a file; `left_out` photos have none."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Sort into folders"))
        self.setMinimumWidth(560)
        self._predictions, self._left_out = list(predictions), left_out
        self._roots = _around([Path(each.path).parent for each in predictions])
        self._plan: SortPlan | None = None
        self._task: worker.Task | None = None
        self._journal: Path | None = None
        self.form = SortForm(settings)
        self.preview, self.outcome = _words(), _words()
        self.refusal = _words()
        self.refusal.setProperty("role", "danger")
        self.bar = WorkBar()
        self.bar.cancel_requested.connect(self._cancel)
        self.go, self.undo, self.show_folder = QPushButton(), QPushButton(tr("Undo")), QPushButton(tr("Show in folder"))
        self.leave = QPushButton(tr("Close"))
        self._previews = Latest(self, settle_ms=150)
        self._previews.succeeded.connect(self._show_plan)
        self._previews.failed.connect(self._refuse)
        self._connect()
        self._lay_out()
        self._ask_for_plan()

    def reject(self) -> None:
        """Close, once nothing is being done any more."""
        if self._task is None:
            self._previews.forget()
            super().reject()

    def _ask_for_plan(self) -> None:
        self._plan = None
        self.go.setEnabled(False)
        to, options = self.form.to, self.form.options
        self.go.setText(action_words(options.action, 0))
        if to is None:
            self._refuse(ErrorRecord(what=tr("This cannot be a folder to sort into. Choose one.")))
            return
        predictions, roots = self._predictions, self._roots

        def plan() -> SortPlan:
            items, problems = items_of(predictions, options, roots)
            found = plan_sort(items, to, options)
            return msgspec.structs.replace(found, problems=(*found.problems, *problems))

        self._previews.ask(plan)

    def _show_plan(self, plan: SortPlan) -> None:
        if plan.options != self.form.options or Path(plan.to) != self.form.to:
            return
        self._plan = plan
        self.preview.setText(preview_words(plan, self._left_out))
        refusal = ""
        try:
            plan.refuse_too_little_room()
        except TrainerError as error:
            refusal = f"{translated(error.what)} {translated(error.remedy)}"
        self._say_refusal(refusal)
        self.go.setText(action_words(plan.options.action, sum(plan.photos.values())))
        self.go.setEnabled(bool(plan.steps) and not refusal)

    def _refuse(self, error: ErrorRecord) -> None:
        self.preview.setText("")
        self._say_refusal(f"{translated(error.what)} {translated(error.remedy)}".rstrip())

    def _say_refusal(self, words: str) -> None:
        self.refusal.setText(words)
        self.refusal.setVisible(bool(words))

    def _sort(self) -> None:
        plan = self._plan
        if plan is None:
            return
        self.form.remember()

        def act(progress: Progress, control: RunControl) -> SortResult:
            return sort(plan, progress=progress, cancelled=control.should_stop)

        self._begin(tr("Sorting"), act)

    def _take_back(self) -> None:
        journal = self._journal
        if journal is None:
            return

        def act(progress: Progress, control: RunControl) -> UndoResult:
            return undo(journal, progress=progress, cancelled=control.should_stop)

        self._begin(tr("Putting back"), act)

    def _begin(self, words: str, act: _Act) -> None:
        if self._task is not None:
            return

        def work(emit: worker.Emit, control: RunControl) -> SortResult | UndoResult:
            return act(lambda done, total: emit(StageProgressed(stage="scan", done=done, total=total)), control)

        self.bar.begin(words)
        self._enable(busy=True)
        self._task = worker.start(work, parent=self)
        self._task.progressed.connect(lambda event: self.bar.advance(event.done, event.total, ""))
        self._task.succeeded.connect(self._show_result)
        self._task.failed.connect(self._refuse)
        self._task.finished.connect(self._end)

    def _show_result(self, result: SortResult | UndoResult) -> None:
        if isinstance(result, SortResult):
            self._journal = Path(result.journal)
            self.outcome.setText(result_words(result))
            self._tell_moves(back=False)
        else:
            self._journal = None
            self.outcome.setText(undo_words(result))
            self._tell_moves(back=True)
        self.outcome.show()

    def _tell_moves(self, *, back: bool) -> None:
        """Tell where the photos are now, by looking: some may have stayed."""
        if self._plan is None or self._plan.options.action != "move":
            return
        pairs = [(Path(step.source), Path(step.target)) for step in self._plan.steps if step.is_photo]
        moves = {to: was for was, to in pairs} if back else dict(pairs)
        there: Mapping[Path, Path] = {was: now for was, now in moves.items() if now.is_file() and not was.is_file()}
        self.moved.emit(there)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _end(self) -> None:
        self._task = None
        self.bar.end()
        self._enable(busy=False)

    def _enable(self, *, busy: bool) -> None:
        done = self._journal is not None
        self.form.setEnabled(not busy and not done)
        self.go.setVisible(not done)
        self.undo.setVisible(done)
        self.show_folder.setVisible(done)
        for button in (self.go, self.undo, self.leave):
            button.setEnabled(not busy)
        if not busy and not done:
            self._ask_for_plan()

    def _connect(self) -> None:
        self.form.changed.connect(self._ask_for_plan)
        self.go.clicked.connect(self._sort)
        self.undo.clicked.connect(self._take_back)
        self.show_folder.clicked.connect(lambda: show_in_folder(self.form.to) if self.form.to is not None else None)
        self.leave.clicked.connect(self.reject)

    def _lay_out(self) -> None:
        self.go.setProperty("kind", "primary")
        self.go.setDefault(True)
        for label in (self.refusal, self.outcome):
            label.hide()
        for button in (self.undo, self.show_folder):
            button.hide()
            button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.S)
        buttons.addWidget(self.undo)
        buttons.addWidget(self.show_folder)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.go)
        layout = dialog_column(self)
        for widget in (self.form, self.preview, self.refusal, self.bar, self.outcome):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addLayout(buttons)


def _around(folders: Sequence[Path]) -> list[Path]:
    """Return the folder around all of these, as a list; none where they have none."""
    try:
        return [Path(os.path.commonpath(folders))]
    except ValueError:  # no folders, or on Windows several drives
        return []


def _words() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
