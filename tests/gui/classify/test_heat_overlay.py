"""The heat map over the large photo: on and off, of the photo and verdict that are shown, and as strong as wanted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from catdog_gui.classify.page import ClassifyPage
from catdog_gui.shell.main_window import MainWindow
from catdog_gui.shell.page_room import PageRoom
from catdog_gui.state import explainer
from catdog_gui.state.context import Context
from catdog_gui.state.error_center import ErrorCenter
from catdog_gui.widgets.latest import Latest
from tests.gui.classify.by_name import FakePredictor, drop, settled, urls
from tests.gui.seen import child, shows_photo
from tests.gui.widgets.test_like_these import NEAR
from trainer.storage.run_folder import RunFolder

Photos = Callable[..., list[Path]]


def halves(page: ClassifyPage) -> tuple[QColor, QColor]:
    """Return what is seen in the middle of the photo's left and right half."""
    preview = page.view.large.preview
    seen = preview.grab().toImage()
    y = seen.height() // 2
    return seen.pixelColor(seen.width() // 5, y), seen.pixelColor(seen.width() * 4 // 5, y)


def is_warm(colour: QColor) -> bool:
    return colour.red() > colour.blue()  # the photos are blue


def test_it_is_shown_by_a_key_and_is_of_the_class_of_the_verdict(
    page: ClassifyPage, qtbot: QtBot, photos: Photos
) -> None:
    drop(page, urls(*photos("cat 1.png", "dog 1.png")))
    settled(page, qtbot, 2)
    page.view.open(page.session.photos[0])
    large = page.view.large
    qtbot.waitUntil(lambda: shows_photo(large.preview))
    assert [is_warm(colour) for colour in halves(page)] == [False, False]
    assert not large.why.opacity.isVisible()
    qtbot.keyClick(large, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: [is_warm(colour) for colour in halves(page)] == [False, True])
    assert large.why.words.text() == "The warmer a place, the more it speaks for cat."
    strong = halves(page)[1]
    large.why.opacity.setValue(20)
    assert halves(page)[1].blue() > strong.blue()
    large.why.opacity.setValue(60)
    qtbot.keyClick(large, Qt.Key.Key_Right)  # it stays on for the next photo
    qtbot.waitUntil(lambda: [is_warm(colour) for colour in halves(page)] == [True, False])
    assert large.why.words.text() == "The warmer a place, the more it speaks for dog."
    qtbot.mouseClick(large.why.button, Qt.MouseButton.LeftButton)
    assert [is_warm(colour) for colour in halves(page)] == [False, False]
    assert not large.why.words.isVisible()
    qtbot.keyClick(large.why.button, Qt.Key.Key_Left)  # the button keeps no key for itself
    assert large.photo is page.session.photos[0]


@pytest.mark.parametrize("name", ["broken.jpg", "car.png"])
def test_a_photo_of_neither_class_and_one_that_cannot_be_read_have_none(
    page: ClassifyPage, qtbot: QtBot, photos: Photos, name: str
) -> None:
    drop(page, urls(*photos(name)))
    settled(page, qtbot, 1)
    assert not page.view.large.why.isVisible()
    qtbot.keyClick(page.view.large, Qt.Key.Key_H)
    assert not page.view.large.why.wanted


def test_where_the_photo_is_gone_a_sentence_says_so(page: ClassifyPage, qtbot: QtBot, photos: Photos) -> None:
    (path,) = photos("cat 1.png")
    drop(page, urls(path))
    settled(page, qtbot, 1)
    path.unlink()
    large = page.view.large
    large.why.button.click()
    qtbot.waitUntil(lambda: large.why.words.text().startswith("There is no such file."))
    assert large.why.words.isVisible()


def test_it_is_made_once_however_often_the_slider_moves_meanwhile(
    page: ClassifyPage, qtbot: QtBot, photos: Photos, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    real = explainer.heat_pixels

    def counted(predictor: Any, photo: Any, class_name: str) -> tuple[bytes, int]:
        made.append(class_name)
        return real(predictor, photo, class_name)

    monkeypatch.setattr(explainer, "heat_pixels", counted)
    drop(page, urls(*photos("cat 1.png")))
    settled(page, qtbot, 1)
    why = page.view.large.why
    why.button.click()
    for opacity in range(20, 80):
        why.opacity.setValue(opacity)
        QApplication.processEvents()
    qtbot.waitUntil(lambda: why.words.text().startswith("The warmer"))
    qtbot.waitUntil(lambda: not page.view.explanation.heat.findChild(Latest).busy)
    assert made == ["cat"]


@pytest.mark.parametrize("name", ["cat 1.png", "both 1.png"])
def test_the_page_does_not_scroll_in_the_smallest_window(
    context: Context, qtbot: QtBot, predictor: FakePredictor, model: Path, photos: Photos, name: str
) -> None:
    context.use_model(model)
    window = MainWindow(context, ErrorCenter())
    qtbot.addWidget(window)
    window.resize(900, 600)
    with qtbot.waitExposed(window):
        window.show()
    page = window.pages.classify
    drop(page, urls(*photos("dog 1.png", name)))
    settled(page, qtbot, 2)
    page.view.open(page.session.photos[1])
    large = page.view.large
    large.why.button.click()
    qtbot.waitUntil(lambda: large.why.words.text().startswith("The warmer"))
    qtbot.waitUntil(large.like_these.words.isVisible)
    large.like_these.show_neighbours(NEAR, ("cat", "dog"))
    assert large.like_these.row.isVisible()
    qtbot.waitUntil(lambda: child(window, PageRoom).verticalScrollBar().maximum() == 0)  # once all is laid out
    page.close_images()


def first_of(page: ClassifyPage) -> str:
    """Return the name of the training photo that is most alike, once its picture is there."""
    tiles = page.view.large.like_these.row.tiles
    first = tiles.index(0)
    return tiles.tile(first).path if tiles.rowCount() and tiles.image(first) is not None else ""


def test_a_model_of_a_run_shows_the_training_photos_that_a_photo_is_like(
    context: Context, qtbot: QtBot, finished_model: Path, drawings: Path
) -> None:
    context.use_model(finished_model)
    page = ClassifyPage(context)
    qtbot.addWidget(page)
    page.resize(900, 600)
    page.show()
    learnt = RunFolder(finished_model.parent).read_dataset().of_split("train")
    drop(page, urls(*(drawings / photo.path for photo in (learnt[0], learnt[-1]))))
    settled(page, qtbot, 2)
    large = page.view.large
    for photo, path in zip(page.session.photos, (learnt[0].path, learnt[-1].path), strict=True):
        page.view.open(photo)
        if not large.why.wanted:
            qtbot.keyClick(large, Qt.Key.Key_H)
        qtbot.waitUntil(lambda path=path: first_of(page) == path)
        tiles = large.like_these.row.tiles
        assert tiles.rowCount() == 6
        assert tiles.tile(tiles.index(0)).note == Path(path).parts[0].rstrip("s")
    qtbot.keyClick(large.like_these.row, Qt.Key.Key_H)  # the row keeps no letter for itself
    assert not large.like_these.isVisible()
    page.session.cancel()
    page.close_images()


def test_the_keys_work_at_once_after_the_first_photo(page: ClassifyPage, qtbot: QtBot, photos: Photos) -> None:
    page.activateWindow()
    drop(page, urls(*photos("cat 1.png")))
    settled(page, qtbot, 1)
    qtbot.waitUntil(page.view.large.hasFocus)


def test_the_first_of_several_photos_is_not_chosen_by_itself(page: ClassifyPage, qtbot: QtBot, photos: Photos) -> None:
    page.activateWindow()
    drop(page, urls(*photos("cat 1.png", "dog 1.png")))
    settled(page, qtbot, 2)
    assert page.view.several.selection.chosen == []
