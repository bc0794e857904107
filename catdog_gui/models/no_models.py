"""What the Models page shows before there is a model: how to get one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.glyph import Glyph


class NoModels(Card):
    """Offers to train a model or to open a model file."""

    train_requested = Signal()
    open_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        heading = QLabel(tr("No models yet"))
        heading.setProperty("role", "heading")
        words = QLabel(tr("A model appears here when a training run is done, or when you open a model file."))
        words.setProperty("role", "muted")
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        train = QPushButton(tr("Train one"))
        train.setProperty("kind", "primary")
        train.clicked.connect(self.train_requested)
        open_file = QPushButton(tr("Open a model file…"))
        open_file.clicked.connect(self.open_requested)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.S)
        buttons.addStretch(1)
        buttons.addWidget(train)
        buttons.addWidget(open_file)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(theme.M)
        column.addStretch(1)
        for widget in (Glyph("models", "faint", 48), heading):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(words)
        column.addLayout(buttons)
        column.addStretch(1)
        self.body.addLayout(column)
