"""The Classify page in a longer language that is read from right to left: nothing is cut, nothing stays English."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from catdog_gui.classify.page import ClassifyPage
from catdog_gui.classify.probability_bar import paint_bar
from catdog_gui.look import theme
from catdog_gui.state import explainer
from catdog_gui.state.context import Context
from tests.gui.classify.by_name import FakePredictor, settled
from tests.gui.pseudo import cut_off, untranslated
from tests.gui.widgets.test_like_these import NEAR
from trainer.core.text import text

Photos = Callable[..., list[Path]]
OWN = (
    "cat 1.png",
    "cat 2.png",
    "dog 1.png",
    "car.png",
    "broken.jpg",
    "Cat",
    "Dog",
    "cat",
    "dog",
    "model",
    "kB",
    "ms",
    "Jan",
)
REASON = text("This photo is cut off. Copy it again from the camera or the web.")
DOUBT = text("Neither cat nor dog, as far as it can tell.")


class Translated(FakePredictor):
    """Gives the reasons as the engine does, with what they were made of."""

    def verdict(self, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN201 - as the one above it
        import msgspec

        said = super().verdict(name)
        return msgspec.structs.replace(
            said, error=REASON if said.error else None, reason=DOUBT if said.reason else None
        )


@pytest.fixture
def predictor(monkeypatch: pytest.MonkeyPatch) -> FakePredictor:
    predictor = Translated()
    monkeypatch.setattr(explainer, "load_predictor", lambda *_args, **_kwargs: predictor)
    return predictor


@pytest.fixture
def page(pseudo: None, page: ClassifyPage) -> ClassifyPage:
    page.resize(716, 600)
    return page


@pytest.fixture
def five(page: ClassifyPage, qtbot: QtBot, photos: Photos) -> ClassifyPage:
    page.add_files(photos("cat 1.png", "dog 1.png", "car.png", "broken.jpg", "cat 2.png"))
    settled(page, qtbot, 5)
    return page


def check(page: ClassifyPage, name: str, *own: str) -> None:
    QApplication.processEvents()
    shots = os.environ.get("CATDOG_SHOTS")
    if shots:
        page.grab().save(f"{shots}/classify-{name}.png")
    assert untranslated(page, *OWN, *folders(page), *own) == []
    assert cut_off(page) == []


def folders(page: ClassifyPage) -> set[str]:
    return {photo.folder for photo in page.session.photos}


def test_without_a_model(pseudo: None, context: Context, qtbot: QtBot) -> None:
    page = ClassifyPage(context)
    qtbot.addWidget(page)
    page.resize(716, 600)
    page.show()
    check(page, "no model")


def test_without_photos(page: ClassifyPage) -> None:
    check(page, "empty")


def test_with_the_starter_model(pseudo: None, context: Context, starter: Path, qtbot: QtBot) -> None:
    page = ClassifyPage(context)
    qtbot.addWidget(page)
    page.resize(716, 600)
    page.show()
    page.prepare()
    check(page, "starter")
    page.close_images()


def test_the_grid(five: ClassifyPage) -> None:
    check(five, "grid")
    five.view.bar.query.filter.setCurrentIndex(1)
    five.session.remove(list(five.session.photos.shown))
    check(five, "empty filter")


def test_the_table(five: ClassifyPage) -> None:
    five.view.show_as("table")
    five.view.bar.query.low.setValue(10)
    check(five, "table")
    five.view.bar.query.search.setText("zz")
    assert five.view.table.accessibleDescription().startswith("⟦")
    five.view.bar.query.low.setValue(0)
    assert five.view.table.accessibleDescription().startswith("⟦")
    check(five, "nothing found")


@pytest.mark.parametrize("row", range(4), ids=["cat", "dog", "unsure", "unreadable"])
def test_one_large(five: ClassifyPage, row: int) -> None:
    five.view.open(five.session.photos[row])
    check(five, f"large {row}")


def test_one_large_with_its_heat_map(five: ClassifyPage, qtbot: QtBot) -> None:
    five.view.open(five.session.photos[0])
    why = five.view.large.why
    why.button.click()
    check(five, "heat is made")
    waiting = why.words.text()
    qtbot.waitUntil(lambda: why.words.text() != waiting)
    like_these = five.view.large.like_these
    qtbot.waitUntil(like_these.words.isVisible)
    check(five, "heat")
    like_these.show_neighbours(NEAR, ("cat", "dog"))
    qtbot.waitUntil(lambda: like_these.row.tiles.image(like_these.row.tiles.index(5)) is not None)
    check(five, "like these", *(near.name for near in NEAR))
    first, last = (like_these.row.visualRect(like_these.row.tiles.index(place)) for place in (0, 5))
    assert first.left() > last.left()  # as one reads
    assert like_these.row.viewport().rect().contains(first)


def test_while_photos_wait(page: ClassifyPage, predictor: FakePredictor, qtbot: QtBot, photos: Photos) -> None:
    predictor.gate.clear()
    page.add_files(photos(*(f"many/cat {number}.png" for number in range(40))))
    qtbot.waitUntil(page.view.bar.busy.isVisible)
    qtbot.waitUntil(lambda: len(page.session.photos) == 40)
    page.view.bar.show_progress(33, 40, 1.0)
    own = [photo.name for photo in page.session.photos] + sorted(folders(page))
    QApplication.processEvents()
    assert untranslated(page, *own, *OWN) == []
    assert cut_off(page) == []
    page.session.cancel()
    qtbot.waitUntil(lambda: not page.session.classifier.busy)
    QApplication.processEvents()  # lays the bar out again
    assert untranslated(page, *own, *OWN) == []
    assert cut_off(page) == []


def test_the_menu_and_what_is_said(five: ClassifyPage, context: Context, qtbot: QtBot, photos: Photos) -> None:
    said: list[str] = []
    context.said.connect(said.append)
    menu = five.view.photo_actions.show_menu(list(five.session.photos)[:1], five)
    assert untranslated(menu) == []
    menu.deleteLater()
    five.add_files(photos("cat 1.png", "dog 1.png"))
    qtbot.waitUntil(lambda: len(said) == 1)
    five.session.remove([five.session.photos[0]])
    five.session.undo()
    five.add_files(photos("cat 1.png"))
    qtbot.waitUntil(lambda: len(said) == 4)
    assert all(words.startswith("⟦") for words in said), said
    marked = five.view.grid.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Ålréådý héré" in marked


@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2], ids=["left to right", "right to left"])
def test_the_bar_begins_where_reading_begins(qapp: QApplication, direction: Qt.LayoutDirection) -> None:
    image = QImage(100, 10, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    paint_bar(painter, QRectF(0, 0, 100, 10), 0.8, direction)
    painter.end()
    first, second = map(QColor, theme.colours().classes)
    begins, ends = (20, 95) if direction == Qt.LayoutDirection.LeftToRight else (80, 5)
    assert image.pixelColor(begins, 5) == first
    assert image.pixelColor(ends, 5) == second


def test_the_first_card_stands_at_the_right(five: ClassifyPage) -> None:
    grid = five.view.grid
    first, second = (grid.visualRect(five.session.photos.index(row, 0)) for row in (0, 1))
    assert first.left() > second.left()
