"""A folder that can be typed or chosen."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr


class FolderField(QWidget):
    """Holds a path; its owner checks whether it can be used."""

    changed = Signal()

    def __init__(self, name: str, start: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QLineEdit(str(start))
        self.edit.setAccessibleName(name)
        self.edit.setCursorPosition(0)
        self.edit.textChanged.connect(self.changed)
        self._choose = QPushButton(tr("Choose…"))
        self._choose.setAutoDefault(False)  # Return in the field presses the dialog's own button
        self._choose.setAccessibleName(tr("Choose: {name}", name=name))
        self._choose.clicked.connect(self._ask)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        row.addWidget(self.edit, 1)
        row.addWidget(self._choose)

    def folder(self) -> Path:
        """Return the folder."""
        return Path(self.edit.text()).expanduser()

    def _ask(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.edit.accessibleName(), str(self.folder()))
        if path:
            self.edit.setText(path)
