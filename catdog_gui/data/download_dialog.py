"""What the user should know before the pets are downloaded, and where they should go."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.look.words import size
from catdog_gui.widgets.dialog_room import dialog_column
from catdog_gui.widgets.forms.folder_field import FolderField
from trainer.dataset.pets import PETS


class DownloadDialog(QDialog):
    """Accepted where the user wants it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Download {name}", name=PETS.title))
        self.setMinimumWidth(520)
        heading = QLabel(tr("{count} photos of cats and dogs of 37 breeds", count=PETS.photos))
        heading.setProperty("role", "heading")
        heading.setWordWrap(True)
        words = QLabel(
            tr(
                "Collected by the Visual Geometry Group of the University of Oxford. "
                "An interrupted download continues where it stopped."
            )
        )
        words.setWordWrap(True)
        words.setProperty("role", "muted")
        self.place = FolderField(tr("Folder for the download"), _pictures())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        go = buttons.addButton(tr("Download"), QDialogButtonBox.ButtonRole.AcceptRole)
        go.setProperty("kind", "primary")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = dialog_column(self, theme.M)
        layout.addWidget(heading)
        layout.addWidget(words)
        layout.addLayout(self._facts())
        layout.addSpacing(theme.S)
        layout.addWidget(buttons)

    def _facts(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(theme.XL)
        form.setVerticalSpacing(theme.S)
        form.addRow(_muted(tr("Download")), QLabel(tr("{count} MB", count=round(PETS.download_bytes / 1e6))))
        form.addRow(
            _muted(tr("On the disk")), QLabel(tr("up to {size} while it is unpacked", size=size(PETS.disk_bytes)))
        )
        form.addRow(_muted(tr("Licence")), QLabel(PETS.licence))
        link = QLabel(f'<a href="{PETS.page}" style="color:{theme.colours().accent}">{PETS.page}</a>')
        link.setOpenExternalLinks(True)
        form.addRow(_muted(tr("From")), link)
        form.addRow(_muted(tr("Into")), self.place)
        return form

    def folder(self) -> Path:
        """Return the folder that the dataset's own folder is made in."""
        return self.place.folder()


def _pictures() -> Path:
    places = QStandardPaths.standardLocations(QStandardPaths.StandardLocation.PicturesLocation)
    return Path(places[0] if places else Path.home()) / "CatDog"


def _muted(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "muted")
    return label
