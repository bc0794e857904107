"""Verdicts on the first page: one photo large, many in a grid, not sure, the starter model, order, progress."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from catdog_gui.classify.page import ClassifyPage
from catdog_gui.classify.photo_card import nearest_words
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.look import theme
from catdog_gui.state.context import Context
from catdog_gui.widgets.photos import image_memory
from catdog_gui.widgets.photos.images import Unreadable, load_thumbnail
from tests.gui.classify.by_name import FakePredictor, counted, drop, settled, urls
from tests.gui.seen import shows_photo


def test_without_a_model_the_page_says_how_to_get_one_in_one_click(context: Context, qtbot: QtBot) -> None:
    page = ClassifyPage(context)
    qtbot.addWidget(page)
    page.show()
    assert page.stack.currentWidget() is page.no_model
    with qtbot.waitSignal(context.page_requested) as asked:
        qtbot.mouseClick(page.no_model.train, Qt.MouseButton.LeftButton)
    assert asked.args == ["data"]
    assert "No model" in page.chooser.text()


def test_one_photo_is_shown_large_with_verdict_probability_and_time(
    page: ClassifyPage, qtbot: QtBot, photos: Callable[..., list[Path]]
) -> None:
    assert page.stack.currentWidget() is page.zone
    drop(page, urls(*photos("my dog.jpg")))
    settled(page, qtbot, 1)
    large = page.view.large
    assert large.isVisible()
    assert large.verdict.text() == "Dog"
    assert large.percent.text() == "97.0 %"
    assert (large.first.text(), large.second.text()) == ("Cat 3.0\xa0%", "Dog 97.0\xa0%")
    assert large.name.text() == "my dog.jpg"
    assert large.time.text().startswith("Took ")
    assert not large.next.isVisible()
    qtbot.waitUntil(lambda: shows_photo(large.preview))


def test_a_large_photo_takes_what_room_there_is_and_asks_for_none(
    page: ClassifyPage, qtbot: QtBot, photos: Callable[..., list[Path]]
) -> None:
    drop(page, urls(*photos("dog 1.png", "cat 1.png")))
    settled(page, qtbot, 2)
    page.view.open(page.session.photos[0])
    large = page.view.large
    assert large.preview.height() > 320  # it takes what there is,
    assert large.heightForWidth(650) <= large.minimumSizeHint().height()  # and needs no more than the words beside it


def test_several_fill_the_grid_and_one_that_cannot_be_read_has_its_reason(
    page: ClassifyPage, qtbot: QtBot, photos: Callable[..., list[Path]]
) -> None:
    drop(page, urls(*photos("cat 1.png", "dog 1.png", "broken.jpg")))
    settled(page, qtbot, 3)
    assert page.view.grid.isVisible()
    assert counted(page) == "3 photos  ·  Cat: 1  ·  Dog: 1  ·  Cannot be read: 1"
    broken = page.session.photos[2]
    assert broken.reason.startswith("This photo is cut off")
    page.view.open(broken)
    assert page.view.large.verdict.text() == "Unreadable"
    assert page.view.large.reason.text() == broken.reason
    assert not page.view.large.bar.isVisible()


def test_more_photos_than_memory_has_room_for_are_not_loaded_again_and_again(
    page: ClassifyPage, qtbot: QtBot, photos: Callable[..., list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[object] = []

    def load(source: Path | QImage, side: int) -> QImage | Unreadable:
        loaded.append(source)
        return load_thumbnail(source, side)

    monkeypatch.setattr("catdog_gui.classify.several_photos.load_thumbnail", load)
    monkeypatch.setattr(image_memory.SHARED, "limit_bytes", 1)
    page.add_files(photos(*(f"cat {number}.png" for number in range(6))))
    settled(page, qtbot, 6)
    qtbot.waitUntil(lambda: len(set(loaded)) == 6)
    with pytest.raises(qtbot.TimeoutError):
        qtbot.waitUntil(lambda: len(loaded) > 60, timeout=500)


def test_not_sure_is_counted_by_itself_and_looks_like_no_verdict(
    page: ClassifyPage, qtbot: QtBot, photos: Callable[..., list[Path]]
) -> None:
    page.add_files(photos("cat.png", "car.png", "both.png", "dog.png", "broken.jpg"))
    settled(page, qtbot, 5)
    assert counted(page) == "5 photos  ·  Cat: 1  ·  Dog: 1  ·  Not sure: 2  ·  Cannot be read: 1"
    page.view.bar.query.order.setCurrentIndex(2)
    assert [photo.name for photo in page.session.photos] == ["dog.png", "cat.png", "both.png", "car.png", "broken.jpg"]
    large = page.view.large
    page.view.open(page.session.photos[3])
    assert large.verdict.text() == "Not sure"
    assert theme.colours().muted in large.verdict.styleSheet()
    assert large.reason.text() == "Neither cat nor dog, as far as it can tell."
    assert not large.nearest.isVisible()  # "nearest: dog > 99 %" under a car would contradict it
    for sure in (large.percent, large.bar, large.first, large.second):
        assert not sure.isVisible()
    assert large.accessibleName() == f"car.png: Not sure. {large.reason.text()}"
    qtbot.keyClick(large, Qt.Key.Key_Left)
    assert (large.nearest.text(), large.nearest.isVisible()) == ("Nearest: dog 70 %", True)
    assert large.accessibleName() == f"both.png: Not sure. {large.reason.text()} Nearest: dog 70 %"
    qtbot.keyClick(large, Qt.Key.Key_Left)
    assert large.percent.isVisible()
    assert large.bar.isVisible()
    assert not large.nearest.isVisible()
    assert not large.reason.isVisible()


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_a_card_that_is_not_sure_has_no_classs_colour(
    page: ClassifyPage, qapp: QApplication, qtbot: QtBot, photos: Callable[..., list[Path]], choice: theme.ThemeChoice
) -> None:
    theme.apply(qapp, choice)
    page.add_files(photos("car.png", "dog.png"))
    settled(page, qtbot, 2)
    grid = page.view.grid
    image = grid.viewport().grab().toImage()
    ratio = image.devicePixelRatio()

    def coloured(row: int) -> int:
        place = grid.visualRect(page.session.photos.index(row, 0))
        wanted = {QColor(name).rgb() for name in theme.colours().classes}
        return sum(
            image.pixel(round(x * ratio), round(y * ratio)) in wanted
            for x in range(place.left(), place.right())
            for y in range(place.top() + 140, place.bottom())  # below the photo
        )

    assert coloured(0) == 0
    assert coloured(1) > 50


def test_on_a_narrow_card_the_probability_is_what_is_left(qapp: QApplication) -> None:
    photo = SessionPhoto(0, "both.png", Path("/both.png"), FakePredictor().verdict("both.png"))
    metrics = QFontMetrics(qapp.font())
    assert nearest_words(photo, metrics, 400) == "nearest: dog 70 %"
    assert nearest_words(photo, metrics, metrics.horizontalAdvance("dog 70 %") + 4) == "dog 70 %"
    assert nearest_words(photo, metrics, metrics.horizontalAdvance("…70 %") + 2).endswith("70 %")


def test_the_starter_model_is_the_default_and_says_where_it_is_from(
    context: Context, starter: Path, predictor: FakePredictor, qtbot: QtBot, photos: Callable[..., list[Path]]
) -> None:
    page = ClassifyPage(context)
    qtbot.addWidget(page)
    page.show()
    assert page.stack.currentWidget() is page.zone
    assert page.chooser.text() == "Starter model"
    assert "Comes with CatDog" in page.chooser.toolTip()
    assert "comes with CatDog" in page.zone.hint.text()
    page.prepare()  # after the first paint its file is looked at
    assert "on 12 test photos" in page.chooser.toolTip()
    assert page.chooser.toolTip().endswith("Comes with CatDog")
    page.add_files(photos("dog.png"))
    settled(page, qtbot, 1)
    assert page.view.large.verdict.text() == "Dog"
    page.close_images()


def test_a_model_of_ones_own_takes_the_starter_models_place_until_it_is_gone(
    context: Context, starter: Path, finished_model: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    page = ClassifyPage(context)
    qtbot.addWidget(page)
    own = tmp_path / "own.safetensors"
    shutil.copy(finished_model, own)
    context.use_model(own)
    assert page.chooser.text() == "own"
    assert "comes with CatDog" not in page.zone.hint.text()
    assert Context(context.settings).current_model == own
    with qtbot.waitSignal(context.model_changed) as changed:
        context.use_model(starter)
    assert changed.args == [starter]
    assert page.chooser.text() == "Starter model"
    assert context.settings.current_model is None  # the next version's starter model may lie elsewhere
    context.use_model(own)
    own.unlink()
    assert context.current_model == starter


def test_a_click_opens_a_card_and_the_arrow_keys_go_on(
    page: ClassifyPage, qtbot: QtBot, photos: Callable[..., list[Path]]
) -> None:
    page.add_files(photos("cat 1.png", "dog 1.png", "cat 2.png"))
    settled(page, qtbot, 3)
    grid, large = page.view.grid, page.view.large
    place = grid.visualRect(page.session.photos.index(1, 0)).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert large.isVisible()
    assert large.name.text() == "dog 1.png"
    assert large.place.text() == "2 of 3"
    qtbot.keyClick(large, Qt.Key.Key_Right)
    assert large.name.text() == "cat 2.png"
    qtbot.keyClick(large, Qt.Key.Key_Right)
    assert large.name.text() == "cat 2.png"
    assert not large.next.isEnabled()
    qtbot.keyClick(large, Qt.Key.Key_Left)
    qtbot.keyClick(large, Qt.Key.Key_Left)
    assert large.name.text() == "cat 1.png"
    qtbot.keyClick(large, Qt.Key.Key_Escape)
    assert grid.isVisible()
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert large.isVisible()


def test_sorting_by_class_and_probability(page: ClassifyPage, qtbot: QtBot, photos: Callable[..., list[Path]]) -> None:
    page.add_files(photos("dog 1.png", "cat 1.png", "dog 2.png", "broken.jpg"))
    settled(page, qtbot, 4)
    shown = lambda: [photo.name for photo in page.session.photos]  # noqa: E731
    page.view.bar.query.order.setCurrentIndex(1)
    assert shown() == ["cat 1.png", "dog 1.png", "dog 2.png", "broken.jpg"]
    page.view.bar.query.order.setCurrentIndex(2)
    assert shown() == ["dog 1.png", "dog 2.png", "cat 1.png", "broken.jpg"]
    page.view.bar.query.order.setCurrentIndex(0)
    assert shown() == ["dog 1.png", "cat 1.png", "dog 2.png", "broken.jpg"]


def test_progress_cancel_and_classifying_the_rest(
    page: ClassifyPage, predictor: FakePredictor, qtbot: QtBot, photos: Callable[..., list[Path]]
) -> None:
    predictor.gate.clear()
    bar = page.view.bar
    page.add_files(photos(*(f"cat {number}.png" for number in range(40))))
    qtbot.waitUntil(bar.busy.isVisible)
    qtbot.mouseClick(bar.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.session.classifier.busy)
    assert bar.busy.isHidden()
    assert bar.go_on.isVisible()
    assert bar.go_on.text() == "Classify the other 40"
    predictor.gate.set()
    qtbot.mouseClick(bar.go_on, Qt.MouseButton.LeftButton)
    settled(page, qtbot, 40)
    assert bar.go_on.isHidden()
