"""Covers a page while something is dragged over it, and says what a drop would do."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from catdog_gui.look import theme


class DropCurtain(QWidget):
    """Covers its parent; `lift` takes it away."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = parent
        self._text, self._welcome = "", True
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        parent.installEventFilter(self)
        self.hide()

    def draw_over(self, text: str, *, welcome: bool) -> None:
        """Say what a drop would do, or why it would do nothing."""
        self._text, self._welcome = text, welcome
        self.setAccessibleName(text)
        self.resize(self._page.size())
        self.raise_()
        self.show()

    def lift(self) -> None:
        """Show the page again."""
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the page."""
        if event.type() == QEvent.Type.Resize:
            self.resize(self._page.size())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(colours.accent_soft if self._welcome else colours.danger_soft)
        veil.setAlpha(235)
        painter.fillRect(self.rect(), veil)
        edge = QColor(colours.accent if self._welcome else colours.danger)
        painter.setPen(QPen(edge, 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(12, 12, -12, -12), 14, 14)
        font = self.font()
        font.setPointSizeF(theme.point_size(1.4))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(edge)
        painter.drawText(
            self.rect().adjusted(40, 40, -40, -40), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._text
        )
        painter.end()
