"""The progress of work on many photos, with a button to cancel it."""

from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n
from catdog_gui.look.words import percent
from catdog_gui.widgets.card import Card

Unit = Literal["photos", "MB", ""]


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
        self.bar.setAccessibleName(tr("Progress"))
        self.cancel = QPushButton(tr("Cancel"))
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

    def advance(self, done: int, total: int, unit: Unit = "photos") -> None:
        """Show how far it is. No unit shows percent."""
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)
        self._numbers.setText(_share(done, total, unit))

    def end(self) -> None:
        """Hide: the work is over."""
        self.hide()
        self.bar.reset()

    def _on_cancel(self) -> None:
        self.cancel.setEnabled(False)
        self._numbers.setText(tr("stopping…"))
        self.cancel_requested.emit()


def _share(done: int, total: int, unit: Unit) -> str:
    if unit == "photos":
        return tr_n(total, "{done} of %n photo", "{done} of %n photos", done=done)
    if unit == "MB":
        return tr("{done} of {total} MB", done=done, total=total)
    return percent(done / max(total, 1))
