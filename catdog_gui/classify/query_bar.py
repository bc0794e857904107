"""Which of the session's photos are shown, in which order, and as what: the choices above them."""

from collections import Counter
from typing import Final, get_args

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from catdog_gui.classify.session.photo_list import PhotoList
from catdog_gui.classify.session.photo_query import Filter, Order
from catdog_gui.classify.session.session_photo import Kind
from catdog_gui.classify.several_photos import Look
from catdog_gui.look import theme
from catdog_gui.look.language import mark, tr
from catdog_gui.widgets.flow import Flow

_ORDERS: Final[dict[Order, str]] = {
    "added": mark("As added"),
    "class": mark("By class"),
    "probability": mark("By probability"),
    "name": mark("By name"),
    "reason": mark("By reason"),
    "folder": mark("By folder"),
}
_LOOKS: Final[dict[Look, str]] = {"grid": mark("Grid"), "table": mark("Table")}
_COUNTED: Final[dict[Filter, str]] = {
    "all": mark("All photos: {count}"),
    "unsure": mark("Not sure: {count}"),
    "unreadable": mark("Cannot be read: {count}"),
}
# Narrower, the words of the usual entries would be cut.
_FILTER_LETTERS = 16
_LEAST_SEARCH = 150


class QueryBar(QWidget):
    """Emits what the user asks for, and shows what is so."""

    filter_wanted = Signal(str)  # Filter
    order_wanted = Signal(str, bool)  # Order, reversed
    range_wanted = Signal(float, float)
    words_wanted = Signal(str)
    look_wanted = Signal(str)  # Look
    all_wanted = Signal()
    left = Signal()
    """The user is done with the search field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filter = _choice(tr("Show only some photos"))
        self.filter.addItems(["" for _ in get_args(Filter)])
        self.filter.setMinimumContentsLength(_FILTER_LETTERS)
        self.filter.currentIndexChanged.connect(lambda row: self.filter_wanted.emit(get_args(Filter)[row]))
        self.order = _choice(tr("Sort the photos"))
        self.order.addItems([tr(words) for words in _ORDERS.values()])
        self.order.currentIndexChanged.connect(self._ask_for_order)
        self.reverse = QToolButton()
        self.reverse.setCheckable(True)
        self.reverse.setIcon(theme.icon("sort"))
        self.reverse.setAccessibleName(tr("The other way round"))
        self.reverse.setToolTip(tr("The other way round"))
        self.reverse.toggled.connect(self._ask_for_order)
        self.low = _percentage(tr("Show from this probability on"), tr("Probability from {number} %"), 0)
        self.high = _percentage(tr("Show up to this probability"), tr("to {number} %"), 100)
        self.low.valueChanged.connect(self._ask_for_range)
        self.high.valueChanged.connect(self._ask_for_range)
        self.all = QPushButton(tr("Show all"))
        self.all.setProperty("kind", "quiet")
        self.all.clicked.connect(self.all_wanted)
        self.search = self._search_field()
        self.looks = QTabBar()
        self.looks.setAccessibleName(tr("Show the photos as a grid or as a table"))
        self.looks.setDrawBase(False)
        for title in _LOOKS.values():
            self.looks.addTab(tr(title))
        self.looks.currentChanged.connect(lambda place: self.look_wanted.emit(get_args(Look)[place]))
        self._arrange()

    def begin_search(self) -> None:
        """Let the user type words to search for."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def show_look(self, look: Look) -> None:
        """Show whether that is the grid or the table."""
        self.looks.blockSignals(True)
        self.looks.setCurrentIndex(get_args(Look).index(look))
        self.looks.blockSignals(False)

    def show_few(self, *, few: bool) -> None:
        """Leave out what one photo, shown large, has no use for, and give it the room."""
        for widget in (self.looks, self.search, self.low, self.high):
            widget.setHidden(few)

    def show_photos(self, photos: PhotoList, counts: Counter[Kind], names: list[str]) -> None:
        """Show what is asked for, and how many photos each filter has."""
        query = photos.query
        entries = {
            "all": tr(_COUNTED["all"], count=len(photos)),
            "first": counted(names[0], counts["first"]),
            "second": counted(names[1], counts["second"]),
            "unsure": tr(_COUNTED["unsure"], count=counts["unsure"]),
            "unreadable": tr(_COUNTED["unreadable"], count=counts["unreadable"]),
        }
        widgets = (self.filter, self.order, self.reverse, self.low, self.high, self.search)
        for widget in widgets:
            widget.blockSignals(True)
        for row, which in enumerate(get_args(Filter)):
            self.filter.setItemText(row, entries[which])
        self.filter.setCurrentIndex(get_args(Filter).index(query.kind))
        self.order.setCurrentIndex(get_args(Order).index(query.order))
        self.reverse.setChecked(query.reverse)
        self.low.setValue(100 * query.low)
        self.high.setValue(100 * query.high)
        if self.search.text() != query.words:
            self.search.setText(query.words)
        for widget in widgets:
            widget.blockSignals(False)
        self.all.setHidden(query.shows_all)

    def _ask_for_order(self) -> None:
        self.order_wanted.emit(get_args(Order)[self.order.currentIndex()], self.reverse.isChecked())

    def _ask_for_range(self) -> None:
        """Move the other end along, where the range would be empty."""
        low, high = self.low.value(), self.high.value()
        if low > high:
            low, high = (low, low) if self.sender() is self.low else (high, high)
        self.range_wanted.emit(low / 100, high / 100)

    def _search_field(self) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(tr("Search by name"))
        field.setAccessibleName(tr("Search by name"))
        key = QKeySequence(QKeySequence.StandardKey.Find).toString(QKeySequence.SequenceFormat.NativeText)
        field.setToolTip(tr("Search by name ({key})", key=key))
        field.setClearButtonEnabled(True)
        field.setMinimumWidth(_LEAST_SEARCH)
        for button in field.findChildren(QToolButton):
            button.setAccessibleName(tr("Clear the search"))
        field.textChanged.connect(self.words_wanted)
        field.returnPressed.connect(self.left)
        for pressed in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
            shortcut = QShortcut(QKeySequence(pressed), field)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(self._clear_and_leave if pressed == Qt.Key.Key_Escape else self.left)
        return field

    def _clear_and_leave(self) -> None:
        self.search.clear()
        self.left.emit()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.M)
        top.addWidget(self.looks)
        top.addWidget(self.search, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.S)
        layout.addLayout(top)
        layout.addWidget(Flow(self.filter, self.order, self.reverse, self.low, self.high, self.all, spacing=theme.S))


def counted(name: str, count: int) -> str:
    """Return how many photos are of a class."""
    return tr("{class_name}: {count}", class_name=name, count=count)


def _choice(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return box


def _percentage(name: str, sentence: str, value: float) -> QDoubleSpinBox:
    """Return a field for a percentage, in a sentence with {number} in it."""
    field = QDoubleSpinBox()
    before, _, after = sentence.partition("{number}")
    field.setPrefix(before)
    field.setSuffix(after)
    field.setDecimals(1)
    field.setRange(0, 100)
    field.setValue(value)
    field.setKeyboardTracking(False)  # else "9" would be asked for before "95"
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    field.setAccessibleName(name)
    field.setToolTip(name)
    theme.pad_field(field)
    return field
