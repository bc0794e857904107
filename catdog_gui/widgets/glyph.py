"""One icon as a widget, always in the theme's colour.

A role is one of the colours' names in `theme.Colours`, or "classes:0" and "classes:1".
"""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from catdog_gui.look import theme
from catdog_gui.look.icons import paint_icon


class Glyph(QWidget):
    """Decoration: its meaning is also written beside it."""

    def __init__(self, name: str, role: str = "text", side: int = 18, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self._role = name, role
        self.setFixedSize(side, side)

    def show_icon(self, name: str, role: str) -> None:
        """Show another icon, in a colour of the theme."""
        self.name, self._role = name, role
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        role, _, which = self._role.partition(":")
        colour = theme.class_colour(int(which)) if which else theme.colour(role)
        paint_icon(painter, self.name, self.rect(), colour.name())
        painter.end()
