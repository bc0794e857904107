"""What the first page says while there is no model: how to get one, in one click."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.widgets.glyph import Glyph

_GLYPH = 72


class NoModel(QWidget):
    """Says why a model is needed, and offers two ways to get one."""

    train_wanted = Signal()
    open_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heading = QLabel(tr("Teach CatDog first"))
        heading.setProperty("role", "title")
        heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words = QLabel(
            tr(
                "There is no model yet. Show CatDog a folder of cat and dog photos, and it learns to tell them apart, "
                "all on this computer. No photos at hand? It can draw some to practise with."
            )
        )
        self.words.setProperty("role", "muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.words.setFixedWidth(460)
        self.train = QPushButton(tr("Train a model"))
        self.train.setProperty("kind", "primary")
        self.train.setProperty("size", "large")
        self.train.setIcon(theme.icon("train", "on_accent"))
        self.open = QPushButton(tr("Open a model file…"))
        self.open.setProperty("size", "large")
        self.train.clicked.connect(self.train_wanted)
        self.open.clicked.connect(self.open_wanted)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.M)
        layout.addStretch(4)
        layout.addLayout(self._animals())
        layout.addWidget(heading)
        layout.addLayout(_centred(self.words))
        layout.addSpacing(theme.S)
        layout.addLayout(self._buttons())
        layout.addStretch(5)

    def _animals(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.L)
        row.addStretch(1)
        row.addWidget(Glyph("cat", "classes:0", _GLYPH))
        row.addWidget(Glyph("dog", "classes:1", _GLYPH))
        row.addStretch(1)
        return row

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.M)
        row.addStretch(1)
        row.addWidget(self.train)
        row.addWidget(self.open)
        row.addStretch(1)
        return row


def _centred(label: QLabel) -> QHBoxLayout:
    """Put a wrapped label in the middle; aligned in a box layout, it would get the height of fewer lines."""
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(label)
    row.addStretch(1)
    return row
