"""Photos come to the first page by drop and paste, and go; another model, one that is broken, ten thousand photos."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDragLeaveEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from catdog_gui import worker
from catdog_gui.classify.page import ClassifyPage
from catdog_gui.classify.session.classifier import CHUNK as PHOTOS_TOGETHER
from catdog_gui.state import explainer
from catdog_gui.state.context import Context
from tests.gui.classify.by_name import FakePredictor, counted, drop, hover, settled, urls
from trainer.core.errors import ModelFileError
from trainer.core.results import ErrorRecord
from trainer.hardware.parallel import CHUNK


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
    assert page.view.large.name.text() == "dog.png"


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
    qtbot.waitUntil(lambda: counted(page) == "1 photo  ·  Cat: 1")


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
    assert counted(page) == "1 photo  ·  Cat: 1"


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

    monkeypatch.setattr(explainer, "load_predictor", fail)
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
    began = time.process_time()
    drop(page, urls(tmp_path / "many"))
    qtbot.waitUntil(lambda: len(session.photos) == 10_000, timeout=10_000)
    verdict = FakePredictor().verdict
    for photo in session.photos:
        session.photos.set_verdict(photo.number, verdict("dog" if photo.number % 3 else "cat"), ("cat", "dog"), 0.01)
    page.view.bar.query.order.setCurrentIndex(1)
    page.view.grid.scrollToBottom()
    page.view.grid.viewport().repaint()
    assert time.process_time() - began < 10  # a second or so; a quadratic way takes minutes
    assert counted(page).startswith("10,000 photos")
    assert session.photos[0].class_index == 0
    assert session.photos[-1].class_index == 1


def test_the_time_a_photo_took_knows_how_many_are_looked_at_together() -> None:
    assert PHOTOS_TOGETHER == CHUNK


def test_every_control_has_a_name_for_screen_readers(
    page: ClassifyPage, qtbot: QtBot, photos: Callable[..., list[Path]]
) -> None:
    page.add_files(photos("cat.png", "dog.png"))
    settled(page, qtbot, 2)
    page.view.open(page.session.photos[0])
    for button in page.findChildren(QPushButton):
        assert button.text() or button.accessibleName(), button
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus, button.text()


def test_what_a_search_could_not_look_into_is_said(
    page: ClassifyPage, context: Context, qtbot: QtBot, photos: Callable[..., list[Path]]
) -> None:
    (photo,) = photos("album/cat.png")
    album, circle = photo.parent, photo.parent / "round"
    circle.symlink_to(album)
    said: list[str] = []
    context.said.connect(said.append)
    drop(page, urls(album))
    settled(page, qtbot, 1)
    qtbot.waitUntil(lambda: bool(said))
    assert said[-1].startswith(f"{circle}: This is a link that leads in a circle")
