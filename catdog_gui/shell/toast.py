"""A short sentence that is shown for a while at the foot of the window, below the page: it covers nothing."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QEnterEvent, QHideEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr

_SHOWN_MS = 5000
_MAX_WIDTH = 560


class Toast(QWidget):
    """The newest sentence replaces the one before. It stays while the mouse is over it; Escape closes it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.close_button = QToolButton()
        self.close_button.setIcon(theme.icon("close", "window"))
        self.close_button.setToolTip(tr("Close (Esc)"))
        self.close_button.setAccessibleName(tr("Close this message"))
        self.close_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it goes away by itself; the key is Escape
        self.close_button.clicked.connect(self.hide)
        frame = QFrame()
        frame.setObjectName("toast")
        inner = QHBoxLayout(frame)
        inner.setContentsMargins(theme.L, theme.S, theme.S, theme.S)
        inner.addWidget(self.label)
        inner.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._around = inner.contentsMargins().left() + inner.contentsMargins().right() + inner.spacing()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme.S, 0, 0)
        row.addStretch()
        row.addWidget(frame)
        row.addStretch()
        self.timer = QTimer(self, interval=_SHOWN_MS, singleShot=True)
        self.timer.timeout.connect(self.hide)
        window.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        """Show a sentence."""
        self.label.setText(text)
        self._fit(self.width())
        self.show()
        self.timer.start()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def minimumSizeHint(self) -> QSize:
        """Need no width: the sentence takes more lines where there is little."""
        return QSize(0, super().minimumSizeHint().height())

    def enterEvent(self, event: QEnterEvent) -> None:
        """Leave time to read."""
        self.timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Go away a while after the mouse."""
        if self.isVisible():
            self.timer.start()
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        self._fit(event.size().width())
        super().resizeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close on an Escape that nothing else in the window wanted."""
        key = event.key() if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        if key == Qt.Key.Key_Escape and self.isVisible():
            self.hide()
            return True
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop counting."""
        self.timer.stop()
        super().hideEvent(event)

    def _fit(self, room: int) -> None:
        if not self.label.text():  # a label without words has no height
            return
        words = self.label.fontMetrics().horizontalAdvance(self.label.text()) + 4
        around = self._around + self.close_button.sizeHint().width()
        width = max(1, min(words, _MAX_WIDTH, room - around))
        self.label.setFixedSize(width, max(0, self.label.heightForWidth(width)))
