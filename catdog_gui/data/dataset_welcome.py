"""What the Data page shows before there is a dataset: the ways to get one."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.look.words import plain_tooltip
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.elided_label import ElidedLabel
from catdog_gui.widgets.flow import Flow
from catdog_gui.widgets.glyph import Glyph
from trainer.core.dataset_choice import DatasetChoice
from trainer.dataset.pets import PETS
from trainer.files.kinds import is_file


class DatasetWelcome(QWidget):
    """Says what is needed, and offers the ways to get it."""

    folder_requested = Signal()
    two_folders_requested = Signal()
    zip_requested = Signal()
    label_requested = Signal()
    drawings_requested = Signal()
    download_requested = Signal()
    recent_requested = Signal(object)
    """The DatasetChoice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folder = self._button(tr("Choose folder…"), "folder", self.folder_requested, primary=True)
        self.two_folders = self._button(tr("Choose two folders…"), "layers", self.two_folders_requested)
        self.zip = self._button(tr("Choose zip or table…"), "zip", self.zip_requested)
        self.label = self._button(tr("Label photos…"), "pencil", self.label_requested)
        self.drawings = self._button(tr("Make practice drawings…"), "image", self.drawings_requested)
        self.download = self._button(tr("Download Oxford-IIIT Pets…"), "download", self.download_requested)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(theme.XS)
        self._recent_card = Card(tr("Recent"))
        self._recent_card.body.addLayout(self._recent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.L)
        layout.addWidget(self._own_photos())
        layout.addWidget(self._other_ways())
        layout.addWidget(self._recent_card)
        layout.addStretch(1)
        self.show_recent([])

    def show_recent(self, choices: Sequence[DatasetChoice]) -> None:
        """Offer the datasets used before."""
        while (entry := self._recent.takeAt(0)) is not None:
            widget = entry.widget()
            if widget is not None:
                widget.deleteLater()
        for choice in choices:
            self._recent.addWidget(self._recent_row(choice))
        self._recent_card.setVisible(bool(choices))

    def _own_photos(self) -> Card:
        card = Card()
        card.body.setContentsMargins(theme.XL, theme.XL, theme.XL, theme.XL)
        heading = QLabel(tr("Which photos should CatDog learn from?"))
        heading.setProperty("role", "heading")
        heading.setWordWrap(True)
        words = QLabel(
            tr(
                "A folder or zip with one folder for each class, or two folders that lie anywhere. Drop them on this "
                "page.\nAre yours in no order? Label them: CatDog suggests, and you say what is right.\nNothing is "
                "changed in them, and nothing leaves this computer."
            )
        )
        words.setWordWrap(True)
        words.setProperty("role", "muted")
        left = QVBoxLayout()
        left.setSpacing(theme.M)
        left.addWidget(heading)
        left.addWidget(words)
        left.addSpacing(theme.XS)
        left.addWidget(Flow(self.folder, self.two_folders, self.zip, self.label, spacing=theme.S))
        left.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(theme.XL)
        row.addLayout(left, 1)
        row.addWidget(_folder_example(), 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(row)
        return card

    def _other_ways(self) -> Card:
        card = Card(tr("No photos at hand?"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.L)
        grid.setVerticalSpacing(theme.M)
        for row, (button, words) in enumerate(
            (
                (self.drawings, tr("Cartoon cats and dogs, drawn on this computer in seconds. Good for a first try.")),
                (
                    self.download,
                    tr(
                        "{count} real photos of 37 breeds from the University of Oxford, free to use.",
                        count=PETS.photos,
                    ),
                ),
            )
        ):
            label = QLabel(words)
            label.setWordWrap(True)
            label.setProperty("role", "muted")
            grid.addWidget(button, row, 0)
            grid.addWidget(label, row, 1)
        grid.setColumnStretch(1, 1)
        card.body.addLayout(grid)
        return card

    def _recent_row(self, choice: DatasetChoice) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.M)
        root = Path(choice.root)
        name = self.fontMetrics().elidedText(choice.name, Qt.TextElideMode.ElideMiddle, 260)
        button = QPushButton(name.replace("&", "&&"))
        button.setIcon(theme.icon("zip" if is_file(root) else "folder", "accent"))
        button.setProperty("kind", "link")
        button.setAccessibleName(tr("Open {path}", path=recent_path(choice)))
        button.setToolTip(plain_tooltip(recent_path(choice)))
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(lambda: self.recent_requested.emit(choice))
        where = ElidedLabel(choice.root if choice.class_folders else str(root.parent))
        where.setProperty("role", "small")
        line.addWidget(button)
        line.addWidget(where, 1)
        return row

    def _button(self, text: str, icon: str, signal: object, *, primary: bool = False) -> QPushButton:
        button = QPushButton(text)
        button.setIcon(theme.icon(icon, "on_accent" if primary else "text"))
        button.setAccessibleName(text.rstrip("…"))
        if primary:
            button.setProperty("kind", "primary")
        button.clicked.connect(signal)
        return button


def recent_path(choice: DatasetChoice) -> str:
    """Return where a dataset lies: its root, or its class folders."""
    return "\n".join(str(Path(choice.root, folder)) for folder in choice.class_folders) or choice.root


def _folder_example() -> QFrame:
    """Return a small drawing of how the folders should look."""
    example = QFrame()
    example.setProperty("well", True)
    example.setAccessibleName(tr("A folder that holds a folder cats and a folder dogs"))
    grid = QGridLayout(example)
    grid.setContentsMargins(theme.L, theme.M, theme.XL, theme.M)
    grid.setHorizontalSpacing(theme.S)
    grid.setVerticalSpacing(theme.XS)
    colours = ("muted", "classes:0", "classes:1")
    for row, (name, indent, colour) in enumerate(
        zip((tr("my photos"), tr("cats"), tr("dogs")), (0, 1, 1), colours, strict=True)
    ):
        grid.addWidget(Glyph("folder", colour), row, indent)
        grid.addWidget(QLabel(name), row, indent + 1, 1, 3 - indent)
    return example
