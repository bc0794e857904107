"""Where painted things go in a window that is read from right to left."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QWidget


def mirrored(widget: QWidget, place: QRectF) -> QRectF:
    """Return a place, given as if read from left to right, as the widget is read."""
    if widget.layoutDirection() == Qt.LayoutDirection.LeftToRight:
        return place
    return QRectF(widget.width() - place.right(), place.top(), place.width(), place.height())
