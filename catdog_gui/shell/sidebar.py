"""The list of pages beside them, with the program's name above it."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import mark, tr
from catdog_gui.state.context import PageName
from catdog_gui.widgets.glyph import Glyph

_WIDTH, _NARROW_WIDTH = 184, 68
_ROW = 42
_HINT = mark("Unfinished run")
_HINT_EDGE = 38
"""What the hint needs beside its words: its icon, and the room around them."""


class Sidebar(QWidget):
    """Emits the name of the page that the user chooses."""

    chosen = Signal(str)

    def __init__(self, pages: Mapping[PageName, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: list[str] = list(pages)
        self._titles = [tr(title) for title in pages.values()]
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.list = QListWidget()
        self.list.setObjectName("pages")
        self.list.setAccessibleName(tr("Pages"))
        self.list.setIconSize(QSize(20, 20))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for number, (name, title) in enumerate(zip(self._names, self._titles, strict=True), start=1):
            item = QListWidgetItem(theme.icon(name, "muted", "accent"), title)
            item.setSizeHint(QSize(0, _ROW))
            item.setToolTip(tr("{page} ({keys})", page=title, keys=f"Ctrl+{number}"))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, title)
            self.list.addItem(item)
        self.list.currentRowChanged.connect(lambda row: self.chosen.emit(self._names[row]))
        self.hint = QPushButton(tr(_HINT))
        self.hint.setAccessibleName(tr(_HINT))
        self.hint.setIcon(theme.icon("train", "accent"))
        self.hint.setProperty("kind", "link")
        self.hint.setToolTip(tr("A run was cut off before its end. Go to the Train page to continue it."))
        self.hint.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hint.clicked.connect(lambda: self.chosen.emit("train"))
        self.hint.hide()
        self.footer = QLabel()
        self.footer.setProperty("role", "small")
        self.footer.setWordWrap(True)
        self._name = QLabel("CatDog")
        self._arrange()
        self.show_narrow(narrow=False)

    def show_narrow(self, *, narrow: bool) -> None:
        """Show icons alone, or with their words. Tooltips and screen readers have the words either way."""
        self.setFixedWidth(_NARROW_WIDTH if narrow else max(_WIDTH, self._widest()))
        for row, title in enumerate(self._titles):
            self.list.item(row).setText("" if narrow else title)
        room = self.width() - 2 * theme.M - _HINT_EDGE
        words = self.hint.fontMetrics().elidedText(tr(_HINT), Qt.TextElideMode.ElideRight, room)
        self.hint.setText("" if narrow else words)
        self._name.setVisible(not narrow)
        self.footer.setVisible(not narrow)

    def show_current(self, name: str) -> None:
        """Mark a page as the one that is shown, without choosing it again."""
        self.list.blockSignals(True)
        self.list.setCurrentRow(self._names.index(name))
        self.list.blockSignals(False)
        if name == "train":
            self.hint.hide()

    def hint_at_run(self, shown: bool) -> None:  # noqa: FBT001 - a signal carries it
        """Hint at the interrupted run that the Train page offers to continue, unless that page is shown already."""
        self.hint.setVisible(shown and self._names[self.list.currentRow()] != "train")

    def _widest(self) -> int:
        """Return the width that the longest title needs, which differs with the language."""
        letters = self.list.fontMetrics()
        return max(letters.horizontalAdvance(title) for title in self._titles) + 20 + 5 * theme.M

    def _arrange(self) -> None:
        self._name.setProperty("role", "heading")
        brand = QHBoxLayout()
        brand.setContentsMargins(theme.S, 0, 0, theme.XS)
        brand.setSpacing(theme.S + 2)
        brand.addWidget(Glyph("catdog", "text", 28))
        brand.addWidget(self._name)
        brand.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.M, theme.L, theme.M, theme.M)
        layout.setSpacing(theme.M)
        layout.addLayout(brand)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.hint, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(self.footer)
