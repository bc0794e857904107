"""A word on the desktop when the window is not in front, by whatever means the system has."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from catdog_gui.shell import notifications
from catdog_gui.shell.notifications import Notifier


class Window(QWidget):
    """A window that is in front or not, as the test says."""

    in_front = False

    def isActiveWindow(self) -> bool:  # noqa: N802 - Qt's
        return self.in_front


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    calls: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(QProcess, "startDetached", lambda program, words: calls.append((program, words)))
    return calls


@pytest.mark.skipif(sys.platform != "linux", reason="the command is Linux's")
def test_linux_has_a_command_for_it(
    window: Window, started: list[tuple[str, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/notify-send")
    Notifier(window).notify("The training is done", "Right on 97 % of the test photos.")
    ((program, words),) = started
    assert program == "/usr/bin/notify-send"
    assert words[-2:] == ["The training is done", "Right on 97 % of the test photos."]
    icon = next(word for word in words if word.startswith("--icon="))
    assert Path(icon.removeprefix("--icon=")).is_file()


def test_a_window_in_front_says_it_itself(
    window: Window, started: list[tuple[str, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/notify-send")
    alerts: list[QWidget] = []
    monkeypatch.setattr(QApplication, "alert", alerts.append)
    window.in_front = True
    notifier = Notifier(window)
    notifier.notify("The training is done", "")
    assert started == []
    assert alerts == []
    window.in_front = False
    notifier.notify("The training is done", "")
    assert alerts == [window]


def test_elsewhere_the_tray_shows_it(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[str, str]] = []
    monkeypatch.setattr("shutil.which", lambda _name: None)
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _self: None)
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _self, title, text, *_: shown.append((title, text)))
    monkeypatch.setattr(notifications, "_SHOWN_MS", 0)
    Notifier(window).notify("The training failed", "The disk is full.")
    assert shown == [("The training failed", "The disk is full.")]
