"""Two folders, one for each class, which may lie anywhere."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.widgets.dialog_room import dialog_column
from catdog_gui.widgets.forms.folder_field import FolderField
from trainer.core.dataset_choice import DatasetChoice
from trainer.core.errors import DatasetError


class TwoFoldersDialog(QDialog):
    """`chosen` comes where the user agrees."""

    chosen = Signal(object)
    """The DatasetChoice."""

    def __init__(self, start: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Choose two folders"))
        self.setMinimumWidth(520)
        self._choice: DatasetChoice | None = None
        words = QLabel(tr("One folder for each class. They may lie anywhere; each class is called after its folder."))
        words.setWordWrap(True)
        words.setProperty("role", "muted")
        self.fields = (FolderField(tr("First class"), start), FolderField(tr("Second class"), start))
        form = QFormLayout()
        form.setHorizontalSpacing(theme.XL)
        form.setVerticalSpacing(theme.M)
        for field in self.fields:
            form.addRow(field.edit.accessibleName(), field)
            field.changed.connect(self._refresh)
        self.refusal = QLabel()
        self.refusal.setWordWrap(True)
        self.refusal.setProperty("role", "danger")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = buttons.addButton(tr("Use these two"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.go.setProperty("kind", "primary")
        self.go.setDefault(True)
        buttons.accepted.connect(self._agree)
        buttons.rejected.connect(self.reject)
        layout = dialog_column(self)
        layout.addWidget(words)
        layout.addLayout(form)
        layout.addWidget(self.refusal)
        layout.addWidget(buttons)
        self._refresh()

    def _refresh(self) -> None:
        """Refuse what is no two folders, in place, once both are chosen."""
        first, second = (field.folder() for field in self.fields)
        self._choice, refusal = None, ""
        there = [folder for folder in (first, second) if _is_folder(folder)]
        if len(there) == 2 and first != second:
            try:
                self._choice = DatasetChoice.of_folders(there)
            except DatasetError as error:
                refusal = f"{translated(error.what)} {translated(error.remedy)}"
        self.refusal.setText(refusal)
        self.refusal.setVisible(bool(refusal))
        self.adjustSize()  # not of itself, where words wrap
        self.go.setEnabled(self._choice is not None)

    def _agree(self) -> None:
        if self._choice is not None:
            self.chosen.emit(self._choice)
            self.accept()


def _is_folder(path: Path) -> bool:
    """Say whether a field names a folder that is there."""
    try:
        return path.is_absolute() and path.is_dir()
    except (OSError, ValueError):  # a name that no file can have
        return False
