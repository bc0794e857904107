"""Learn from corrections: what that does to old and new photos, and whether to use it."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QWidget

from catdog_gui import worker
from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.look.words import interval, percent
from catdog_gui.state.context import Context
from catdog_gui.widgets.dialog_room import dialog_column
from catdog_gui.widgets.work_bar import WorkBar
from trainer.core.control import RunControl
from trainer.core.errors import DatasetError
from trainer.core.events import StageProgressed
from trainer.core.results import ErrorRecord
from trainer.core.text import text
from trainer.dataset.label_file import LabelFile

if TYPE_CHECKING:
    from trainer.labelling.corrections import BeforeAfter, Judged

    # How the new model fares, the model, and what else is to be told.
    Outcome = tuple[BeforeAfter, Path, list[str]]


class LearnDialog(QDialog):
    """Begins at once; the new model is kept as a run, and used only where the user wants it."""

    def __init__(self, context: Context, model: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Learn from my corrections"))
        self.setMinimumWidth(540)
        self._context, self._model = context, model
        self._made: Path | None = None
        self.words, self.old, self.new = _words(), _words(), _words()
        self.words.setText(
            tr("The model in use learns from what you corrected and remembered, with its old photos kept in mind.")
        )
        self.bar = WorkBar()
        self.bar.cancel_requested.connect(self._cancel)
        self.use = QPushButton(tr("Use the new model"))
        self.use.clicked.connect(self._use)
        self.leave = QPushButton(tr("Close"))
        self.leave.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.use)
        layout = dialog_column(self, theme.M)
        for widget in (self.words, self.bar, self.old, self.new):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.old.hide()
        self.new.hide()
        self.use.hide()
        self._task: worker.Task | None = self._begin()

    def reject(self) -> None:
        """Close; what goes on is cancelled."""
        self._cancel()
        super().reject()

    def _begin(self) -> worker.Task:
        model, settings = self._model, self._context.settings
        device, threads, out = settings.device, settings.threads, settings.runs_folder

        def work(emit: worker.Emit, control: RunControl) -> "Outcome":
            import time  # noqa: PLC0415

            from trainer.labelling.collection import collection_path  # noqa: PLC0415 - torch, as the next two
            from trainer.labelling.correction_run import save_run  # noqa: PLC0415
            from trainer.labelling.corrections import learn  # noqa: PLC0415
            from trainer.storage.model_description import read_description  # noqa: PLC0415

            path = collection_path(read_description(model).classes)
            if not path.is_file():
                raise DatasetError(
                    text("Nothing was corrected or remembered yet."),
                    remedy=text("Open the menu of a photo, and say what it is."),
                )
            began = time.monotonic()
            with LabelFile.open(path) as file:
                learnt = learn(
                    model,
                    file,
                    device=device,
                    threads=threads,
                    progress=lambda done, total: emit(StageProgressed(stage="scan", done=done, total=total)),
                    cancelled=control.should_stop,
                )
                notes: list[str] = []
                folder = save_run(learnt, file, model, out, seconds=time.monotonic() - began, note=notes.append)
            return learnt.report, folder.model, notes

        self.bar.begin(tr("Learning"))
        task = worker.start(work, parent=self)
        task.progressed.connect(lambda event: self.bar.advance(event.done, event.total, ""))
        task.succeeded.connect(self._show)
        task.failed.connect(self._fail)
        task.finished.connect(self._end)
        return task

    def _show(self, outcome: "Outcome") -> None:
        report, self._made, notes = outcome
        self._context.models_changed.emit()
        self.words.setText(" ".join(map(translated, [report.sentence, *notes])))
        if report.old is not None:
            self.old.setText(_row(tr("Old photos"), report.old))
            self.old.show()
        self.new.setText(_row(tr("Your corrections"), report.new))
        self.new.show()
        self.use.show()
        better = report.judgement != "worse"
        for button, primary in ((self.use, better), (self.leave, not better)):
            theme.mark(button, kind="primary" if primary else "")
            button.setDefault(primary)
        self.leave.setText(tr("Keep the old model"))

    def _fail(self, error: ErrorRecord) -> None:
        self.words.setText(f"{translated(error.what)} {translated(error.remedy)}")

    def _use(self) -> None:
        if self._made is not None:
            self._context.use_model(self._made)
            self._context.say(tr("The new model is in use. The old one is still there, on the Models page."))
        self.accept()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _end(self) -> None:
        self._task = None
        self.bar.end()


def _row(name: str, judged: "Judged") -> str:
    low, high = judged.interval(judged.right_after)
    return tr(
        "{name}, {count}: right {after} ({range}), before {before}. Not sure: {unsure}, before {unsure_before}.",
        name=name,
        count=judged.photos,
        after=percent(judged.right_after / judged.photos, 1),
        range=interval(low, high, 0),
        before=percent(judged.right_before / judged.photos, 1),
        unsure=judged.unsure_after,
        unsure_before=judged.unsure_before,
    )


def _words() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
