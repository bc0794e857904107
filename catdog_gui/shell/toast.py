"""A short sentence that lies over the foot of the page for a while."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from catdog_gui.look import theme

_SHOWN_MS = 5000
_MAX_WIDTH = 560


class Toast(QFrame):
    """Never takes the focus or the mouse; the newest sentence replaces the one before."""

    def __init__(self, parent: QWidget, *, over: QWidget) -> None:
        super().__init__(parent)
        self._over = over
        self.setObjectName("toast")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._layout = layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.L, theme.M, theme.L, theme.M)
        layout.addWidget(self.label)
        self._timer = QTimer(self, interval=_SHOWN_MS, singleShot=True)
        self._timer.timeout.connect(self.hide)
        over.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        """Show a sentence."""
        self.label.setText(text)
        self._place()
        self.show()
        self.raise_()
        self._timer.start()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the foot."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        room = self._over.geometry()
        words = self.label.fontMetrics().horizontalAdvance(self.label.text()) + 2 * theme.L + 4
        width = min(words, _MAX_WIDTH, room.width() - 2 * theme.XL)
        height = self._layout.heightForWidth(width)
        x, y = room.center().x() - width // 2, room.bottom() - height - theme.L
        self.setGeometry(x, y, width, height)
