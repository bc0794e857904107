"""What the window says for a while: in full, without covering anything, for as long as somebody reads it."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from catdog_gui.shell import page_stack
from catdog_gui.shell.main_window import MainWindow
from catdog_gui.state.context import Context
from tests.gui.pseudo import cut_off, untranslated
from tests.gui.seen import button

LONG = "CatDog closes when the best epoch is kept and tested. Close it again to skip the test. " * 2


def place(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("size", [(900, 600), (683, 384)], ids=str)
@pytest.mark.parametrize("text", ["Copied", LONG], ids=["short", "long"])
def test_it_covers_nothing_on_any_page(window: MainWindow, context: Context, size: tuple[int, int], text: str) -> None:
    window.resize(*size)
    for name in page_stack.PAGES:
        window.show_page(name)
        context.say(text)
        QApplication.processEvents()
        toast = window.toast
        assert toast.isVisible()
        assert place(window).contains(place(toast.label)), name
        assert toast.label.height() >= toast.label.heightForWidth(toast.label.width())
        shown = [one for one in window.findChildren(QAbstractButton) if one.isVisible() and not toast.isAncestorOf(one)]
        covered = [one for one in shown if place(toast).intersects(place(one).intersected(_seen(one)))]
        assert not covered, (name, covered)


def _seen(widget: QWidget) -> QRect:
    """Return the part of the screen where a widget can be seen: not below the edge of what scrolls it."""
    return widget.visibleRegion().boundingRect().translated(widget.mapToGlobal(QPoint(0, 0)))


def test_it_stays_while_the_mouse_is_over_it(
    window: MainWindow, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.toast.timer.setInterval(40)
    context.say("Copied")
    middle = QPointF(window.toast.rect().center())
    QApplication.sendEvent(window.toast, QEnterEvent(middle, middle, middle))
    assert not window.toast.timer.isActive()
    QApplication.sendEvent(window.toast, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: not window.toast.isVisible())


def test_escape_and_its_button_close_it(window: MainWindow, context: Context, qtbot: QtBot) -> None:
    context.say("Copied")
    qtbot.keyClick(window.sidebar.list, Qt.Key.Key_Escape)
    assert not window.toast.isVisible()
    context.say("Copied again")
    qtbot.mouseClick(button(window.toast, "Close this message"), Qt.MouseButton.LeftButton)
    assert not window.toast.isVisible()
    assert not window.toast.timer.isActive()


def test_it_is_ready_for_other_languages(pseudo: None, window: MainWindow, context: Context) -> None:
    window.resize(900, 600)
    context.say(LONG)
    QApplication.processEvents()
    assert untranslated(window.toast, LONG.strip(), LONG) == []
    assert cut_off(window.toast) == []
