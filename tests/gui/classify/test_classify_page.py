"""The first page, with a model that answers by the photo's name."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QFontMetrics, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from catdog_gui import worker
from catdog_gui.classify import classifier
from catdog_gui.classify.page import ClassifyPage
from catdog_gui.classify.photo_card import _nearest
from catdog_gui.classify.photo_list import SessionPhoto
from catdog_gui.look import theme
from catdog_gui.state.context import Context
from catdog_gui.widgets.photos import image_memory
from catdog_gui.widgets.photos.images import Unreadable, load_thumbnail
from tests.gui.seen import shows_photo
from trainer.core.errors import CancelledError, ModelFileError
from trainer.core.results import ErrorRecord, Prediction
from trainer.hardware.parallel import CHUNK


class FakePredictor:
    """Says dog where the name has "dog" in it; "broken" cannot be read, "car" is neither; other images are cats."""

    description = SimpleNamespace(classes=("cat", "dog"))

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.gate = threading.Event()
        self.gate.set()

    def predict(self, photos: Iterable[Path | bytes], *, cancelled: Callable[[], bool]) -> Iterator[Prediction]:
        for photo in photos:
            while not self.gate.wait(0.01):
                if cancelled():
                    raise CancelledError("Cancelled.")
            self.asked.append(photo)
            yield self.verdict(photo.name if isinstance(photo, Path) else "")

    def verdict(self, name: str) -> Prediction:
        if "broken" in name:
            error = "is cut off: copy it again from the camera or the web"
            return Prediction(path=name, class_name=None, probability=None, probabilities=None, error=error)
        if "car" in name:
            shares, why = {"cat": 0.004, "dog": 0.996}, "It is unlike the photos that the model learnt from."
            return Prediction(
                path=name, class_name=None, probability=0.996, probabilities=shares, nearest_class="dog", reason=why
            )
        dog = 0.97 if "dog" in name else 0.2
        kind = "dog" if dog > 0.5 else "cat"
        return Prediction(path=name, class_name=kind, probability=dog, probabilities={"cat": 1 - dog, "dog": dog})


@pytest.fixture
def predictor(monkeypatch: pytest.MonkeyPatch) -> FakePredictor:
    predictor = FakePredictor()
    monkeypatch.setattr(classifier, "load_predictor", lambda *_args, **_kwargs: predictor)
    return predictor


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"")
    return file


@pytest.fixture
def page(
    context: Context, qtbot: QtBot, predictor: FakePredictor, model: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ClassifyPage]:
    monkeypatch.setenv("CATDOG_HOME", str(model.parent / "home"))
    monkeypatch.setattr("trainer.storage.model_list.describe_model", fake_entry)
    context.use_model(model)
    page = ClassifyPage(context)
    qtbot.addWidget(page)
    page.resize(900, 600)
    page.show()
    yield page
    predictor.gate.set()
    page.session.cancel()
    page.close_images()
    qtbot.waitUntil(lambda: not page.session.classifier.busy)


def fake_entry(path: Path) -> SimpleNamespace:
    description = SimpleNamespace(origin=SimpleNamespace(created="2026-01-02T03:04:05+00:00"))
    return SimpleNamespace(path=path, title=path.stem, description=description, accuracy=0.97, is_starter=False)


@pytest.fixture
def photos(tmp_path: Path) -> Callable[..., list[Path]]:
    def make(*names: str) -> list[Path]:
        paths = [tmp_path / name for name in names]
        for path in paths:
            image = QImage(40, 30, QImage.Format.Format_RGB32)
            image.fill(0x3366AA)
            if "broken" in path.name:
                path.write_bytes(b"\xff\xd8\xff")
            else:
                image.save(str(path))
        return paths

    return make


def settled(page: ClassifyPage, qtbot: QtBot, number: int) -> None:
    """Wait until so many photos have a verdict."""
    done = lambda: sum(photo.prediction is not None for photo in page.session.photos) == number  # noqa: E731
    qtbot.waitUntil(lambda: done() and not page.session.classifier.busy, timeout=10_000)


def counted(page: ClassifyPage) -> str:
    """Return what the bar above the photos counts."""
    return page.view.bar.count.text().replace("\xa0", " ")


def urls(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def hover(widget: QWidget, mime: QMimeData) -> QDragEnterEvent:
    event = QDragEnterEvent(
        QPoint(50, 50), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)
    return event


def drop(widget: QWidget, mime: QMimeData) -> QDropEvent:
    hover(widget, mime)
    event = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)
    return event


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
    assert (large.first.text(), large.second.text()) == ("Cat 3.0 %", "Dog 97.0 %")
    assert large.name.text() == "my dog.jpg"
    assert large.time.text().startswith("Took ")
    assert not large.next.isVisible()
    qtbot.waitUntil(lambda: shows_photo(large.preview))


def test_several_fill_the_grid_and_one_that_cannot_be_read_has_its_reason(
    page: ClassifyPage, qtbot: QtBot, photos: Callable[..., list[Path]]
) -> None:
    drop(page, urls(*photos("cat 1.png", "dog 1.png", "broken.jpg")))
    settled(page, qtbot, 3)
    assert page.view.grid.isVisible()
    assert counted(page) == "3 photos  ·  1 cat  ·  1 dog  ·  1 unreadable"
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

    monkeypatch.setattr("catdog_gui.classify.photo_grid.load_thumbnail", load)
    monkeypatch.setattr(image_memory.SHARED, "limit_bytes", 1)
    page.add_files(photos(*(f"cat {number}.png" for number in range(6))))
    settled(page, qtbot, 6)
    qtbot.waitUntil(lambda: len(set(loaded)) == 6)
    with pytest.raises(qtbot.TimeoutError):
        qtbot.waitUntil(lambda: len(loaded) > 60, timeout=500)


def test_not_sure_is_counted_by_itself_and_looks_like_no_verdict(
    page: ClassifyPage, qtbot: QtBot, photos: Callable[..., list[Path]]
) -> None:
    page.add_files(photos("cat.png", "car.png", "dog.png", "broken.jpg"))
    settled(page, qtbot, 4)
    assert counted(page) == "4 photos  ·  1 cat  ·  1 dog  ·  1 not sure  ·  1 unreadable"
    page.view.bar.order.setCurrentIndex(2)
    assert [photo.name for photo in page.session.photos] == ["dog.png", "cat.png", "car.png", "broken.jpg"]
    large = page.view.large
    page.view.open(page.session.photos[2])
    assert large.verdict.text() == "Not sure"
    assert theme.colours().muted in large.verdict.styleSheet()
    assert large.reason.text() == "It is unlike the photos that the model learnt from."
    assert (large.nearest.text(), large.nearest.isVisible()) == ("Nearest: dog > 99 %", True)
    for sure in (large.percent, large.bar, large.first, large.second):
        assert not sure.isVisible()
    assert large.accessibleName() == f"car.png: Not sure. {large.reason.text()} Nearest: dog > 99 %"
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
        place = grid.visualRect(page.session.photos.index(row))
        wanted = {QColor(name).rgb() for name in theme.colours().classes}
        return sum(
            image.pixel(round(x * ratio), round(y * ratio)) in wanted
            for x in range(place.left(), place.right())
            for y in range(place.top() + 140, place.bottom())  # below the photo
        )

    assert coloured(0) == 0
    assert coloured(1) > 50


def test_on_a_narrow_card_the_probability_is_what_is_left(qapp: QApplication) -> None:
    photo = SessionPhoto(0, "car.png", Path("/car.png"), FakePredictor().verdict("car.png"))
    metrics = QFontMetrics(qapp.font())
    assert _nearest(photo, metrics, 400) == "nearest: dog > 99 %"
    assert _nearest(photo, metrics, metrics.horizontalAdvance("dog > 99 %") + 4) == "dog > 99 %"
    assert _nearest(photo, metrics, metrics.horizontalAdvance("…> 99 %") + 2).endswith("> 99 %")


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
    assert "on test photos · Comes with CatDog" in page.chooser.toolTip()
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
    place = grid.visualRect(page.session.photos.index(1)).center()
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
    page.view.bar.order.setCurrentIndex(1)
    assert shown() == ["cat 1.png", "dog 1.png", "dog 2.png", "broken.jpg"]
    page.view.bar.order.setCurrentIndex(2)
    assert shown() == ["dog 1.png", "dog 2.png", "cat 1.png", "broken.jpg"]
    page.view.bar.order.setCurrentIndex(0)
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


def test_something_that_hovers_lights_up_the_zone_or_says_why_not(
    page: ClassifyPage, qtbot: QtBot, photos: Callable[..., list[Path]]
) -> None:
    event = hover(page, urls(*photos("cat.png")))
    assert event.dropAction() == Qt.DropAction.CopyAction
    assert "Drop to classify cat.png" in page.zone.heading.text()
    QApplication.sendEvent(page, QDragLeaveEvent())
    assert page.zone.heading.text() == "Drop photos here"
    event = hover(page, urls(Path("/a/report.pdf")))
    assert event.dropAction() == Qt.DropAction.IgnoreAction
    assert page.zone.heading.text() == "report.pdf is not a photo."
    QApplication.sendEvent(page, QDragLeaveEvent())
    assert page.zone.offer is None


def test_over_photos_the_offer_lies_on_top(page: ClassifyPage, qtbot: QtBot, photos: Callable[..., list[Path]]) -> None:
    page.add_files(photos("cat.png"))
    settled(page, qtbot, 1)
    hover(page, urls(*photos("dog.png")))
    assert page.overlay.isVisible()
    drop(page, urls(*photos("dog.png")))
    assert not page.overlay.isVisible()
    settled(page, qtbot, 2)
    assert page.view.grid.isVisible()


def test_a_refused_drop_says_why(page: ClassifyPage, context: Context, qtbot: QtBot) -> None:
    with qtbot.waitSignal(context.said) as said:
        drop(page, urls(Path("/a/report.pdf")))
    assert said.args == ["report.pdf is not a photo."]
    assert len(page.session.photos) == 0


def test_an_empty_folder_says_so(page: ClassifyPage, context: Context, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with qtbot.waitSignal(context.said) as said:
        drop(page, urls(tmp_path / "empty"))
    assert said.args == ["There are no photos in there."]


def test_pasting_an_image_and_copied_files(
    page: ClassifyPage, predictor: FakePredictor, qtbot: QtBot, photos: Callable[..., list[Path]]
) -> None:
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    image.fill(0x226644)
    QGuiApplication.clipboard().setImage(image)
    page.paste()
    settled(page, qtbot, 1)
    (asked,) = predictor.asked
    assert isinstance(asked, bytes)
    assert QImage.fromData(asked).pixelColor(3, 3).name() == "#226644"
    assert page.view.large.name.text() == "Photo 1"
    QGuiApplication.clipboard().setMimeData(urls(*photos("dog.png")))
    page.paste()
    settled(page, qtbot, 2)
    assert [photo.name for photo in page.session.photos] == ["Photo 1", "dog.png"]


def test_clear_forgets_the_photos_also_while_they_are_classified(
    page: ClassifyPage, predictor: FakePredictor, qtbot: QtBot, photos: Callable[..., list[Path]]
) -> None:
    predictor.gate.clear()
    page.add_files(photos("cat.png", "dog.png"))
    qtbot.waitUntil(lambda: page.session.classifier.busy)
    qtbot.mouseClick(page.view.bar.clear, Qt.MouseButton.LeftButton)
    assert page.stack.currentWidget() is page.zone
    predictor.gate.set()
    qtbot.waitUntil(lambda: not page.session.classifier.busy)
    assert len(page.session.photos) == 0
    assert page.stack.currentWidget() is page.zone


class SlowFolder:
    """A folder on a slow disk: a search of it stands still until `gate` is set."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.entered, self.gate = threading.Event(), threading.Event()
        self._scandir = os.scandir
        folder.mkdir()
        monkeypatch.setattr(os, "scandir", self._scan_slowly)

    def _scan_slowly(self, top: Any = ".") -> Any:
        if top == self.folder:
            self.entered.set()
            self.gate.wait(30)
        return self._scandir(top)


def test_clear_ends_every_search_not_only_the_last(
    page: ClassifyPage,
    qtbot: QtBot,
    photos: Callable[..., list[Path]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = SlowFolder(tmp_path / "slow", monkeypatch)
    photos("slow/dog 1.png", "slow/dog 2.png")
    drop(page, urls(slow.folder))
    drop(page, urls(*photos("cat.png")))
    qtbot.waitUntil(slow.entered.is_set)
    settled(page, qtbot, 1)
    qtbot.mouseClick(page.view.bar.clear, Qt.MouseButton.LeftButton)
    slow.gate.set()
    qtbot.waitUntil(lambda: worker.running_count() == 0)
    assert page.zone.isVisible()
    drop(page, urls(*photos("cat 2.png")))
    qtbot.waitUntil(lambda: counted(page) == "1 photo  ·  1 cat")


def test_a_folder_without_photos_says_so_also_while_another_search_runs(
    page: ClassifyPage,
    context: Context,
    qtbot: QtBot,
    photos: Callable[..., list[Path]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = SlowFolder(tmp_path / "empty", monkeypatch)
    said: list[str] = []
    context.said.connect(said.append)
    drop(page, urls(slow.folder))
    drop(page, urls(*photos("cat.png")))
    qtbot.waitUntil(slow.entered.is_set)
    settled(page, qtbot, 1)
    slow.gate.set()
    qtbot.waitUntil(lambda: said == ["There are no photos in there."])
    assert counted(page) == "1 photo  ·  1 cat"


def test_clear_can_be_chosen_twice(
    page: ClassifyPage, predictor: FakePredictor, qtbot: QtBot, photos: Callable[..., list[Path]]
) -> None:
    predictor.gate.clear()
    page.add_files(photos("cat.png"))
    qtbot.waitUntil(lambda: page.session.classifier.busy)
    page.clear()
    page.clear()
    predictor.gate.set()
    qtbot.waitUntil(lambda: not page.session.classifier.busy)
    assert page.zone.isVisible()


def test_another_model_classifies_the_photos_again(
    page: ClassifyPage,
    context: Context,
    predictor: FakePredictor,
    qtbot: QtBot,
    photos: Callable[..., list[Path]],
) -> None:
    page.add_files(photos("cat.png", "dog.png"))
    settled(page, qtbot, 2)
    assert context.current_model is not None
    other = context.current_model.with_name("other.safetensors")
    other.write_bytes(b"")
    context.use_model(other)
    assert page.session.photos[0].prediction is None
    settled(page, qtbot, 2)
    assert len(predictor.asked) == 4
    assert page.chooser.text().startswith("other")


def test_a_model_that_cannot_be_loaded_is_reported_and_the_photos_wait(
    page: ClassifyPage,
    context: Context,
    qtbot: QtBot,
    photos: Callable[..., list[Path]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise ModelFileError("The model file is damaged.", remedy="Train anew.")

    monkeypatch.setattr(classifier, "load_predictor", fail)
    errors: list[ErrorRecord] = []
    context.error_reported.connect(errors.append)
    page.add_files(photos("cat.png"))
    qtbot.waitUntil(lambda: len(errors) == 1 and not page.session.classifier.busy)
    assert errors[0].sentence == "The model file is damaged. Train anew."
    assert page.session.photos[0].prediction is None
    assert page.view.bar.go_on.isVisible()


def test_ten_thousand_photos_are_added_sorted_and_shown_quickly(
    page: ClassifyPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = page.session
    monkeypatch.setattr(session.classifier, "classify", lambda _questions: None)
    (tmp_path / "many").mkdir()
    for number in range(10_000):
        (tmp_path / "many" / f"{number}.jpg").touch()
    began = time.perf_counter()
    drop(page, urls(tmp_path / "many"))
    qtbot.waitUntil(lambda: len(session.photos) == 10_000, timeout=10_000)
    verdict = FakePredictor().verdict
    for photo in session.photos:
        session.photos.set_verdict(photo.number, verdict("dog" if photo.number % 3 else "cat"), ("cat", "dog"), 0.01)
    page.view.bar.order.setCurrentIndex(1)
    page.view.grid.scrollToBottom()
    page.view.grid.viewport().repaint()
    assert time.perf_counter() - began < 10  # a second or so; a quadratic way takes minutes
    assert counted(page).startswith("10,000 photos")
    assert session.photos[0].class_index == 0
    assert session.photos[-1].class_index == 1


def test_the_time_a_photo_took_knows_how_many_are_looked_at_together() -> None:
    assert classifier.CHUNK == CHUNK


def test_every_control_has_a_name_for_screen_readers(
    page: ClassifyPage, qtbot: QtBot, photos: Callable[..., list[Path]]
) -> None:
    page.add_files(photos("cat.png", "dog.png"))
    settled(page, qtbot, 2)
    page.view.open(page.session.photos[0])
    for button in page.findChildren(QPushButton):
        assert button.text() or button.accessibleName(), button
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus, button.text()
