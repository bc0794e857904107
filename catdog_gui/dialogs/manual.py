"""The manual, shown offline from resources/manual."""

import re

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from catdog_gui.dialogs.find_bar import FindBar
from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.look.resources import resource
from catdog_gui.widgets.dialog_room import fit_dialog

_PLACE = re.compile(r'<h[23] id="([^"]+)">')
_HEADING = re.compile(r'<h2 id="([a-z-]+)">(.*?)</h2>')
_ROW = 36
_PICTURE_WIDTH = 520


class Manual(QDialog):
    """Chapters at the left, the text at the right with a field above it that finds words in it."""

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
        self.text = _Text()
        self.text.setAccessibleName(tr("Manual"))
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._follow)
        self.text.setSearchPaths([str(page.parent)])
        self.text.document().setDocumentMargin(theme.XL)
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # text and pictures fit
        self.find_bar = FindBar(self.text)
        self.find_bar.found.connect(self._mark_chapter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.L, theme.L, theme.L, theme.L)
        layout.setSpacing(theme.L)
        layout.addWidget(self.chapters)
        right = QVBoxLayout()
        right.setSpacing(theme.S)
        right.addWidget(self.find_bar)
        right.addWidget(self.text, 1)
        layout.addLayout(right, 1)
        theme.theme().changed.connect(self._show_text)
        self._show_text()
        self.go_to("")

    def go_to(self, anchor: str) -> None:
        """Show a chapter, or a part of one; "" is the beginning."""
        if anchor in self._rows:
            self._mark_row(self._rows[anchor])
            self.text.scrollToAnchor(anchor)
        else:
            self.text.moveCursor(QTextCursor.MoveOperation.Start)

    def _mark_chapter(self, place: QTextCursor) -> None:
        """Mark the chapter that a place in the text belongs to."""
        block = place.block()
        while block.isValid():
            names = block.begin().fragment().charFormat().anchorNames() if block.length() > 1 else []
            known = [name for name in names if name in self._rows]
            if known:
                self._mark_row(self._rows[known[0]])
                return
            block = block.previous()

    def _mark_row(self, row: int) -> None:
        self.chapters.blockSignals(True)
        self.chapters.setCurrentRow(row)
        self.chapters.blockSignals(False)

    def _follow(self, url: QUrl) -> None:
        if url.isRelative() and url.hasFragment():
            self.go_to(url.fragment())
        else:
            QDesktopServices.openUrl(url)

    def _show_text(self) -> None:
        c = theme.colours()
        document = self.text.document()
        # Inter has no bold: its heaviest weight is 600, and Qt would smear a 700 of its own.
        document.setDefaultStyleSheet(
            f"h1 {{ font-size: {theme.point_size(1.9):.1f}pt; font-weight: 600; margin-bottom: 6px; }}"
            f"h2 {{ font-size: {theme.point_size(1.35):.1f}pt; font-weight: 600; margin: 26px 0 6px 0; }}"
            f"h3 {{ font-size: {theme.point_size(1.1):.1f}pt; font-weight: 600; margin: 18px 0 4px 0; }}"
            f"b, th {{ font-weight: 600; }}"
            f"p, li {{ line-height: 145%; margin-top: 6px; margin-bottom: 6px; }}"
            f"p.picture {{ line-height: 100%; margin-top: 14px; margin-bottom: 14px; }}"
            f"a {{ color: {c.accent}; }} .quiet {{ color: {c.muted}; }}"
            f"td, th {{ padding: 5px 18px 5px 0; }} th {{ text-align: left; color: {c.muted}; }}"
            f"kbd {{ background-color: {c.sunken}; }}"
        )
        document.setMetaInformation(QTextDocument.MetaInformation.DocumentTitle, tr("CatDog manual"))
        scrolled = self.text.verticalScrollBar().value()
        document.setHtml(self._html)
        self.find_bar.again()
        self.text.verticalScrollBar().setValue(scrolled)


class _Text(QTextBrowser):
    """Shows each picture as the window looks in the theme at hand, as sharp as the screen can."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Return the picture of that name, and anything else as Qt does."""
        if kind != QTextDocument.ResourceType.ImageResource:
            return super().loadResource(kind, name)
        base = QUrl(name).fileName().removesuffix(".webp")
        picture = QImage(str(resource("manual", f"{base}-{'dark' if theme.colours().dark else 'light'}.webp")))
        ratio = self.devicePixelRatioF()
        picture = picture.scaledToWidth(round(_PICTURE_WIDTH * ratio), Qt.TransformationMode.SmoothTransformation)
        picture.setDevicePixelRatio(ratio)
        return picture
