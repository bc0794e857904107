"""A stack that needs the room of what it shows, and not of all that it could show."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QWidget


class CurrentStack(QStackedWidget):
    """Qt's own takes the largest of its widgets, and their usual height where that depends on the width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(lambda _index: self.updateGeometry())

    def sizeHint(self) -> QSize:
        """Ask for what the current widget would like."""
        current = self.currentWidget()
        return current.sizeHint() if current is not None else QSize()

    def minimumSizeHint(self) -> QSize:
        """Ask for what the current widget needs."""
        current = self.currentWidget()
        return current.minimumSizeHint() if current is not None else QSize()

    def hasHeightForWidth(self) -> bool:
        """Tell whether the current widget holds words that may take more lines."""
        current = self.currentWidget()
        layout = current.layout() if current is not None else None
        return layout is not None and layout.hasHeightForWidth()

    def heightForWidth(self, width: int) -> int:
        """Ask for what the current widget needs at this width."""
        current = self.currentWidget()
        layout = current.layout() if current is not None else None
        return layout.minimumHeightForWidth(width) if layout is not None else -1
