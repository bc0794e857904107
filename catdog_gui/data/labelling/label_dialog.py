"""What is to be labelled: folders and photos, the two classes, and a name; or labels that were begun before."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QWidget,
)

from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.state.settings import Settings
from catdog_gui.widgets.dialog_room import dialog_column
from catdog_gui.widgets.flow import Flow
from catdog_gui.widgets.local_paths import local_paths
from trainer.core.errors import SettingError
from trainer.dataset.label_file import class_pair, find_labels, list_label_files, read_labels
from trainer.dataset.names import PHOTO_ENDINGS


class LabelDialog(QDialog):
    """`agreed` comes where the user agrees."""

    agreed = Signal(object, object, str)
    """The folders and photos, the two classes, and a name, which may be empty."""
    earlier_chosen = Signal(object)
    """The Path of labels that were begun before."""

    def __init__(self, given: Sequence[Path], settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Label photos"))
        self.setMinimumWidth(540)
        self.setAcceptDrops(True)
        self._settings = settings
        self._paths: list[Path] = []
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Folders and photos to label"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setFixedHeight(5 * self.list.fontMetrics().lineSpacing() + 2 * theme.M)
        self.add_folder = QPushButton(tr("Add a folder…"))
        self.add_folder.setIcon(theme.icon("folder"))
        self.add_folder.clicked.connect(self._choose_folder)
        self.add_photos = QPushButton(tr("Add photos…"))
        self.add_photos.setIcon(theme.icon("photos"))
        self.add_photos.clicked.connect(self._choose_photos)
        self.first, self.second, self.name = (
            _field("cat", tr("First class")),
            _field("dog", tr("Second class")),
            QLineEdit(),
        )
        self.name.setAccessibleName(tr("Name of the labels"))
        self.known = QLabel()
        self.known.setWordWrap(True)
        self.earlier = QComboBox()
        self.earlier.setAccessibleName(tr("Earlier labels"))
        self.open_earlier = QPushButton(tr("Go on with these"))
        self.open_earlier.clicked.connect(self._open_earlier)
        for path in list_label_files():
            self.earlier.addItem(path.stem, path)
        self.refusal = QLabel()
        self.refusal.setWordWrap(True)
        self.refusal.setProperty("role", "danger")
        self._lay_out()
        for field in (self.first, self.second):
            field.textChanged.connect(self._refresh)
        self.add(given)

    def add(self, paths: Sequence[Path]) -> None:
        """Add folders and photos."""
        new = [path for path in dict.fromkeys(paths) if path not in self._paths]
        self._paths += new
        self.list.addItems([str(path) for path in new])
        if self._paths:
            self.name.setPlaceholderText(self._paths[0].stem)
        self._recognise()
        self._refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        if local_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add them."""
        event.acceptProposedAction()
        self.add(local_paths(event.mimeData()))

    def _choose_folder(self) -> None:
        start = str(self._settings.last_folder("dataset"))
        name = QFileDialog.getExistingDirectory(self, tr("Choose a folder of photos"), start)
        if name:
            self._settings.remember_folder("dataset", Path(name).parent)
            self.add([Path(name)])

    def _choose_photos(self) -> None:
        endings = " ".join(f"*{ending} *{ending.upper()}" for ending in sorted(PHOTO_ENDINGS))
        start = str(self._settings.last_folder("photos"))
        names, _ = QFileDialog.getOpenFileNames(
            self, tr("Add photos"), start, f"{tr('Photos')} ({endings});;{tr('All files')} (*)"
        )
        if names:
            self._settings.remember_folder("photos", Path(names[0]).parent)
            self.add([Path(name) for name in names])

    def _recognise(self) -> None:
        """Say so where these folders were labelled before, and with which classes."""
        path = find_labels(self._paths) if self._paths else None
        self.known.setVisible(path is not None)
        for field in (self.first, self.second, self.name):
            field.setEnabled(path is None)
        if path is not None:
            self.known.setText(tr("These were labelled before, as {name}. That goes on.", name=path.stem))
            classes = read_labels(path).classes
            self.first.setText(classes[0])
            self.second.setText(classes[1])
            self.name.setText(path.stem)

    def _open_earlier(self) -> None:
        self.earlier_chosen.emit(self.earlier.currentData())
        self.accept()

    def _refresh(self) -> None:
        refusal = ""
        try:
            class_pair((self.first.text(), self.second.text()))
        except SettingError as error:
            refusal = f"{translated(error.what)} {translated(error.remedy)}"
        self.refusal.setText(refusal)
        self.refusal.setVisible(bool(refusal))
        self.go.setEnabled(bool(self._paths) and not refusal)

    def _agree(self) -> None:
        self.agreed.emit(self._paths, (self.first.text(), self.second.text()), self.name.text().strip())
        self.accept()

    def _lay_out(self) -> None:
        words = QLabel(
            tr(
                "Choose or drop folders and photos, in any order. They stay where they are, as they are: what you say "
                "of them is kept in a small file of CatDog's own."
            )
        )
        words.setWordWrap(True)
        words.setProperty("role", "muted")
        form = QFormLayout()
        form.setHorizontalSpacing(theme.XL)
        form.setVerticalSpacing(theme.M)
        form.addRow(tr("One class"), self.first)
        form.addRow(tr("The other class"), self.second)
        form.addRow(tr("Name"), self.name)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = buttons.addButton(tr("Look at the photos"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.go.setProperty("kind", "primary")
        self.go.setDefault(True)
        buttons.accepted.connect(self._agree)
        buttons.rejected.connect(self.reject)
        layout = dialog_column(self)
        layout.addWidget(words)
        layout.addWidget(self.list)
        layout.addWidget(Flow(self.add_folder, self.add_photos, spacing=theme.S))
        layout.addLayout(form)
        layout.addWidget(self.known)
        layout.addWidget(self.refusal)
        if self.earlier.count():
            title = QLabel(tr("Or go on with earlier labels"))
            title.setProperty("role", "subheading")
            layout.addWidget(title)
            layout.addWidget(Flow(self.earlier, self.open_earlier, spacing=theme.S))
        layout.addWidget(buttons)


def _field(text: str, name: str) -> QLineEdit:
    field = QLineEdit(text)
    field.setAccessibleName(name)
    field.setMaxLength(60)
    return field
