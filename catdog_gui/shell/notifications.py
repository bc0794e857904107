"""Notifications on the desktop while the window is not in front."""

import shutil
import sys

from PySide6.QtCore import QObject, QProcess, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from catdog_gui.look.resources import resource

_SHOWN_MS = 10_000


class Notifier(QObject):
    """Shows notifications the way the system has for them; where it has none, the taskbar entry asks for attention."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._tray: QSystemTrayIcon | None = None

    def notify(self, title: str, text: str) -> None:
        """Tell the user, unless the window is in front anyway."""
        if self._window.isActiveWindow():
            return
        QApplication.alert(self._window)
        if sys.platform.startswith("linux"):
            program = shutil.which("notify-send")
            if program:
                icon = str(resource("icons", "catdog.svg"))
                QProcess.startDetached(program, ["--app-name=CatDog", f"--icon={icon}", title, text])
                return
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            self._show_in_tray(title, text)

    def _show_in_tray(self, title: str, text: str) -> None:
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._window.windowIcon(), self)
            self._tray.messageClicked.connect(self._raise_window)
        self._tray.show()
        self._tray.showMessage(title, text, self._window.windowIcon(), _SHOWN_MS)
        # Windows takes the message away with its icon, so that goes last.
        QTimer.singleShot(_SHOWN_MS, self._tray, self._tray.hide)

    def _raise_window(self) -> None:
        self._window.showNormal()
        self._window.raise_()
        self._window.activateWindow()
