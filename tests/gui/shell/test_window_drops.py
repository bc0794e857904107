"""A model file may be dropped on every page; photos and folders go to the page that is for them."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from catdog_gui.data.page import DataPage
from catdog_gui.shell.main_window import MainWindow
from catdog_gui.shell.page_stack import PAGES
from catdog_gui.state.context import Context, PageName
from catdog_gui.widgets.model_question import ModelQuestion
from tests.gui.seen import child

COPY = Qt.DropAction.CopyAction


def urls(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drag_over(widget: QWidget, mime: QMimeData) -> None:
    button, key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QDragEnterEvent(QPoint(50, 50), COPY, mime, button, key))


def let_go(widget: QWidget, mime: QMimeData) -> None:
    button, key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QDropEvent(QPointF(50, 50), COPY, mime, button, key))


def shown(window: MainWindow, name: PageName) -> QWidget:
    window.show_page(name)
    page = window.pages.page(name)
    assert page is not None
    return page


def taker(window: MainWindow, page: QWidget) -> QWidget:
    """Return what Qt sends the drag to: the page, or the window where the page takes no drops."""
    return page if page.acceptDrops() else window


@pytest.mark.parametrize("name", PAGES)
def test_a_model_may_be_dropped_on_every_page(
    window: MainWindow, context: Context, finished_model: Path, tmp_path: Path, name: PageName
) -> None:
    other = tmp_path / "mine.safetensors"
    shutil.copy(finished_model, other)
    context.use_model(finished_model)
    page = shown(window, name)
    target = taker(window, page)
    drag_over(target, urls(other))
    assert window.drops.overlay.isVisible()
    assert window.drops.overlay.heading.text() == "Drop to open the model mine.safetensors"
    let_go(target, urls(other))
    assert not window.drops.overlay.isVisible()
    question = child(window, ModelQuestion)
    assert context.current_model == finished_model  # asked first
    question.use.click()
    assert context.current_model == other


def test_what_leaves_again_leaves_nothing(window: MainWindow, finished_model: Path) -> None:
    page = shown(window, "models")
    drag_over(taker(window, page), urls(finished_model))
    QApplication.sendEvent(taker(window, page), QDragLeaveEvent())
    assert not window.drops.overlay.isVisible()


@pytest.mark.parametrize("name", ["train", "models"])
def test_photos_go_to_the_page_that_classifies(
    window: MainWindow, drawings: Path, name: PageName, qtbot: QtBot
) -> None:
    photos = sorted(drawings.rglob("*.jpg"))[:2]
    page = shown(window, name)
    target = taker(window, page)
    drag_over(target, urls(*photos))
    assert window.drops.overlay.heading.text() == "Drop to classify these 2"
    let_go(target, urls(*photos))
    assert window.pages.current_name == "classify"
    session = window.pages.classify.session
    qtbot.waitUntil(lambda: len(session.photos) == 2)


def test_a_folder_on_train_is_opened_as_a_dataset(
    window: MainWindow, context: Context, drawings: Path, qtbot: QtBot
) -> None:
    page = shown(window, "train")
    drag_over(taker(window, page), urls(drawings))
    assert window.drops.overlay.heading.text() == f"Drop to open the photos in {drawings.name}"
    let_go(taker(window, page), urls(drawings))
    assert window.pages.current_name == "data"
    qtbot.waitUntil(lambda: context.current_dataset is not None, timeout=10_000)
    data = window.pages.page("data")
    assert isinstance(data, DataPage)
    data.view.close_photos()


@pytest.mark.parametrize(("name", "words"), [("classify", "Drop to classify"), ("data", "photos in")])
def test_a_page_keeps_its_own_drops(
    window: MainWindow, context: Context, finished_model: Path, drawings: Path, name: PageName, words: str
) -> None:
    context.use_model(finished_model)
    page = shown(window, name)
    drag_over(page, urls(drawings))
    assert not window.drops.overlay.isVisible()
    if isinstance(page, DataPage):
        assert page.curtain.isVisible()
    else:
        assert words in window.pages.classify.zone.heading.text()
    QApplication.sendEvent(page, QDragLeaveEvent())


def test_what_means_nothing_is_not_taken(window: MainWindow, tmp_path: Path) -> None:
    note = tmp_path / "notes.pdf"
    note.write_bytes(b"%PDF")
    shown(window, "models")
    mime = urls(note)  # an event does not keep it
    event = QDragEnterEvent(QPoint(50, 50), COPY, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(window, event)
    assert not event.isAccepted()


@pytest.mark.parametrize("ending", [".safetensors", ".jpg", ""])
def test_names_too_long_for_the_system_may_be_dragged_over_every_page(
    window: MainWindow, tmp_path: Path, ending: str
) -> None:
    mime = urls(tmp_path / f"{'n' * 300}{ending}")
    for name in PAGES:
        drag_over(shown(window, name), mime)
        drag_over(window, mime)
