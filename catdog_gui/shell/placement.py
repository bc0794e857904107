"""Where the window goes: never larger than the screen that it is on, whatever was remembered."""

from PySide6.QtCore import QByteArray, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

_USUAL = QSize(1120, 760)
_SMALLEST = QSize(820, 560)
# Title bar and borders. What they take is known only once the window is there, and differs little between desktops.
_FRAME = QSize(8, 38)


def place(window: QWidget, geometry: QByteArray | None) -> None:
    """Put a window where it was (`QWidget.saveGeometry`), or give it its first size, on the screen as it is now."""
    restored = geometry is not None and window.restoreGeometry(geometry)
    screen = QGuiApplication.screenAt(window.geometry().center()) or QGuiApplication.primaryScreen()
    room = screen.availableGeometry()
    window.setMinimumSize(_SMALLEST.boundedTo(largest(room)))
    if window.isMaximized() or window.isFullScreen():
        return
    if not restored:
        window.resize(_USUAL.boundedTo(largest(room)))
        return
    fitted = fit(window.geometry(), room)
    if fitted != window.geometry():
        window.setGeometry(fitted)


def largest(room: QRect) -> QSize:
    """Return the size of the largest window, without its frame, that a screen has room for."""
    return room.size() - _FRAME


def fit(window: QRect, room: QRect) -> QRect:
    """Return a window's place (without its frame) so that all of it, with its frame, lies on the screen."""
    inner = QRect(room)
    inner.adjust(_FRAME.width() // 2, _FRAME.height() - _FRAME.width() // 2, -_FRAME.width() // 2, -_FRAME.width() // 2)
    size = window.size().boundedTo(inner.size())
    x = min(max(window.x(), inner.left()), inner.right() + 1 - size.width())
    y = min(max(window.y(), inner.top()), inner.bottom() + 1 - size.height())
    return QRect(x, y, size.width(), size.height())
