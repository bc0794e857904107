"""The manual, shown offline from resources/manual."""

import re

from PySide6.QtCore import QSize, QUrl
from PySide6.QtGui import QDesktopServices, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.look.resources import resource
from catdog_gui.widgets.dialog_room import fit_dialog

_PLACE = re.compile(r'<h[23] id="([^"]+)">')
_HEADING = re.compile(r'<h2 id="([a-z-]+)">(.*?)</h2>')
_ROW = 36


class Manual(QDialog):
    """Chapters at the left, the text at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("CatDog manual"))
        fit_dialog(self, QSize(860, 620))
        self.setSizeGripEnabled(True)
        page = resource("manual", "index.html")
        self._html = page.read_text(encoding="utf-8")
        self._anchors = [anchor for anchor, _ in _HEADING.findall(self._html)]
        self._rows: dict[str, int] = {}
        """The chapter of each anchor in the text."""
        row = -1
        for anchor in _PLACE.findall(self._html):
            row += anchor in self._anchors
            self._rows[anchor] = row
        self.chapters = QListWidget()
        self.chapters.setAccessibleName(tr("Chapters"))
        self.chapters.setFixedWidth(210)
        for _, title in _HEADING.findall(self._html):
            item = QListWidgetItem(title)
            item.setSizeHint(QSize(0, _ROW))
            self.chapters.addItem(item)
        self.chapters.setCurrentRow(0)
        self.chapters.currentRowChanged.connect(lambda row: self.go_to(self._anchors[row]))
        self.text = QTextBrowser()
        self.text.setAccessibleName(tr("Manual"))
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._follow)
        self.text.setSearchPaths([str(page.parent)])
        self.text.document().setDocumentMargin(theme.XL)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.L, theme.L, theme.L, theme.L)
        layout.setSpacing(theme.L)
        layout.addWidget(self.chapters)
        layout.addWidget(self.text, 1)
        theme.theme().changed.connect(self._show_text)
        self._show_text()

    def go_to(self, anchor: str) -> None:
        """Show a chapter, or a part of one; "" is the beginning."""
        if anchor in self._rows:
            self.chapters.blockSignals(True)
            self.chapters.setCurrentRow(self._rows[anchor])
            self.chapters.blockSignals(False)
            self.text.scrollToAnchor(anchor)
        else:
            self.text.moveCursor(QTextCursor.MoveOperation.Start)

    def _follow(self, url: QUrl) -> None:
        if url.isRelative() and url.hasFragment():
            self.go_to(url.fragment())
        else:
            QDesktopServices.openUrl(url)

    def _show_text(self) -> None:
        c = theme.colours()
        document = self.text.document()
        document.setDefaultStyleSheet(
            f"h1 {{ font-size: {theme.point_size(1.9):.1f}pt; font-weight: 600; margin-bottom: 6px; }}"
            f"h2 {{ font-size: {theme.point_size(1.35):.1f}pt; font-weight: 600; margin: 26px 0 6px 0; }}"
            f"h3 {{ font-size: {theme.point_size(1.1):.1f}pt; font-weight: 600; margin: 18px 0 4px 0; }}"
            f"p, li {{ line-height: 145%; margin-top: 6px; margin-bottom: 6px; }}"
            f"a {{ color: {c.accent}; }} .quiet {{ color: {c.muted}; }}"
            f"td, th {{ padding: 5px 18px 5px 0; }} th {{ text-align: left; color: {c.muted}; }}"
            f"kbd {{ background-color: {c.sunken}; }}"
        )
        document.setMetaInformation(QTextDocument.MetaInformation.DocumentTitle, "CatDog manual")
        document.setHtml(self._html)
