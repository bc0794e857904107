"""Cards are taken out and come back; the menu of a card; only the list changes, never a file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from catdog_gui.classify import photo_menu
from catdog_gui.classify.page import ClassifyPage
from catdog_gui.state.context import Context
from tests.gui.classify.by_name import FakePredictor, drop, settled, urls
from tests.gui.seen import action

Photos = Callable[..., list[Path]]
NAMES = ("cat 1.png", "dog 1.png", "cat 2.png", "dog 2.png")


@pytest.fixture
def four(page: ClassifyPage, qtbot: QtBot, photos: Photos) -> list[Path]:
    paths = photos(*NAMES)
    page.add_files(paths)
    settled(page, qtbot, 4)
    return paths


def listed(page: ClassifyPage) -> list[str]:
    return [photo.name for photo in page.session.photos]


def choose(page: ClassifyPage, *rows: int) -> None:
    grid = page.view.grid
    grid.setFocus()
    grid.setCurrentIndex(page.session.photos.index(rows[0], 0))
    for row in rows[1:]:
        grid.selectionModel().select(page.session.photos.index(row, 0), grid.selectionModel().SelectionFlag.Select)


def menu_on(widget: QWidget, place: QPoint, reason: QContextMenuEvent.Reason) -> QMenu:
    QApplication.sendEvent(widget, QContextMenuEvent(reason, place, widget.mapToGlobal(place)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_delete_takes_several_out_and_undo_brings_them_back_with_their_verdicts(
    page: ClassifyPage, qtbot: QtBot, four: list[Path], predictor: FakePredictor, context: Context
) -> None:
    said: list[str] = []
    context.said.connect(said.append)
    choose(page, 0, 2)
    with qtbot.waitSignal(page.undo_changed) as changed:
        qtbot.keyClick(page.view.grid, Qt.Key.Key_Delete)
    assert changed.args == [2]
    assert listed(page) == ["dog 1.png", "dog 2.png"]
    assert said == ["2 photos were removed from the list. Ctrl+Z brings them back."]
    assert all(path.is_file() for path in four)
    assert page.view.grid.currentIndex().row() == 0
    page.undo()
    assert listed(page) == list(NAMES)
    assert [photo.verdict for photo in page.session.photos] == ["Cat", "Dog", "Cat", "Dog"]
    assert len(predictor.asked) == 4  # nothing was classified again
    assert said[-1] == "2 photos are back in the list."
    page.undo()  # there is nothing left
    assert listed(page) == list(NAMES)


def test_delete_in_the_large_view_goes_on_to_the_next(page: ClassifyPage, qtbot: QtBot, four: list[Path]) -> None:
    page.view.open(page.session.photos[1])
    qtbot.keyClick(page.view.large, Qt.Key.Key_Delete)
    assert page.view.large.name.text() == "cat 2.png"
    assert page.view.large.place.text() == "2 of 3"
    qtbot.keyClick(page.view.large.next, Qt.Key.Key_Delete)  # also where a button has the focus
    qtbot.keyClick(page.view.large, Qt.Key.Key_Delete)
    assert page.view.large.name.text() == "cat 1.png"
    qtbot.keyClick(page.view.large, Qt.Key.Key_Delete)
    assert page.zone.isVisible()
    for _ in range(4):
        page.undo()
    assert listed(page) == list(NAMES)


def test_clearing_can_be_undone(page: ClassifyPage, qtbot: QtBot, four: list[Path]) -> None:
    page.view.bar.query.order.setCurrentIndex(1)
    before = listed(page)
    qtbot.mouseClick(page.view.bar.clear, Qt.MouseButton.LeftButton)
    assert page.zone.isVisible()
    page.undo()
    assert page.view.grid.isVisible()
    assert listed(page) == before


def test_a_photo_may_be_removed_while_it_is_classified_and_be_put_back(
    page: ClassifyPage, qtbot: QtBot, photos: Photos, predictor: FakePredictor
) -> None:
    predictor.gate.clear()
    page.add_files(photos(*NAMES))
    qtbot.waitUntil(lambda: len(page.session.photos) == 4 and page.session.classifier.busy)
    choose(page, 0, 1)
    qtbot.keyClick(page.view.grid, Qt.Key.Key_Delete)
    predictor.gate.set()
    settled(page, qtbot, 2)
    assert listed(page) == ["cat 2.png", "dog 2.png"]
    page.undo()
    settled(page, qtbot, 4)
    assert listed(page) == list(NAMES)


def test_after_another_model_what_comes_back_is_classified_anew(
    page: ClassifyPage, qtbot: QtBot, four: list[Path], context: Context, predictor: FakePredictor
) -> None:
    choose(page, 0)
    qtbot.keyClick(page.view.grid, Qt.Key.Key_Delete)
    assert context.current_model is not None
    context.use_model(context.current_model)
    settled(page, qtbot, 3)
    page.undo()
    assert page.session.photos[0].prediction is None
    settled(page, qtbot, 4)
    assert len(predictor.asked) == 8


def test_a_removed_photo_that_is_opened_again_is_not_put_back_twice(
    page: ClassifyPage, qtbot: QtBot, four: list[Path]
) -> None:
    choose(page, 0)
    qtbot.keyClick(page.view.grid, Qt.Key.Key_Delete)
    drop(page, urls(four[0]))
    settled(page, qtbot, 4)
    page.undo()
    assert sorted(listed(page)) == sorted(NAMES)


def test_the_menu_of_a_card_opens_shows_copies_and_removes(
    page: ClassifyPage, qtbot: QtBot, four: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Path] = []
    monkeypatch.setattr(photo_menu, "show_in_folder", lambda path: shown.append(path) or True)
    grid = page.view.grid
    choose(page, 1)
    place = grid.visualRect(page.session.photos.index(1, 0)).center()
    menu = menu_on(grid.viewport(), place, QContextMenuEvent.Reason.Mouse)
    action(menu, "Show in folder").trigger()
    assert shown == [four[1]]
    action(menu, "Remove from the list").trigger()
    assert listed(page) == ["cat 1.png", "cat 2.png", "dog 2.png"]
    menu.close()
    menu = menu_on(grid, QPoint(), QContextMenuEvent.Reason.Keyboard)  # the card after it is current now
    action(menu, "Open large").trigger()
    menu.close()
    assert page.view.large.name.text() == "cat 2.png"
    page.view.large.next.setFocus()
    qtbot.keyClick(page.view.large.next, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    menu = QApplication.activePopupWidget()  # type: ignore[assignment]
    action(menu, "Copy").trigger()
    menu.close()
    clipboard = QGuiApplication.clipboard()
    qtbot.waitUntil(lambda: clipboard.mimeData() is not None and clipboard.mimeData().hasImage())
    mime = clipboard.mimeData()
    assert [url.toLocalFile() for url in mime.urls()] == [str(four[2])]
    assert mime.data("x-special/gnome-copied-files").data().decode() == f"copy\nfile://{four[2]}".replace(" ", "%20")
    assert mime.imageData().size().toTuple() == (40, 30)


def test_several_are_copied_as_files(page: ClassifyPage, qtbot: QtBot, four: list[Path]) -> None:
    choose(page, 0, 3)
    qtbot.keyClick(page.view.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    urls = QGuiApplication.clipboard().mimeData().urls()
    assert [url.toLocalFile() for url in urls] == [str(four[0]), str(four[3])]


def test_an_image_without_a_file_has_no_folder(page: ClassifyPage, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setImage(QImage(20, 20, QImage.Format.Format_RGB32))
    page.paste()
    settled(page, qtbot, 1)
    menu = menu_on(page.view.large, QPoint(5, 5), QContextMenuEvent.Reason.Mouse)
    assert not action(menu, "Show in folder").isEnabled()
    assert action(menu, "Remove from the list").isEnabled()
    menu.close()
