"""The room that the pages share: a page that needs more of it than there is can be scrolled."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget


class PageRoom(QScrollArea):
    """As large as the window allows. Most pages scroll by themselves; it is for those that do not, on small screens."""

    def __init__(self, pages: QStackedWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(_Floor(pages, self))


class _Floor(QWidget):
    """Takes no less than the page that is shown needs; the stack alone would ask for what its largest page needs."""

    def __init__(self, pages: QStackedWidget, room: QScrollArea) -> None:
        super().__init__()
        self._pages, self._room = pages, room
        pages.setParent(self)
        pages.currentChanged.connect(lambda _index: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        """Ask for what the page needs at the width that it gets."""
        page = self._pages.currentWidget()
        if page is None:
            return QSize(0, 0)
        least = page.minimumSizeHint().expandedTo(page.minimumSize())
        layout = page.layout()
        if layout is None or not layout.hasHeightForWidth():
            return least
        width = max(least.width(), self._room.viewport().width())
        return QSize(least.width(), layout.minimumHeightForWidth(width))

    def sizeHint(self) -> QSize:
        """Ask for no more than that: the room gives what it has."""
        return self.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give all of it to the pages."""
        self._pages.resize(event.size())

    def event(self, event: QEvent) -> bool:
        """Ask again when a page has changed."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().event(event)
