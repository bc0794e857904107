"""The list of pages at the left, with the program's name above it."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.state.context import PageName
from catdog_gui.widgets.glyph import Glyph

_WIDTH = 184
_ROW = 42


class Sidebar(QWidget):
    """Emits the name of the page that the user chooses."""

    chosen = Signal(str)

    def __init__(self, pages: Mapping[PageName, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: list[str] = list(pages)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(_WIDTH)
        self.list = QListWidget()
        self.list.setObjectName("pages")
        self.list.setAccessibleName("Pages")
        self.list.setIconSize(QSize(20, 20))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for number, (name, title) in enumerate(pages.items(), start=1):
            item = QListWidgetItem(theme.icon(name, "muted", "accent"), title)
            item.setSizeHint(QSize(_WIDTH - 30, _ROW))
            item.setToolTip(f"{title} (Ctrl+{number})")
            self.list.addItem(item)
        self.list.currentRowChanged.connect(lambda row: self.chosen.emit(self._names[row]))
        self.footer = QLabel()
        self.footer.setProperty("role", "small")
        self.footer.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.M, theme.L, theme.M, theme.M)
        layout.setSpacing(theme.M)
        layout.addLayout(self._brand())
        layout.addWidget(self.list, 1)
        layout.addWidget(self.footer)

    def show_current(self, name: str) -> None:
        """Mark a page as the one that is shown, without choosing it again."""
        self.list.blockSignals(True)
        self.list.setCurrentRow(self._names.index(name))
        self.list.blockSignals(False)

    def _brand(self) -> QHBoxLayout:
        name = QLabel("CatDog")
        name.setProperty("role", "heading")
        row = QHBoxLayout()
        row.setContentsMargins(theme.S, 0, 0, theme.XS)
        row.setSpacing(theme.S + 2)
        row.addWidget(Glyph("catdog", "text", 28))
        row.addWidget(name, 1)
        return row
