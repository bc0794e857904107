"""Writes a model for other programs, in the background, and says how the file compares with the model."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QPushButton,
    QRadioButton,
    QWidget,
)

from catdog_gui import worker
from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.state.context import Context
from catdog_gui.state.engine import export_model, export_page
from catdog_gui.widgets.dialog_room import dialog_column
from catdog_gui.widgets.notice import Notice, Tone
from catdog_gui.widgets.show_in_folder import show_in_folder
from catdog_gui.widgets.work_bar import WorkBar
from trainer.core.control import RunControl
from trainer.core.events import Noted, StageProgressed
from trainer.core.results import ErrorRecord
from trainer.export.page_folder import PAGE, place_in
from trainer.storage.model_list import ModelEntry, export_name

ENDING = ".onnx"
_PURPOSE = "export"


class ExportDialog(QDialog):
    """Asks where to write the file, and stays open to say what was found. Closing it stops the work."""

    def __init__(self, model: ModelEntry, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Export"))
        self.setMinimumWidth(520)
        self._model, self._context = model, context
        self._task: worker.Task | None = None
        self.file: Path | None = None
        self.as_file = QRadioButton(tr("A file for other programs (ONNX)"))
        self.as_file.setChecked(True)
        self.as_page = QRadioButton(tr("A page for any browser, also on a phone"))
        self.as_page.toggled.connect(self._forget)
        self.int8 = QCheckBox(tr("Keep the weights in eight bits"))
        self.int8.setToolTip(tr("It is a quarter to a half as large. Probabilities change by some per cent."))
        self.work = WorkBar()
        self.work.cancel_requested.connect(self.cancel)
        self.said = Notice("info", "")
        self.said.hide()
        self.buttons = QDialogButtonBox()
        self.start = self._button(tr("Export…"), QDialogButtonBox.ButtonRole.ActionRole)
        theme.mark(self.start, kind="primary")
        self.start.clicked.connect(self.ask)
        self.start.setFocus()
        self.show_file = self._button(tr("Show in folder"), QDialogButtonBox.ButtonRole.ActionRole)
        self.show_file.clicked.connect(lambda: show_in_folder(self.file) if self.file is not None else None)
        self.show_file.hide()
        self._button(tr("Close"), QDialogButtonBox.ButtonRole.RejectRole).clicked.connect(self.reject)
        self._lay_out()

    def ask(self) -> None:
        """Let the user name the file, or the folder for the page, and write it."""
        if place := self._ask_for_folder() if self.as_page.isChecked() else self._ask_for_file():
            self._context.settings.remember_folder(_PURPOSE, place.parent)
            self.export(place)

    def _ask_for_folder(self) -> Path | None:
        start = self._context.settings.last_folder(_PURPOSE)
        name = QFileDialog.getExistingDirectory(self, tr("Where is the page's folder to be?"), str(start))
        return place_in(Path(name), export_name(self._model.path)) if name else None

    def _ask_for_file(self) -> Path | None:
        """Return the file that the user names. The system's dialog asks before it overwrites."""
        start = self._context.settings.last_folder(_PURPOSE) / f"{export_name(self._model.path)}{ENDING}"
        name, _ = QFileDialog.getSaveFileName(self, tr("Export"), str(start), tr("ONNX files (*.onnx)"))
        return (Path(name) if Path(name).suffix.lower() == ENDING else Path(f"{name}{ENDING}")) if name else None

    def export(self, place: Path) -> None:
        """Write the file, or the page into the folder, in the background."""
        is_page = self.as_page.isChecked()
        file = place / PAGE if is_page else place
        self._forget()
        self._enable(False)
        self.work.begin(tr("Comparing the file with the model"))
        self._fit()
        write = _write_page() if is_page else export_model
        self._task = worker.start(_export(write, self._model.path, place, int8=self.int8.isChecked()), parent=self)
        self._task.progressed.connect(self._advance)
        self._task.succeeded.connect(lambda sentence: self._succeed(place, file, sentence))
        self._task.failed.connect(self._fail)
        self._task.cancelled.connect(lambda: self._say("info", tr("Cancelled. Nothing was written.")))
        self._task.finished.connect(self._end)

    def cancel(self) -> None:
        """Stop the work."""
        if self._task is not None:
            self._task.cancel()

    def done(self, result: int) -> None:
        """Stop the work, and close."""
        self.cancel()
        super().done(result)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the room that the words need."""
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.resize(self.width(), self._column.totalHeightForWidth(self.width()))

    def _advance(self, event: StageProgressed | Noted) -> None:
        if isinstance(event, StageProgressed):
            self.work.advance(event.done, event.total)
        else:
            self._say("info", translated(event.text))

    def _succeed(self, place: Path, file: Path, sentence: str) -> None:
        self.file = file
        self._say("success", tr("The model is exported to {file}.", file=place.name), translated(sentence))
        self.show_file.show()

    def _fail(self, error: ErrorRecord) -> None:
        self._say("error", translated(error.what), translated(error.remedy))
        if error.details:
            self._context.report(error)

    def _end(self) -> None:
        self._task = None
        self.work.end()
        self._enable(True)
        self._fit()

    def _forget(self) -> None:
        """Take back what was said of an export of the other kind."""
        self.said.hide()
        self.show_file.hide()
        self._fit()

    def _enable(self, enabled: bool) -> None:  # noqa: FBT001 - a setter's one value
        for widget in (self.start, self.int8, self.as_file, self.as_page):
            widget.setEnabled(enabled)

    def _say(self, tone: Tone, words: str, remedy: str = "") -> None:
        self.said.say(tone, words, remedy)
        self.said.show()
        self._fit()

    def _button(self, words: str, role: QDialogButtonBox.ButtonRole) -> QPushButton:
        button = self.buttons.addButton(words, role)
        button.setAutoDefault(False)
        return button

    def _lay_out(self) -> None:
        title = QLabel(self._model.title)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setProperty("role", "subheading")
        title.setWordWrap(True)
        words = QLabel(
            tr(
                "A file in the format ONNX takes a decoded photo of any size and gives the verdict. A page does all of "
                "it, without a network. Before it is written, the export and the model look at the same photos: where "
                "they do not say the same, nothing is written."
            )
        )
        words.setWordWrap(True)
        words.setProperty("role", "muted")
        layout = self._column = dialog_column(self)
        for part in (title, words, self.as_file, self.as_page, self.int8, self.work, self.said):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addWidget(self.buttons)


def _write_page() -> Callable[..., str]:
    """Return what writes a page in the language of the window."""
    return partial(export_page, say=translated, language=QLocale().bcp47Name())


def _export(write: Callable[..., str], model: Path, place: Path, *, int8: bool) -> worker.Work:
    def work(emit: worker.Emit, control: RunControl) -> str:
        return write(
            model,
            place,
            int8=int8,
            progress=lambda done, total: emit(StageProgressed(stage="evaluate", done=done, total=total)),
            cancelled=control.should_stop,
            note=lambda words: emit(Noted(text=words)),
        )

    return work
