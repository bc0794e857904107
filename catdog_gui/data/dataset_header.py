"""The name of a dataset, where it lies, and what can be done with it."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import mark, tr, tr_n
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.elided_label import ElidedLabel
from catdog_gui.widgets.flow import Flow
from catdog_gui.widgets.glyph import Glyph
from trainer.dataset.records import Dataset

_LAYOUTS = {
    "class folders": mark("a folder for each class"),
    "split folders": mark("folders for train, validation and test"),
    "named files": mark("files named after their class"),
    "oxford pets": mark("the Oxford-IIIT Pet dataset"),
    "labels": mark("labelled in CatDog"),
    "table": mark("a table of paths and classes"),
}
_ICONS = {"labels": "pencil", "table": "grid"}


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
        self.other = QPushButton(tr("Other photos"))
        self.other.setProperty("menu", True)
        self.other.setMenu(self.menu)
        self.train = QPushButton(tr("Train with these photos"))
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
        row.addWidget(Flow(self.other, self.train, spacing=theme.S))
        self.body.addLayout(row)
        self.body.addWidget(self._facts)

    def show_dataset(self, dataset: Dataset) -> None:
        """Show another dataset's name and facts."""
        root = Path(dataset.root)
        self._icon.show_icon(_ICONS.get(dataset.layout, "zip" if root.is_file() else "folder"), "accent")
        self._name.setText(dataset.name)
        self._where.setText(str(root if dataset.class_folders else root.parent))
        first, second = dataset.classes
        facts = [
            tr_n(
                len(dataset.photos),
                "%n photo: {first} and {second}",
                "%n photos: {first} and {second}",
                first=first,
                second=second,
            ),
            tr(_LAYOUTS.get(dataset.layout, dataset.layout)),
        ]
        problems, without, left_out = len(dataset.problems), dataset.unclassified, len(dataset.left_out)
        if problems:
            facts.append(tr_n(problems, "%n file cannot be used", "%n files cannot be used"))
        if without:
            facts.append(tr_n(without, "%n photo has no class", "%n photos have no class"))
        if left_out:
            facts.append(tr_n(left_out, "%n photo left out by you", "%n photos left out by you"))
        self._facts.setText("   ·   ".join(facts))
