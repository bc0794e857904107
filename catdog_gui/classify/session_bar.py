"""What stands above the session's photos: how many, how they are sorted, add, clear, and the progress."""

from collections import Counter
from typing import get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from catdog_gui.classify.session.photo_list import Order, PhotoList
from catdog_gui.look import theme

_ORDERS: dict[Order, str] = {"added": "As added", "class": "By class", "probability": "By probability"}


class SessionBar(QWidget):
    """Shows how things stand, and emits what the user asks for."""

    add_wanted = Signal()
    clear_wanted = Signal()
    cancel_wanted = Signal()
    go_on_wanted = Signal()
    order_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.count.setWordWrap(True)
        self.order = QComboBox()
        self.order.addItems(list(_ORDERS.values()))
        self.order.setAccessibleName("Sort the photos")
        self.order.setToolTip("Sort the photos")
        self.order.currentIndexChanged.connect(lambda row: self.order_wanted.emit(get_args(Order)[row]))
        self.add = QPushButton("Open photos…")
        self.add.setIcon(theme.icon("plus"))
        self.add.clicked.connect(self.add_wanted)
        self.clear = QPushButton("Clear")
        self.clear.setIcon(theme.icon("trash"))
        self.clear.setToolTip("Forget these photos. The files stay where they are.")
        self.clear.clicked.connect(self.clear_wanted)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Photos classified")
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self.cancel_wanted)
        self.go_on = QPushButton("Classify the rest")
        self.go_on.clicked.connect(self.go_on_wanted)
        self.go_on.hide()
        self._arrange()
        self.show_idle()

    def show_photos(self, photos: PhotoList) -> None:
        """Count the photos and verdicts."""
        counts = Counter(photo.verdict for photo in photos if photo.prediction is not None)
        unread, unsure = counts.pop("Cannot be read", 0), counts.pop("Not sure", 0)
        parts = [f"{len(photos):,} {'photo' if len(photos) == 1 else 'photos'}"]
        parts += [f"{number:,} {verdict.lower()}" for verdict, number in sorted(counts.items())]
        if unsure:
            parts.append(f"{unsure:,} not sure")
        if unread:
            parts.append(f"{unread:,} unreadable")
        # Where the line is broken, a number stays with what it counts.
        self.count.setText("  ·  ".join(part.replace(" ", "\xa0") for part in parts))
        self.order.setVisible(len(photos) > 1)

    def show_progress(self, done: int, total: int, seconds: float) -> None:
        """Show how many of `total` photos are classified."""
        self.busy.setVisible(True)
        self.go_on.hide()
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        rate = f"  ·  {done / seconds:,.0f} a second" if done >= 32 and seconds > 0.5 else ""
        self.words.setText(f"{done:,} of {total:,}{rate}" if done else "Getting the model ready…")

    def show_idle(self, left: int = 0) -> None:
        """Show that all is done and `left` photos have no verdict."""
        self.busy.setVisible(False)
        self.go_on.setVisible(left > 0)
        self.go_on.setText("Classify it" if left == 1 else f"Classify the other {left:,}")

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.S)
        top.addWidget(self.count, 1)
        for widget in (self.go_on, self.order, self.add, self.clear):
            top.addWidget(widget)
        self.busy = QWidget()
        below = QHBoxLayout(self.busy)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(theme.M)
        below.addWidget(self.progress, 1)
        below.addWidget(self.words)
        below.addWidget(self.cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.S)
        layout.addLayout(top)
        layout.addWidget(self.busy)
