"""Where and how photos are sorted: what the dialogs for sorting and for watching share."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import mark, tr
from catdog_gui.state.settings import Settings
from catdog_gui.widgets.forms.folder_field import FolderField
from trainer.sorting.items import Action, By, SortOptions

_PURPOSE = "sort"
_ACTIONS: Final[dict[Action, str]] = {
    "copy": mark("Copy the photos; they stay where they are too"),
    "link": mark("Make hard links, which take no room"),
    "move": mark("Move the photos"),
}
_BYS: Final[dict[By, str]] = {
    "verdict": mark("A folder for each class, and one for not sure"),
    "certainty": mark("The same, and in each class by how probable it is"),
}


class SortForm(QWidget):
    """Remembers the folder and the choices for the next time."""

    changed = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.folder = FolderField(tr("Sort into"), settings.last_folder(_PURPOSE))
        self.action = _choice(tr("What is done"), {key: tr(words) for key, words in _ACTIONS.items()})
        self.by = _choice(tr("Folders"), {key: tr(words) for key, words in _BYS.items()})
        # Photo managers and editors read these files: digiKam, darktable, Lightroom.
        self.structure = QCheckBox(tr("Keep the folders that the photos lie in"))
        self.keywords = QCheckBox(tr("Write the class beside each photo (.xmp)"))
        form = QFormLayout()
        form.setHorizontalSpacing(theme.L)
        form.setVerticalSpacing(theme.M)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for words, field in ((tr("Sort into"), self.folder), (tr("Photos"), self.action), (tr("Folders"), self.by)):
            form.addRow(words, field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.M)
        layout.addLayout(form)
        layout.addWidget(self.structure)
        layout.addWidget(self.keywords)
        self.folder.changed.connect(self.changed)
        for box in (self.action, self.by):
            box.currentIndexChanged.connect(self.changed)
        for check in (self.structure, self.keywords):
            check.toggled.connect(self.changed)

    @property
    def options(self) -> SortOptions:
        """What was chosen."""
        return SortOptions(
            action=self.action.currentData(),
            by=self.by.currentData(),
            keep_structure=self.structure.isChecked(),
            keywords=self.keywords.isChecked(),
        )

    @property
    def to(self) -> Path | None:
        """The folder, which may have to be made; None where it cannot be one."""
        try:
            folder = self.folder.folder()
            return folder if folder.is_absolute() and not folder.is_file() else None
        except (OSError, RuntimeError):  # a name that no folder can have, or "~somebody"
            return None

    def remember(self) -> None:
        """Begin with this folder the next time."""
        if self.to is not None:
            self._settings.remember_folder(_PURPOSE, self.to)


def _choice(name: str, choices: dict[Action, str] | dict[By, str]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(24)
    for key, words in choices.items():
        box.addItem(words, key)
    return box
