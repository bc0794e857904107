"""The progress of work on many photos, with a button to cancel it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.widgets.card import Card


class WorkBar(Card):
    """Hidden until `begin`, and again after `end`."""

    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._what = QLabel()
        self._what.setProperty("role", "subheading")
        self._numbers = QLabel()
        self._numbers.setProperty("role", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self._on_cancel)
        words = QHBoxLayout()
        words.addWidget(self._what)
        words.addStretch(1)
        words.addWidget(self._numbers)
        left = QVBoxLayout()
        left.setSpacing(theme.S)
        left.addLayout(words)
        left.addWidget(self.bar)
        row = QHBoxLayout()
        row.setSpacing(theme.L)
        row.addLayout(left, 1)
        row.addWidget(self.cancel)
        self.body.addLayout(row)
        self.hide()

    def begin(self, what: str) -> None:
        """Show what is being done, before it is known how much there is to do."""
        self._what.setText(what)
        self._numbers.clear()
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(what)
        self.cancel.setEnabled(True)
        self.show()

    def advance(self, done: int, total: int, unit: str = "photos") -> None:
        """Show how far it is. An empty unit shows percent."""
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)
        share = f"{done / max(total, 1):.0%}".replace("%", " %")
        self._numbers.setText(f"{done:,} of {total:,} {unit}" if unit else share)

    def end(self) -> None:
        """Hide: the work is over."""
        self.hide()
        self.bar.reset()

    def _on_cancel(self) -> None:
        self.cancel.setEnabled(False)
        self._numbers.setText("stopping…")
        self.cancel_requested.emit()
