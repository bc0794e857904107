"""What the user should know before the pets are downloaded, and where they should go."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.widgets.forms.folder_field import FolderField
from trainer.dataset.pets import PETS


class DownloadDialog(QDialog):
    """Accepted where the user wants it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Download {PETS.title}")
        self.setMinimumWidth(520)
        heading = QLabel(f"{PETS.photos:,} photos of cats and dogs of 37 breeds")
        heading.setProperty("role", "heading")
        words = QLabel(
            "Collected by the Visual Geometry Group of the University of Oxford. "
            "An interrupted download continues where it stopped."
        )
        words.setWordWrap(True)
        words.setProperty("role", "muted")
        self.place = FolderField("Folder for the download", _pictures())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        go = buttons.addButton("Download", QDialogButtonBox.ButtonRole.AcceptRole)
        go.setProperty("kind", "primary")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.XL, theme.XL, theme.XL, theme.L)
        layout.setSpacing(theme.M)
        layout.addWidget(heading)
        layout.addWidget(words)
        layout.addLayout(self._facts())
        layout.addSpacing(theme.S)
        layout.addWidget(buttons)

    def _facts(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(theme.XL)
        form.setVerticalSpacing(theme.S)
        form.addRow(_muted("Download"), QLabel(f"{PETS.download_bytes / 1e6:,.0f} MB"))
        form.addRow(_muted("On the disk"), QLabel(f"up to {PETS.disk_bytes / 1e9:.1f} GB while it is unpacked"))
        form.addRow(_muted("Licence"), QLabel(PETS.licence))
        link = QLabel(f'<a href="{PETS.page}" style="color:{theme.colours().accent}">{PETS.page}</a>')
        link.setOpenExternalLinks(True)
        form.addRow(_muted("From"), link)
        form.addRow(_muted("Into"), self.place)
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
