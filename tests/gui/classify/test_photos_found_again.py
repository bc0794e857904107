"""Whatever is opened is found: new photos are gone to and marked, and those that were there already too."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from catdog_gui.classify.page import ClassifyPage
from catdog_gui.classify.session.photo_list import Role
from catdog_gui.state.context import Context
from tests.gui.classify.by_name import FakePredictor, drop, settled, urls

Photos = Callable[..., list[Path]]


@pytest.fixture
def said(context: Context) -> list[str]:
    words: list[str] = []
    context.said.connect(words.append)
    return words


@pytest.fixture
def full(page: ClassifyPage, qtbot: QtBot, photos: Photos) -> list[Path]:
    """Forty photos on the page, more than are in sight, scrolled to the first."""
    paths = photos(*(f"many/cat {number:02}.png" for number in range(40)))
    page.add_files([paths[0].parent])
    settled(page, qtbot, 40)
    assert page.view.grid.isVisible()
    assert marks(page) == {}  # on an empty page nothing has to be found
    return paths


def marks(page: ClassifyPage) -> dict[str, str]:
    """The marked photos that are shown, with their marks."""
    photos = page.session.photos
    found = {photo.name: str(photos.row_of(photo).data(Role.MARK)) for photo in photos.shown}
    return {name: mark for name, mark in found.items() if mark}


def in_sight(page: ClassifyPage, name: str) -> bool:
    grid, photos = page.view.grid, page.session.photos
    (photo,) = [photo for photo in photos if photo.name == name]
    return grid.isVisible() and grid.viewport().rect().contains(grid.visualRect(photos.row_of(photo)).center())


def test_several_new_ones_are_scrolled_to_selected_and_marked_until_the_next_action(
    page: ClassifyPage, qtbot: QtBot, photos: Photos, full: list[Path]
) -> None:
    drop(page, urls(*photos("dog 1.png", "dog 2.png")))
    settled(page, qtbot, 42)
    assert in_sight(page, "dog 1.png")
    assert page.view.grid.currentIndex().data(Role.PHOTO).name == "dog 1.png"
    assert marks(page) == {"dog 1.png": "New", "dog 2.png": "New"}
    spoken = page.view.grid.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("New. dog 1.png")
    qtbot.keyClick(page.view.grid, Qt.Key.Key_Right)
    assert marks(page) == {}


def test_one_alone_opens_large_and_is_found_in_the_grid(
    page: ClassifyPage, qtbot: QtBot, photos: Photos, full: list[Path]
) -> None:
    drop(page, urls(*photos("dog.png")))
    settled(page, qtbot, 41)
    assert page.view.large.isVisible()
    assert page.view.large.name.text() == "dog.png"
    assert page.view.large.place.text() == "41 of 41"
    qtbot.keyClick(page.view.large, Qt.Key.Key_Escape)
    assert in_sight(page, "dog.png")


def test_a_photo_that_was_opened_makes_way_for_several_new_ones(
    page: ClassifyPage, qtbot: QtBot, photos: Photos, full: list[Path]
) -> None:
    page.view.open(page.session.photos[3])
    drop(page, urls(*photos("dog 1.png", "dog 2.png")))
    settled(page, qtbot, 42)
    assert in_sight(page, "dog 1.png")


def test_a_photo_that_comes_again_is_no_second_card(
    page: ClassifyPage, qtbot: QtBot, full: list[Path], said: list[str]
) -> None:
    page.view.grid.scrollToTop()
    drop(page, urls(full[39]))
    qtbot.waitUntil(lambda: said == ["Already here: 1 photo"])
    assert len(page.session.photos) == 40
    assert page.view.large.name.text() == "cat 39.png"
    qtbot.keyClick(page.view.large, Qt.Key.Key_Escape)
    assert in_sight(page, "cat 39.png")


def test_a_folder_that_comes_again_brings_what_is_new_in_it(
    page: ClassifyPage, qtbot: QtBot, photos: Photos, full: list[Path], said: list[str]
) -> None:
    drop(page, urls(full[0].parent))
    qtbot.waitUntil(lambda: said == ["Already here: 40 photos"])
    assert set(marks(page).values()) == {"Already here"}
    assert in_sight(page, "cat 00.png")
    photos("many/dog.png")
    (full[0].parent.parent / "link").symlink_to(full[0].parent)  # the same photos by another way
    drop(page, urls(full[0].parent.parent / "link"))
    settled(page, qtbot, 41)
    assert said[-1] == "Already here: 40 photos. New: 1"
    assert len(page.session.photos) == 41
    assert in_sight(page, "dog.png")
    assert marks(page) == {"dog.png": "New"}


def test_an_image_without_a_file_is_known_by_its_pixels(
    page: ClassifyPage, qtbot: QtBot, full: list[Path], said: list[str]
) -> None:
    for colour, number in ((0x226644, 41), (0x226644, 41), (0x664422, 42)):
        image = QImage(20, 20, QImage.Format.Format_RGB32)
        image.fill(colour)
        QGuiApplication.clipboard().setImage(image)
        page.paste()
        settled(page, qtbot, number)
    assert [photo.name for photo in page.session.photos][-2:] == ["Photo 1", "Photo 2"]
    assert said == ["Already here: 1 photo"]


def test_a_filter_that_would_hide_what_is_opened_is_lifted(
    page: ClassifyPage, qtbot: QtBot, photos: Photos, full: list[Path]
) -> None:
    page.view.show_only("second")
    drop(page, urls(*photos("cat a.png", "cat b.png")))
    settled(page, qtbot, 42)
    assert page.session.photos.query.kind == "all"
    assert in_sight(page, "cat a.png")
    page.view.show_only("second")
    drop(page, urls(full[5], full[6]))
    qtbot.waitUntil(lambda: len(marks(page)) == 2)
    assert in_sight(page, "cat 05.png")


def test_what_came_in_stays_in_sight_while_verdicts_sort_it(
    page: ClassifyPage, qtbot: QtBot, photos: Photos, full: list[Path]
) -> None:
    page.view.bar.query.order.setCurrentIndex(1)
    drop(page, urls(*photos("dog 1.png", "cat 41.png")))
    settled(page, qtbot, 42)
    assert page.session.photos.shown[0].name == "cat 00.png"
    assert in_sight(page, "dog 1.png")


def test_what_came_in_stays_in_sight_until_someone_scrolls(
    page: ClassifyPage, qtbot: QtBot, photos: Photos, full: list[Path]
) -> None:
    drop(page, urls(*photos("dog 1.png", "dog 2.png")))
    settled(page, qtbot, 42)
    page.resize(716, 500)
    qtbot.waitUntil(lambda: in_sight(page, "dog 1.png"))
    bar = page.view.grid.verticalScrollBar()
    bar.triggerAction(bar.SliderAction.SliderToMinimum)
    page.resize(716, 560)
    with pytest.raises(qtbot.TimeoutError):
        qtbot.waitUntil(lambda: in_sight(page, "dog 1.png"), timeout=300)


def test_ten_thousand_that_come_again_are_found_quickly(
    page: ClassifyPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    session = page.session
    monkeypatch.setattr(session.classifier, "classify", lambda _questions: None)
    (tmp_path / "many").mkdir()
    for number in range(10_000):
        (tmp_path / "many" / f"{number}.jpg").touch()
    drop(page, urls(tmp_path / "many"))
    qtbot.waitUntil(lambda: len(session.photos) == 10_000, timeout=20_000)
    for photo in session.photos:
        verdict = FakePredictor().verdict("dog" if photo.number % 2 else "cat")
        session.photos.set_verdict(photo.number, verdict, ("cat", "dog"), 0.01)
    began = time.process_time()
    for which in ("first", "second", "all"):
        page.view.show_only(which)
    page.view.bar.query.order.setCurrentIndex(1)
    (tmp_path / "many" / "new.jpg").touch()
    drop(page, urls(tmp_path / "many"))
    qtbot.waitUntil(lambda: said == ["Already here: 10,000 photos. New: 1"], timeout=20_000)
    session.remove(session.photos.shown[::2])
    session.undo()
    assert time.process_time() - began < 10  # a second or so; a quadratic way takes minutes
    assert page.view.grid.currentIndex().isValid()
