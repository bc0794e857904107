"""Train elsewhere: write a folder that a server or several machines train from, and take the finished run back."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QProgressBar,
    QPushButton,
    QWidget,
)

from catdog_gui import worker
from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.state.context import Context
from catdog_gui.state.engine import prepare_elsewhere, take_back
from catdog_gui.widgets.dialog_room import dialog_column
from catdog_gui.widgets.show_in_folder import show_in_folder
from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.events import StageProgressed
from trainer.core.results import ErrorRecord

_PURPOSE = "elsewhere"


class ElsewhereDialog(QDialog):
    """`taken` carries the folder of a run that was taken back, in the user's runs."""

    taken = Signal(object)

    def __init__(self, context: Context, config: TrainConfig | None, parent: QWidget | None = None) -> None:
        """Offer to prepare a run with these settings; None where there are none that could be trained."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Train elsewhere"))
        self.setMinimumWidth(520)
        self._context, self._config = context, config
        self._task: worker.Task | None = None
        self._written: Path | None = None
        self.write = QPushButton(tr("Write a folder…"))
        self.write.setProperty("kind", "primary")
        self.write.setEnabled(config is not None)
        self.write.clicked.connect(self._choose_place)
        self.take = QPushButton(tr("Take a run back…"))
        self.take.clicked.connect(self._choose_run)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("Progress"))
        self.outcome = QLabel()
        self.outcome.setWordWrap(True)
        self.outcome.setTextFormat(Qt.TextFormat.PlainText)
        self.outcome.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.show_it = QPushButton(tr("Show in folder"))
        self.show_it.clicked.connect(self._show_written)
        self.close_it = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.close_it.button(QDialogButtonBox.StandardButton.Close).setText(tr("Close"))
        self.close_it.rejected.connect(self.reject)
        self._lay_out()
        for part in (self.progress, self.outcome, self.show_it):
            part.hide()

    def _lay_out(self) -> None:
        why = tr(
            "The folder holds the settings, which photo is for what, and the commands for one machine or several. "
            "The photos stay where they are: copy them as well."
        )
        if self._config is None:
            why = tr("Choose photos and settings that can be trained, then a folder can be written for them.")
        back = tr("Once it is trained, bring the folder back. Its run and its model then stand with your others.")
        column = dialog_column(self, theme.M)
        for words, button in ((why, self.write), (back, self.take)):
            column.addWidget(_muted(words))
            column.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeading)
            column.addSpacing(theme.M)
        column.addWidget(self.progress)
        column.addWidget(self.outcome)
        column.addWidget(self.show_it, alignment=Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self.close_it)

    def _choose_place(self) -> None:
        start = str(self._context.settings.last_folder(_PURPOSE))
        place = QFileDialog.getExistingDirectory(self, tr("Write the folder into"), start)
        if place:
            self._context.settings.remember_folder(_PURPOSE, Path(place))
            self.write_into(Path(place))

    def write_into(self, place: Path) -> None:
        """Write the run's folder into this one, in the background."""
        config = self._config
        assert config is not None
        self._begin(lambda emit, control: prepare_elsewhere(config, place, emit=emit, cancelled=control.should_stop))
        assert self._task is not None
        self._task.progressed.connect(self._show_progress)
        self._task.succeeded.connect(self._on_written)

    def _choose_run(self) -> None:
        start = str(self._context.settings.last_folder(_PURPOSE))
        folder = QFileDialog.getExistingDirectory(self, tr("Choose the folder of the finished run"), start)
        if folder:
            self._context.settings.remember_folder(_PURPOSE, Path(folder).parent)
            self.take_from(Path(folder))

    def take_from(self, folder: Path) -> None:
        """Take in the run in this folder, in the background."""
        runs = self._context.settings.runs_folder

        def work(_emit: worker.Emit, _control: RunControl) -> tuple[Path, list[str]]:
            notes: list[str] = []
            return take_back(folder, runs, note=notes.append), notes

        self._begin(work)
        assert self._task is not None
        self._task.succeeded.connect(self._on_taken)

    def _begin(self, work: worker.Work) -> None:
        for part in (self.outcome, self.show_it):
            part.hide()
        for button in (self.write, self.take):
            button.setEnabled(False)
        self.progress.setRange(0, 0)
        self.progress.show()
        self._task = worker.start(work, parent=self)
        self._task.failed.connect(self._on_failed)
        self._task.finished.connect(self._on_finished)

    def _show_progress(self, event: object) -> None:
        if isinstance(event, StageProgressed):
            self.progress.setRange(0, event.total)
            self.progress.setValue(event.done)

    def _on_written(self, folder: Path) -> None:
        self._written = folder
        self.show_it.show()
        self._say(tr("The folder is written. Its README.txt says how to go on: {folder}", folder=str(folder)))

    def _on_taken(self, taken: tuple[Path, list[str]]) -> None:
        folder, notes = taken
        words = [tr("The run is taken in. You find it on the Models page."), *map(translated, notes)]
        self._say(" ".join(words))
        self.taken.emit(folder)

    def _on_failed(self, error: ErrorRecord) -> None:
        self._say(translated(error.sentence), role="danger")

    def _on_finished(self) -> None:
        self._task = None
        self.progress.hide()
        self.write.setEnabled(self._config is not None)
        self.take.setEnabled(True)

    def _say(self, words: str, role: str = "") -> None:
        theme.mark(self.outcome, role=role)
        self.outcome.setText(words)
        self.outcome.show()
        self.adjustSize()  # not of itself, where words wrap

    def _show_written(self) -> None:
        if self._written is not None:
            show_in_folder(self._written / "README.txt")


def _muted(words: str) -> QLabel:
    label = QLabel(words)
    label.setWordWrap(True)
    label.setProperty("role", "muted")
    return label
