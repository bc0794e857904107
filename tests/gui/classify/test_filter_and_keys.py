"""Only some photos are shown; the keys page through them in the direction of reading, and the focus is always seen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from catdog_gui.classify.page import ClassifyPage
from catdog_gui.look import theme
from tests.gui.classify.by_name import FakePredictor, settled

Photos = Callable[..., list[Path]]


@pytest.fixture
def six(page: ClassifyPage, qtbot: QtBot, photos: Photos) -> ClassifyPage:
    page.add_files(photos("cat 1.png", "dog 1.png", "car.png", "broken.jpg", "dog 2.png", "dog 3.png"))
    settled(page, qtbot, 6)
    return page


def shown(page: ClassifyPage) -> list[str]:
    return [photo.name for photo in page.session.photos.shown]


def test_each_filter_has_its_count_and_shows_its_photos(six: ClassifyPage) -> None:
    box = six.view.bar.query.filter
    assert [box.itemText(row) for row in range(box.count())] == [
        "All photos: 6",
        "Cat: 1",
        "Dog: 3",
        "Not sure: 1",
        "Cannot be read: 1",
    ]
    expected = [["cat 1.png"], ["dog 1.png", "dog 2.png", "dog 3.png"], ["car.png"], ["broken.jpg"]]
    for row, names in enumerate(expected, start=1):
        box.setCurrentIndex(row)
        assert shown(six) == names
    box.setCurrentIndex(0)
    assert len(shown(six)) == 6


def test_an_empty_result_says_so(page: ClassifyPage, qtbot: QtBot, photos: Photos) -> None:
    page.add_files(photos("cat 1.png", "cat 2.png"))
    settled(page, qtbot, 2)
    for row, words in (
        (2, "No photo is of the class Dog."),
        (3, "There is no photo on which the model is not sure."),
        (4, "Every photo could be read."),
        (0, ""),
    ):
        page.view.bar.query.filter.setCurrentIndex(row)
        assert page.view.grid.accessibleDescription() == words


def test_the_large_view_pages_within_the_filter(six: ClassifyPage, qtbot: QtBot) -> None:
    six.view.bar.query.filter.setCurrentIndex(2)
    six.view.open(six.session.photos.shown[0])
    large = six.view.large
    assert large.place.text() == "1 of 3"
    qtbot.keyClick(large, Qt.Key.Key_Right)
    assert (large.name.text(), large.place.text()) == ("dog 2.png", "2 of 3")


def test_verdicts_bring_photos_into_the_filter(
    page: ClassifyPage, qtbot: QtBot, photos: Photos, predictor: FakePredictor
) -> None:
    predictor.gate.clear()
    page.add_files(photos("cat 1.png", "dog 1.png", "dog 2.png"))
    qtbot.waitUntil(lambda: len(page.session.photos) == 3)
    page.view.bar.query.filter.setCurrentIndex(2)
    assert page.view.grid.accessibleDescription().startswith("Nothing yet.")
    predictor.gate.set()
    settled(page, qtbot, 3)
    qtbot.waitUntil(lambda: shown(page) == ["dog 1.png", "dog 2.png"])


@pytest.mark.parametrize("focus", ["large", "next", "previous", "back"])
def test_the_arrow_keys_page_whatever_has_the_focus(six: ClassifyPage, qtbot: QtBot, focus: str) -> None:
    large = six.view.large
    six.view.open(six.session.photos[2])
    widget: QWidget = large if focus == "large" else getattr(large, focus)
    widget.setFocus()
    qtbot.keyClick(widget, Qt.Key.Key_Right)
    assert large.place.text() == "4 of 6"
    assert widget.hasFocus()
    qtbot.keyClick(widget, Qt.Key.Key_Left)
    qtbot.keyClick(widget, Qt.Key.Key_Left)
    assert large.place.text() == "2 of 6"


def test_the_arrow_keys_follow_the_direction_of_reading(six: ClassifyPage, qtbot: QtBot) -> None:
    six.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    six.view.open(six.session.photos[2])
    qtbot.keyClick(six.view.large, Qt.Key.Key_Left)
    assert six.view.large.place.text() == "4 of 6"
    qtbot.keyClick(six.view.large, Qt.Key.Key_Right)
    qtbot.keyClick(six.view.large, Qt.Key.Key_Right)
    assert six.view.large.place.text() == "2 of 6"


def test_home_and_end_go_to_the_first_and_the_last_photo_that_are_shown(six: ClassifyPage, qtbot: QtBot) -> None:
    six.view.bar.query.filter.setCurrentIndex(2)
    large = six.view.large
    six.view.open(six.session.photos.shown[1])
    qtbot.keyClick(large, Qt.Key.Key_End)
    assert (large.name.text(), large.place.text()) == ("dog 3.png", "3 of 3")
    large.previous.setFocus()
    qtbot.keyClick(large.previous, Qt.Key.Key_Home)
    assert (large.name.text(), large.place.text()) == ("dog 1.png", "1 of 3")


def test_at_the_last_photo_the_keyboard_is_not_lost(six: ClassifyPage, qtbot: QtBot) -> None:
    six.view.open(six.session.photos[4])
    six.view.large.next.setFocus()
    qtbot.keyClick(six.view.large.next, Qt.Key.Key_Space)
    assert not six.view.large.next.isEnabled()
    assert six.view.large.hasFocus()


@pytest.mark.parametrize("choice", ["light", "dark"])
@pytest.mark.parametrize("large", [False, True], ids=["grid", "large"])
def test_every_tab_stop_shows_the_focus(
    six: ClassifyPage, qapp: QApplication, qtbot: QtBot, choice: theme.ThemeChoice, *, large: bool
) -> None:
    theme.apply(qapp, choice)
    if large:
        six.view.open(six.session.photos[1])
    six.activateWindow()
    qtbot.waitUntil(six.isActiveWindow)
    six.chooser.setFocus(Qt.FocusReason.TabFocusReason)
    stops: list[QWidget] = []
    while (widget := QApplication.focusWidget()) is not None and widget not in stops:
        stops.append(widget)
        assert changed(six, widget) > 60, widget
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    bar, query = six.view.bar, six.view.bar.query
    assert {six.chooser, bar.add, bar.clear, bar.more, query.filter, query.order, query.reverse} <= set(stops)
    of_many = {query.looks, query.search, query.low, query.high}
    assert of_many & set(stops) == (set() if large else of_many)
    assert (six.view.large if large else six.view.grid) in stops


def changed(page: ClassifyPage, widget: QWidget) -> int:
    """Return how many pixels of a page look otherwise while a widget has the focus."""
    focused = picture(page)
    widget.clearFocus()
    plain = picture(page)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    return sum(
        focused.pixel(x, y) != plain.pixel(x, y) for x in range(0, focused.width(), 2) for y in range(focused.height())
    )


def picture(page: ClassifyPage) -> QImage:
    QApplication.processEvents()
    return page.grab().toImage()
