"""Widgets beside one another, in as many lines as they need: buttons and figures whose words may be long."""

from PySide6.QtCore import QEvent, QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget


class Flow(QWidget):
    """Lays out its widgets as a text lays out words, from the right where the language is read so."""

    def __init__(self, *widgets: QWidget, spacing: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spacing = spacing
        self._widgets = widgets
        for widget in widgets:
            widget.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """All in one line."""
        sizes = [widget.sizeHint() for widget in self._shown()]
        width = sum(size.width() for size in sizes) + self._spacing * max(0, len(sizes) - 1)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest, and as high as the lines take now."""
        widest = max((widget.sizeHint().width() for widget in self._shown()), default=0)
        return QSize(widest, self.heightForWidth(max(self.width(), widest)))

    def heightForWidth(self, width: int) -> int:
        """Return the height of the lines."""
        places = self._places(width)
        return max((place.bottom() + 1 for _, place in places), default=0)

    def event(self, event: QEvent) -> bool:
        """Arrange anew when a widget is shown, hidden, or says something longer."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.LayoutDirectionChange):
            self._arrange()
            self.updateGeometry()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange anew."""
        super().resizeEvent(event)
        self._arrange()
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def _shown(self) -> list[QWidget]:
        return [widget for widget in self._widgets if not widget.isHidden()]

    def _arrange(self) -> None:
        direction = self.layoutDirection()
        for widget, place in self._places(self.width()):
            widget.setGeometry(QStyle.visualRect(direction, self.rect(), place))

    def _places(self, width: int) -> list[tuple[QWidget, QRect]]:
        places = []
        x = y = line = 0
        for widget in self._shown():
            size = widget.sizeHint()
            if x and x + size.width() > width:
                x, y, line = 0, y + line + max(self._spacing // 2, 6), 0
            places.append((widget, QRect(x, y, min(size.width(), max(width, 1)), size.height())))
            x += size.width() + self._spacing
            line = max(line, size.height())
        return places
