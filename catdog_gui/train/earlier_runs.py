"""The runs that can go on, to choose one from."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.look.model_words import accuracy_words
from catdog_gui.widgets.go_on_dialog import run_words, state_words
from trainer.storage.run_list import RunSummary


class EarlierRuns(QDialog):
    """`chosen` carries the RunSummary."""

    chosen = Signal(object)

    def __init__(self, runs: Sequence[RunSummary], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Earlier runs"))
        self._runs = runs
        words = QLabel(
            tr("Runs that were stopped or cut off can go on to their end. Completed runs can be trained for longer.")
        )
        words.setWordWrap(True)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Runs that can go on"))
        self.list.setWordWrap(True)
        self.list.setMinimumSize(440, 240)
        for run in runs:
            self.list.addItem(
                QListWidgetItem(f"{run_words(run)}\n{state_words(run)}\n{accuracy_words(run.evaluation)}")
            )
        self.list.setCurrentRow(0)
        self.list.itemActivated.connect(self._choose)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(tr("Cancel"))
        self.go_on = buttons.addButton(tr("Go on…"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.go_on.setProperty("kind", "primary")
        buttons.accepted.connect(self._choose)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(theme.M)
        for part in (words, self.list, buttons):
            column.addWidget(part)

    def _choose(self) -> None:
        self.chosen.emit(self._runs[self.list.currentRow()])
        self.accept()
