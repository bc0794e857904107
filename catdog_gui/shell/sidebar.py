"""The list of pages at the left, with the program's name above it."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

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
        self.hint = QPushButton("Unfinished run")
        self.hint.setIcon(theme.icon("train", "accent"))
        self.hint.setProperty("kind", "link")
        self.hint.setToolTip("A run was cut off before its end. Go to the Train page to continue it.")
        self.hint.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hint.clicked.connect(lambda: self.chosen.emit("train"))
        self.hint.hide()
        self.footer = QLabel()
        self.footer.setProperty("role", "small")
        self.footer.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.M, theme.L, theme.M, theme.M)
        layout.setSpacing(theme.M)
        layout.addLayout(self._brand())
        layout.addWidget(self.list, 1)
        layout.addWidget(self.hint, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.footer)

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

    def _brand(self) -> QHBoxLayout:
        name = QLabel("CatDog")
        name.setProperty("role", "heading")
        row = QHBoxLayout()
        row.setContentsMargins(theme.S, 0, 0, theme.XS)
        row.setSpacing(theme.S + 2)
        row.addWidget(Glyph("catdog", "text", 28))
        row.addWidget(name, 1)
        return row
