"""The row of training photos that a photo is like: only while it is asked for, of the photo shown, or a sentence."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from catdog_gui.look import theme
from catdog_gui.widgets.latest import Latest
from catdog_gui.widgets.why.heat_control import HeatControl
from catdog_gui.widgets.why.like_these import LikeThese
from catdog_gui.widgets.why.subject import Subject
from trainer.core.errors import PhotoError
from trainer.core.results import Neighbour

COLOURS = ("#ff0000", "#00ff00", "#0000ff", "#ff00ff", "#ffff00", "#00ffff")


def jpeg(colour: str) -> bytes:
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


NEAR = tuple(
    Neighbour(
        name=f"{name}s/{name}.{number}.jpg",
        class_name=name,
        similarity=0.9 - number / 10,
        thumbnail=jpeg(COLOURS[number]),
    )
    for number, name in enumerate(("cat", "dog", "cat", "cat", "dog", "cat"))
)
NONE = "This model brings no training photos along."


class Shown(QWidget):
    """A control with the row below it, and what was asked of the model."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[bytes] = []
        self.control = HeatControl()
        self.like_these = LikeThese(self.control)
        layout = QVBoxLayout(self)
        layout.addWidget(self.control)
        layout.addWidget(self.like_these)
        layout.addStretch(1)

    def explain(self, photo: bytes, answer: Callable[[], tuple[Neighbour, ...] | str]) -> None:
        def neighbours(given: bytes) -> tuple[Neighbour, ...] | str:
            self.asked.append(given)
            return answer()

        explainer: Any = SimpleNamespace(neighbours=neighbours)
        self.like_these.explain(Subject(lambda: photo, "cat", ("cat", "dog"), explainer))

    def colours(self) -> list[str]:
        """What is seen in the middle of each tile."""
        row = self.like_these.row
        seen = row.viewport().grab().toImage()
        side = row.tiles.side
        places = [row.visualRect(row.tiles.index(number)) for number in range(row.tiles.rowCount())]
        return [seen.pixelColor(place.left() + 4 + side // 2, place.top() + 4 + side // 2).name() for place in places]


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Shown]:
    shown = Shown()
    qtbot.addWidget(shown)
    shown.resize(400, 300)
    with qtbot.waitExposed(shown):
        shown.show()
    yield shown
    shown.like_these.close_images()


def test_they_are_shown_while_they_are_asked_for(shown: Shown, qtbot: QtBot) -> None:
    shown.explain(b"one", lambda: NEAR)
    assert not shown.like_these.isVisible()
    assert shown.asked == []
    shown.control.button.click()
    qtbot.waitUntil(lambda: shown.colours() == list(COLOURS))
    row = shown.like_these.row
    say = [str(row.tiles.data(row.tiles.index(place), Qt.ItemDataRole.AccessibleTextRole)) for place in range(6)]
    assert say[:2] == ["cats/cat.0.jpg cat", "dogs/dog.1.jpg dog"]
    tip = str(row.tiles.data(row.tiles.index(1), Qt.ItemDataRole.ToolTipRole))
    assert "dogs/dog.1.jpg" in tip
    assert "Similarity: 0.80 (1 for the same photo)" in tip
    shown.control.button.click()
    assert not shown.like_these.isVisible()
    shown.control.button.click()
    assert shown.colours() == list(COLOURS)


def test_each_has_the_colour_of_its_class(shown: Shown, qtbot: QtBot) -> None:
    shown.explain(b"one", lambda: NEAR)
    shown.control.button.click()
    qtbot.waitUntil(lambda: shown.colours() == list(COLOURS))
    row = shown.like_these.row
    seen = row.viewport().grab().toImage()
    dots = []
    for number in range(2):
        place = row.visualRect(row.tiles.index(number))
        below = range(place.top() + 4 + row.tiles.side + 5, place.bottom())
        dots.append({seen.pixelColor(place.left() + 8, y).name() for y in below})
    for number, colour in enumerate(theme.colours().classes):
        assert colour in dots[number]
        assert colour not in dots[1 - number]


@pytest.mark.parametrize("width", [290, 400, 900])
def test_six_fit_at_any_width(shown: Shown, qtbot: QtBot, width: int) -> None:
    shown.resize(width, 300)
    shown.explain(b"one", lambda: NEAR)
    shown.control.button.click()
    qtbot.waitUntil(lambda: shown.colours() == list(COLOURS))
    row = shown.like_these.row
    for number in range(6):
        assert row.viewport().rect().contains(row.visualRect(row.tiles.index(number)))


def test_only_the_photo_that_is_shown_counts(shown: Shown, qtbot: QtBot) -> None:
    shown.control.button.click()
    shown.explain(b"one", lambda: NEAR[:3])
    for name in (b"two", b"three"):
        shown.explain(name, lambda: NEAR[3:])
    qtbot.waitUntil(lambda: shown.colours() == list(COLOURS[3:]))
    assert shown.asked[-1] == b"three"
    assert b"two" not in shown.asked
    shown.like_these.explain(None)
    assert not shown.like_these.isVisible()


def test_a_model_without_them_says_so(shown: Shown, qtbot: QtBot) -> None:
    shown.control.button.click()
    shown.explain(b"one", lambda: NONE)
    qtbot.waitUntil(lambda: shown.like_these.words.text() == NONE)
    assert shown.like_these.words.isVisible()
    assert not shown.like_these.row.isVisible()
    assert not shown.like_these.heading.isVisible()
    shown.explain(b"two", lambda: NEAR)  # by another model
    qtbot.waitUntil(lambda: shown.colours() == list(COLOURS))
    assert not shown.like_these.words.isVisible()


def test_of_a_photo_that_is_gone_nothing_is_said_twice(shown: Shown, qtbot: QtBot) -> None:
    def gone() -> str:
        raise PhotoError("unreadable", "There is no such file.")

    shown.explain(b"one", lambda: NEAR)
    shown.control.button.click()
    qtbot.waitUntil(lambda: shown.colours() == list(COLOURS))
    shown.explain(b"two", gone)
    qtbot.waitUntil(lambda: shown.asked == [b"one", b"two"] and not shown.like_these.findChild(Latest).busy)
    assert not shown.like_these.isVisible()


def test_the_keyboard_goes_from_one_to_the_next_and_leaves_other_keys(shown: Shown, qtbot: QtBot) -> None:
    shown.explain(b"one", lambda: NEAR)
    shown.control.button.click()
    qtbot.waitUntil(lambda: shown.colours() == list(COLOURS))
    row, left = shown.like_these.row, []
    shown.keyPressEvent = lambda event: left.append(event.key())  # type: ignore[method-assign]
    shown.activateWindow()
    row.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(row.hasFocus)
    assert row.currentIndex().row() == 0
    QTest.keyClick(row, Qt.Key.Key_Right)
    assert row.currentIndex().row() == 1
    QTest.keyClick(row, Qt.Key.Key_End)
    assert row.currentIndex().row() == 5
    for key in (Qt.Key.Key_H, Qt.Key.Key_D, Qt.Key.Key_Escape):
        QTest.keyClick(row, key)
    assert row.currentIndex().row() == 5
    assert left == [Qt.Key.Key_H, Qt.Key.Key_D, Qt.Key.Key_Escape]
