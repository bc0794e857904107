"""How many practice drawings to make, and where."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QSpinBox, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.widgets.dialog_room import dialog_column
from catdog_gui.widgets.forms.folder_field import FolderField
from trainer.core.errors import TrainerError
from trainer.drawings.samples import DEFAULT_COUNT, FEWEST, MOST, refuse_occupied


class DrawingsDialog(QDialog):
    """Accepted where the user wants them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Make practice drawings"))
        self.setMinimumWidth(480)
        words = QLabel(
            tr(
                "Cartoon cats and dogs, one half each. They are easier to tell apart than real photos, "
                "so three epochs are enough for a first run."
            )
        )
        words.setWordWrap(True)
        words.setProperty("role", "muted")
        self.number = QSpinBox()
        theme.pad_field(self.number)
        self.number.setRange(FEWEST, MOST)
        self.number.setSingleStep(100)
        self.number.setValue(DEFAULT_COUNT)
        self.number.setAccessibleName(tr("Number of drawings"))
        self.place = FolderField(tr("Folder for the drawings"), _new_folder())
        self.place.changed.connect(self._refresh)
        self.refusal = QLabel()
        self.refusal.setProperty("role", "danger")
        self.refusal.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = buttons.addButton(tr("Draw"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.go.setProperty("kind", "primary")
        self.go.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = dialog_column(self)
        layout.addWidget(words)
        layout.addLayout(self._form())
        layout.addWidget(self.refusal)
        layout.addWidget(buttons)
        self._refresh()

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(theme.XL)
        form.setVerticalSpacing(theme.M)
        form.addRow(tr("Drawings"), self.number)
        form.addRow(tr("Into"), self.place)
        return form

    def count(self) -> int:
        """Return how many drawings are wanted, of cats and dogs together."""
        return self.number.value()

    def folder(self) -> Path:
        """Return the folder that the drawings go into."""
        return self.place.folder()

    def _refresh(self) -> None:
        """Refuse a folder that is not empty, in place."""
        try:
            refuse_occupied(self.folder())
        except TrainerError as error:
            self.refusal.setText(f"{translated(error.what)} {translated(error.remedy)}".rstrip())
        except OSError as error:
            self.refusal.setText(str(error))
        else:
            self.refusal.clear()
        self.refusal.setVisible(bool(self.refusal.text()))
        self.adjustSize()  # not of itself, where words wrap
        self.go.setEnabled(not self.refusal.text())


def _new_folder() -> Path:
    """Return a folder among the user's pictures that is not there yet."""
    places = QStandardPaths.standardLocations(QStandardPaths.StandardLocation.PicturesLocation)
    parent = Path(places[0] if places else Path.home())
    number = 1
    folder = parent / "CatDog practice drawings"
    while folder.exists():
        number += 1
        folder = parent / f"CatDog practice drawings {number}"
    return folder
