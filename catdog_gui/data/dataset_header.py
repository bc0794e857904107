"""The name of a dataset, where it lies, and what can be done with it."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.elided_label import ElidedLabel
from catdog_gui.widgets.glyph import Glyph
from trainer.dataset.records import Dataset

_LAYOUTS = {
    "class folders": "a folder for each class",
    "split folders": "folders for train, validation and test",
    "named files": "files named after their class",
    "oxford pets": "the Oxford-IIIT Pet dataset",
}


class DatasetHeader(Card):
    """The page fills `menu` with the ways to choose another dataset."""

    train_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._icon = Glyph("folder", "accent", 28)
        self._name = ElidedLabel()
        self._name.setProperty("role", "heading")
        self._where = ElidedLabel()
        self._where.setProperty("role", "small")
        self._facts = QLabel()
        self._facts.setWordWrap(True)
        self.menu = QMenu(self)
        self.other = QPushButton("Other photos")
        self.other.setProperty("menu", True)
        self.other.setMenu(self.menu)
        self.train = QPushButton("Train with these photos")
        self.train.setProperty("kind", "primary")
        self.train.clicked.connect(self.train_requested)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._where)
        row = QHBoxLayout()
        row.setSpacing(theme.M)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        row.addWidget(self.other)
        row.addWidget(self.train)
        self.body.addLayout(row)
        self.body.addWidget(self._facts)

    def show_dataset(self, dataset: Dataset) -> None:
        """Show another dataset's name and facts."""
        root = Path(dataset.root)
        self._icon.show_icon("zip" if root.is_file() else "folder", "accent")
        self._name.setText(root.name)
        self._where.setText(str(root.parent))
        facts = [
            f"{len(dataset.photos):,} photos of {dataset.classes[0]} and {dataset.classes[1]}",
            _LAYOUTS.get(dataset.layout, dataset.layout),
        ]
        if dataset.problems:
            facts.append(f"{len(dataset.problems):,} files left out")
        if dataset.unclassified:
            facts.append(f"{dataset.unclassified:,} photos without a class left out")
        self._facts.setText("   ·   ".join(facts))
