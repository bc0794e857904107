"""A field that finds words in a text: all places are marked, and one after the other is shown."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QColor, QKeyEvent, QKeySequence, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QTextBrowser, QTextEdit, QToolButton, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n


class FindBar(QWidget):
    """The keys are those of every browser: Enter or F3 goes to the next place, with Shift to the one before."""

    found = Signal(QTextCursor)
    """Another place is shown."""

    def __init__(self, text: QTextBrowser, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self._places: list[QTextCursor] = []
        self._at = 0
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Find in the manual"))
        self.field.setAccessibleName(tr("Find in the manual"))
        self.field.setClearButtonEnabled(True)
        self.field.addAction(theme.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.field.textChanged.connect(self.look_for)
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.before = self._arrow("chevron-up", tr("Previous place"), lambda: self.step(-1))
        self.next = self._arrow("chevron-down", tr("Next place"), lambda: self.step(1))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        row.addWidget(self.field, 1)
        row.addWidget(self.count)
        row.addWidget(self.before)
        row.addWidget(self.next)
        self._add_keys()
        self.look_for("")

    def begin(self) -> None:
        """Take the keyboard, and whatever is typed replaces what was looked for."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def look_for(self, words: str) -> None:
        """Mark every place with these words, and show the first that does not lie above what is in view."""
        document = self._text.document()
        self._places = []
        place = document.find(words) if words.strip() else QTextCursor()
        while not place.isNull():
            self._places.append(place)
            place = document.find(words, place)
        top = self._text.cursorForPosition(self._text.viewport().rect().topLeft()).position()
        below = (number for number, one in enumerate(self._places) if one.selectionStart() >= top)
        self._at = next(below, 0)
        self._show()

    def again(self) -> None:
        """Find the same words in the text as it is now."""
        self.look_for(self.field.text())

    def step(self, by: int) -> None:
        """Show the next place, or the one before. After the last comes the first."""
        if self._places:
            self._at = (self._at + by) % len(self._places)
            self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on with Enter, and let Escape take back what was typed before it closes the window."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape and self.field.text():
            self.field.clear()
        else:
            super().keyPressEvent(event)

    def _show(self) -> None:
        self.before.setEnabled(bool(self._places))
        self.next.setEnabled(bool(self._places))
        self.count.setText(self._counted())
        self._text.setExtraSelections([self._mark(number) for number in range(len(self._places))])
        if self._places:
            place = self._places[self._at]
            here = QTextCursor(place)
            here.setPosition(place.selectionStart())
            self._text.setTextCursor(here)  # without a selection: its marks would hide the mark of the place
            self._text.ensureCursorVisible()
            self.found.emit(here)

    def _counted(self) -> str:
        if self._places:
            return tr_n(len(self._places), "{at} of %n", "{at} of %n", at=self._at + 1)
        return tr("Not found") if self.field.text().strip() else ""

    def _mark(self, number: int) -> QTextEdit.ExtraSelection:
        c = theme.colours()
        look = QTextCharFormat()
        here = number == self._at
        look.setBackground(QColor(c.accent if here else c.accent_soft))
        look.setForeground(QColor(c.on_accent if here else c.text))
        mark = QTextEdit.ExtraSelection()
        mark.cursor, mark.format = self._places[number], look
        return mark

    def _arrow(self, icon: str, name: str, do: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setIcon(theme.icon(icon, "text"))
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.clicked.connect(do)
        return button

    def _add_keys(self) -> None:
        for keys, do in (
            (QKeySequence.StandardKey.Find, self.begin),
            (QKeySequence.StandardKey.FindNext, lambda: self.step(1)),
            (QKeySequence.StandardKey.FindPrevious, lambda: self.step(-1)),
        ):
            action = QAction(self)
            action.setShortcuts(keys)
            action.triggered.connect(do)
            self.addAction(action)
