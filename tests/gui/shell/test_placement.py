"""The window fits the screen, whatever was remembered, and its pages fit the window."""

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QListWidgetItem
from pytestqt.qtbot import QtBot

from catdog_gui.shell.main_window import MainWindow
from catdog_gui.shell.page_room import PageRoom
from catdog_gui.shell.page_stack import PAGES
from catdog_gui.shell.placement import fit, largest
from catdog_gui.state.context import Context
from catdog_gui.state.error_center import ErrorCenter
from tests.gui.seen import child

SCREEN = QRect(0, 0, 1366, 768)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)


@pytest.mark.parametrize(
    "window",
    [
        QRect(100, 100, 1680, 1140),  # of a larger screen
        QRect(5000, -900, 1120, 700),  # of a screen that is gone
        QRect(900, 500, 1120, 700),  # half outside
        QRect(0, 0, 1366, 768),  # without room for its title bar
    ],
)
def test_a_restored_window_is_brought_onto_the_screen_with_its_title_bar(window: QRect) -> None:
    fitted = fit(window, SCREEN)
    assert SCREEN.contains(fitted.adjusted(-4, -30, 4, 4))
    assert fitted.size() == window.size().boundedTo(largest(SCREEN))


def test_a_window_that_fits_stays_where_it_was() -> None:
    assert fit(QRect(100, 50, 900, 600), SCREEN) == QRect(100, 50, 900, 600)


def test_the_window_is_never_larger_than_the_screen(context: Context) -> None:
    room = QGuiApplication.primaryScreen().availableGeometry()
    first = MainWindow(context, ErrorCenter())
    assert first.size() == QSize(1120, 760).boundedTo(largest(room))
    assert first.minimumWidth() <= room.width()
    first.setMinimumSize(0, 0)
    first.resize(3000, 3000)
    first.show()
    first.close()
    first.deleteLater()
    second = MainWindow(context, ErrorCenter())
    assert room.contains(second.geometry())
    second.close()
    second.deleteLater()


def test_a_narrow_window_shows_icons_with_names_instead_of_words(window: MainWindow) -> None:
    window.setMinimumSize(0, 0)
    window.resize(1000, 600)
    wide = window.sidebar.width()
    assert [entry.text() for entry in entries(window)] == list(PAGES.values())
    window.resize(683, 348)
    assert window.sidebar.width() < wide / 2
    for entry, title in zip(entries(window), PAGES.values(), strict=True):
        assert (entry.text(), entry.data(_ACCESSIBLE)) == ("", title)
        assert entry.toolTip().startswith(title)


def test_a_page_without_a_scroll_area_of_its_own_can_be_scrolled(window: MainWindow, qtbot: QtBot) -> None:
    window.setMinimumSize(0, 0)
    window.resize(683, 240)
    window.show_page("models")
    page, room = window.pages.page("models"), child(window, PageRoom)
    assert page is not None
    qtbot.waitUntil(lambda: room.verticalScrollBar().maximum() > 0)
    layout = page.layout()
    assert layout is not None
    assert page.height() >= layout.minimumSize().height()
    window.resize(683, 700)
    qtbot.waitUntil(lambda: room.verticalScrollBar().maximum() == 0)
    assert page.height() == room.viewport().height()


def entries(window: MainWindow) -> list[QListWidgetItem]:
    return [window.sidebar.list.item(row) for row in range(window.sidebar.list.count())]
