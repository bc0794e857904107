"""What a user sees of a widget: its words, its buttons, its pictures."""

from typing import TypeVar

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from catdog_gui.look import theme

_W = TypeVar("_W", bound=QWidget)


def texts(widget: QWidget) -> list[str]:
    """Return the labels' texts that are in sight, from the first to the last that was made."""
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]


def button(widget: QWidget, text: str) -> QAbstractButton:
    """Return the one button with this text, or this name for screen readers."""
    found = [one for one in widget.findChildren(QAbstractButton) if text in (one.text(), one.accessibleName())]
    assert len(found) == 1, (text, found)
    return found[0]


def child(widget: QWidget, kind: type[_W]) -> _W:
    """Return the one widget of this kind that is inside, or belongs to, another and is in sight."""
    found = [one for one in widget.findChildren(kind) if one.isVisible()]
    assert len(found) == 1, (kind, found)
    return found[0]


def action(widget: QWidget, text: str) -> QAction:
    """Return the one menu entry with this text."""
    found = [entry for entry in widget.findChildren(QAction) if entry.text().replace("&", "") == text]
    assert len(found) == 1, text
    return found[0]


def shows_photo(preview: QWidget) -> bool:
    """Say whether a preview shows a photo, and not the sunken surface with an icon that stands in for one."""
    image = preview.grab().toImage()
    room = preview.rect().adjusted(24, 24, -24, -24)  # inside the round corners
    ratio = image.devicePixelRatio()
    middle = room.center()
    around = [room.topLeft(), room.bottomRight(), QPoint(room.left(), middle.y()), QPoint(middle.x(), room.top())]
    return any(image.pixelColor(place * ratio) != QColor(theme.colours().sunken) for place in around)
