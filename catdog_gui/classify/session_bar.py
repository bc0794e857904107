"""What stands above the session's photos: how many, which are shown and how sorted, add, clear, and the progress."""

from collections import Counter
from typing import Final, get_args

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from catdog_gui.classify.session.photo_list import Filter, Order, PhotoList
from catdog_gui.classify.session.session_photo import Kind
from catdog_gui.look import theme
from catdog_gui.look.language import mark, tr, tr_n
from catdog_gui.look.words import photo_count

_ORDERS: Final[dict[Order, str]] = {
    "added": mark("As added"),
    "class": mark("By class"),
    "probability": mark("By probability"),
}
_COUNTED: Final[dict[Filter, str]] = {
    "all": mark("All photos: {count}"),
    "unsure": mark("Not sure: {count}"),
    "unreadable": mark("Cannot be read: {count}"),
}
# Narrower, the words of the usual entries would be cut.
_FILTER_LETTERS = 16


class SessionBar(QWidget):
    """Shows how things stand, and emits what the user asks for."""

    add_wanted = Signal()
    clear_wanted = Signal()
    cancel_wanted = Signal()
    go_on_wanted = Signal()
    order_wanted = Signal(str)  # Order
    filter_wanted = Signal(str)  # Filter

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.count.setWordWrap(True)
        self.filter = self._choice(tr("Show only some photos"))
        self.filter.addItems(["" for _ in get_args(Filter)])
        self.filter.setMinimumContentsLength(_FILTER_LETTERS)
        self.filter.currentIndexChanged.connect(lambda row: self.filter_wanted.emit(get_args(Filter)[row]))
        self.order = self._choice(tr("Sort the photos"))
        self.order.addItems([tr(words) for words in _ORDERS.values()])
        self.order.currentIndexChanged.connect(lambda row: self.order_wanted.emit(get_args(Order)[row]))
        self.add = QPushButton(tr("Open photos…"))
        self.add.setIcon(theme.icon("plus"))
        self.add.clicked.connect(self.add_wanted)
        self.clear = QPushButton(tr("Clear"))
        self.clear.setIcon(theme.icon("trash"))
        self.clear.setToolTip(tr("Remove all photos from the list. The files stay where they are."))
        self.clear.clicked.connect(self.clear_wanted)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("Photos classified"))
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.clicked.connect(self.cancel_wanted)
        self.go_on = QPushButton(tr("Classify the rest"))
        self.go_on.clicked.connect(self.go_on_wanted)
        self.go_on.hide()
        self._arrange()
        self.show_idle()

    def show_photos(self, photos: PhotoList) -> None:
        """Count the photos and verdicts, and show which photos are to be seen."""
        counts = photos.counts()
        names = [name.capitalize() for name in photos.classes]
        parts = [photo_count(len(photos))]
        for name, count in zip(names, (counts["first"], counts["second"]), strict=True):
            if count:
                parts.append(_counted(name, count))
        if counts["unsure"]:
            parts.append(tr("Not sure: {count}", count=counts["unsure"]))
        if counts["unreadable"]:
            parts.append(tr("Cannot be read: {count}", count=counts["unreadable"]))
        # Where the line is broken, a number stays with what it counts.
        self.count.setText("  ·  ".join(part.replace(" ", "\xa0") for part in parts))
        for box in (self.filter, self.order):
            box.setVisible(len(photos) > 1)
        self._show_filter(photos, counts, names)

    def show_progress(self, done: int, total: int, seconds: float) -> None:
        """Show how many of `total` photos are classified."""
        self.busy.setVisible(True)
        self.go_on.hide()
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        if not done:
            self.words.setText(tr("Getting the model ready…"))
        elif done >= 32 and seconds > 0.5:
            rate = round(done / seconds)
            self.words.setText(tr("{done} of {total}  ·  {rate} a second", done=done, total=total, rate=rate))
        else:
            self.words.setText(tr("{done} of {total}", done=done, total=total))

    def show_idle(self, left: int = 0) -> None:
        """Show that all is done and `left` photos have no verdict."""
        self.busy.setVisible(False)
        self.go_on.setVisible(left > 0)
        self.go_on.setText(tr_n(left, "Classify it", "Classify the other %n"))

    def _show_filter(self, photos: PhotoList, counts: Counter[Kind], names: list[str]) -> None:
        entries = {
            "all": tr(_COUNTED["all"], count=len(photos)),
            "first": _counted(names[0], counts["first"]),
            "second": _counted(names[1], counts["second"]),
            "unsure": tr(_COUNTED["unsure"], count=counts["unsure"]),
            "unreadable": tr(_COUNTED["unreadable"], count=counts["unreadable"]),
        }
        self.filter.blockSignals(True)
        for row, which in enumerate(get_args(Filter)):
            self.filter.setItemText(row, entries[which])
        self.filter.setCurrentIndex(get_args(Filter).index(photos.filter))
        self.filter.blockSignals(False)

    def _choice(self, name: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return box

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.S)
        top.addWidget(self.count, 1)
        for widget in (self.add, self.clear):
            top.addWidget(widget)
        middle = QHBoxLayout()
        middle.setSpacing(theme.S)
        middle.addWidget(self.filter)
        middle.addWidget(self.order)
        middle.addStretch(1)
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
        layout.addLayout(middle)
        layout.addWidget(self.busy)
        layout.addWidget(self.go_on, 0, Qt.AlignmentFlag.AlignLeft)


def _counted(name: str, count: int) -> str:
    return tr("{class_name}: {count}", class_name=name, count=count)
