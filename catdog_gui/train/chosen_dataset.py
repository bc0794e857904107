"""The photos that the next run will learn from, or the invitation to choose some."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import number, tr
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.elided_label import ElidedLabel
from catdog_gui.widgets.glyph import Glyph
from trainer.dataset.records import Dataset


class ChosenDataset(Card):
    """One line; `choose_requested` leads to where datasets are chosen."""

    choose_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.dataset: Dataset | None = None
        self._icon = Glyph("data", "accent", 24)
        self._name = ElidedLabel()
        self._name.setProperty("role", "subheading")
        self._facts = QLabel()
        self._facts.setProperty("role", "muted")
        self._facts.setWordWrap(True)
        self.choose = QPushButton()
        self.choose.clicked.connect(self.choose_requested)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._facts)
        row = QHBoxLayout()
        row.setSpacing(theme.M)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        row.addWidget(self.choose)
        self.body.addLayout(row)
        self.show_dataset(None)

    def show_dataset(self, dataset: Dataset | None) -> None:
        """Show a dataset, or that there is none."""
        self.dataset = dataset
        theme.mark(self.choose, kind="quiet" if dataset else "primary")
        if dataset is None:
            self._name.setText(tr("Choose photos to learn from"))
            self._facts.setText(tr("Your own, practice drawings made here, or a free collection from the web."))
            self.choose.setText(tr("Choose photos"))
            return
        counts = dataset.class_counts()
        self._name.setText(dataset.name)
        self._facts.setText("   ·   ".join(f"{name}: {number(count)}" for name, count in counts.items()))
        self.choose.setText(tr("Change"))
