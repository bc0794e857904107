"""The small parts: bars, folds, elided names, thumbnails, work whose newest request alone counts."""

import threading
from itertools import count

import pytest
from PySide6 import QtGui
from PySide6.QtCore import QObject, Qt, QThreadPool
from PySide6.QtGui import QColor, QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from catdog_gui.data.class_bars import ClassBars
from catdog_gui.look import theme
from catdog_gui.look.words import day, duration, percent, size
from catdog_gui.train.fold import Fold
from catdog_gui.train.recipe_cards import RecipeCards
from catdog_gui.widgets.elided_label import ElidedLabel
from catdog_gui.widgets.latest import Latest
from catdog_gui.widgets.photos.image_memory import ImageMemory
from catdog_gui.widgets.photos.images import Unreadable
from catdog_gui.widgets.photos.thumbnails import WAITING, Thumbnails
from catdog_gui.widgets.reflow import Reflow
from trainer.core.recipes import RECIPES, Recipe


def picture() -> QImage:
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    return image


def colours_in(widget: QWidget) -> dict[str, int]:
    """Return how many pixels the widget paints in each class's colour."""
    image = widget.grab().toImage()
    wanted = {name: QColor(name).rgb() for name in theme.colours().classes}
    pixels = [image.pixel(x, y) for x in range(image.width()) for y in range(0, image.height(), 2)]
    return {name: sum(pixel == rgb for pixel in pixels) for name, rgb in wanted.items()}


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_bars_are_as_long_as_the_classes_are_many(qtbot: QtBot, qapp: QApplication, choice: theme.ThemeChoice) -> None:
    theme.apply(qapp, choice)
    bars = ClassBars()
    qtbot.addWidget(bars)
    bars.show_counts(("cat", "dog"), {"train": {"cat": 300, "dog": 100}})
    bars.resize(600, bars.sizeHint().height())
    first, second = colours_in(bars).values()
    assert 2 < first / second < 4
    assert bars.accessibleDescription() == "Training: cat 300, dog 100"


def test_bars_of_nothing_can_be_drawn(qtbot: QtBot) -> None:
    bars = ClassBars()
    qtbot.addWidget(bars)
    bars.show_counts(("cat", "dog"), {})
    bars.resize(600, 80)
    legend = colours_in(bars)  # a dot for each class, and nothing else in its colour
    bars.show_counts(("cat", "dog"), {"test": {"cat": 0, "dog": 0}})
    bars.resize(600, 80)
    assert colours_in(bars) == legend


def test_a_fold_unfolds_by_keyboard(qtbot: QtBot) -> None:
    fold = Fold("More", QLabel("inside"))
    qtbot.addWidget(fold)
    fold.show()
    assert not fold.content.isVisible()
    fold.heading.setFocus()
    QTest.keyClick(fold.heading, Qt.Key.Key_Space)
    assert fold.content.isVisible()


def test_a_long_name_keeps_both_ends_and_the_whole_in_its_tooltip(qtbot: QtBot) -> None:
    name = "/home/somebody/pictures/" + "x" * 300 + "/holiday.zip"
    label = ElidedLabel(name)
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() < 120
    assert label.toolTip() == label.accessibleName() == name


def test_cards_reflow_with_the_room(qtbot: QtBot) -> None:
    left, right = QLabel("a"), QLabel("b")
    reflow = Reflow(left, right, breakpoint_px=500)
    qtbot.addWidget(reflow)
    reflow.resize(800, 100)
    reflow.show()
    qtbot.waitUntil(lambda: left.y() == right.y() and left.x() < right.x())
    reflow.resize(300, 100)
    qtbot.waitUntil(lambda: left.x() == right.x() and left.y() < right.y())


def test_recipes_are_chosen_by_click_and_named(qtbot: QtBot) -> None:
    other = Recipe(name="other", title="Other", summary="Another network.", network="classic")
    cards = RecipeCards({**RECIPES, "other": other})
    qtbot.addWidget(cards)
    cards.show()
    assert cards.chosen() == next(iter(RECIPES))
    with qtbot.waitSignal(cards.changed) as changed:
        cards.cards["other"].click()
    assert changed.args == ["other"]
    assert cards.chosen() == "other"
    with qtbot.assertNotEmitted(cards.changed):
        cards.choose("compact")
    assert cards.chosen() == "compact"
    assert cards.cards["other"].accessibleName() == "Recipe Other"


class TestThumbnails:
    def test_an_image_is_made_once_in_another_thread(self, qtbot: QtBot) -> None:
        thumbnails, made = Thumbnails(), []

        def load() -> QImage:
            made.append(threading.current_thread())
            return picture()

        assert thumbnails.get("a", load) is None
        assert thumbnails.get("a", load) is None
        with qtbot.waitSignal(thumbnails.ready) as ready:
            pass
        assert ready.args == ["a"]
        assert thumbnails.get("a", load) == picture()
        assert len(made) == 1
        assert made[0] is not threading.main_thread()
        thumbnails.close()

    def test_a_failure_is_kept_with_its_reason(self, qtbot: QtBot) -> None:
        thumbnails = Thumbnails()

        def load() -> QImage:
            raise ValueError("is damaged")

        with qtbot.waitSignal(thumbnails.ready):
            thumbnails.get("a", load)
        assert thumbnails.get("a", load) is None
        assert thumbnails.failed("a") == Unreadable("This cannot be read (is damaged).")
        thumbnails.get("b", lambda: Unreadable("This photo is cut off."))
        qtbot.waitUntil(lambda: thumbnails.failed("b") == Unreadable("This photo is cut off."))
        thumbnails.close()

    def test_the_newest_comes_first_and_what_was_scrolled_past_is_dropped(self, qtbot: QtBot) -> None:
        thumbnails, begun, gate, order = (Thumbnails(), threading.Event(), threading.Event(), [])

        def load(key: int) -> QImage:
            begun.set()
            gate.wait(10)
            order.append(key)
            return picture()

        thumbnails.get(-1, lambda: load(-1))
        begun.wait(10)
        for key in range(WAITING + 100):
            thumbnails.get(key, lambda key=key: load(key))
        gate.set()
        qtbot.waitUntil(lambda: len(order) >= WAITING)
        assert order[:3] == [-1, WAITING + 99, WAITING + 98]
        assert 50 not in order
        thumbnails.close()

    def test_only_so_many_bytes_are_kept_the_least_recently_used_going_first(self, qtbot: QtBot) -> None:
        memory = ImageMemory(3 * picture().sizeInBytes(), clock=count().__next__)  # each use is a second later
        thumbnails = Thumbnails(memory=memory)
        for key in range(5):
            with qtbot.waitSignal(thumbnails.ready):
                thumbnails.get(key, picture)
            thumbnails.get(0, picture)
            assert memory.bytes <= memory.limit_bytes
        assert memory.bytes == memory.limit_bytes
        assert [thumbnails.get(key, picture) is not None for key in (4, 3, 0)] == [True, True, True]
        assert thumbnails.get(1, picture) is None
        thumbnails.close()

    def test_all_views_together_keep_so_many_bytes(self, qtbot: QtBot) -> None:
        memory = ImageMemory(3 * picture().sizeInBytes(), clock=count().__next__)  # each use is a second later
        views = [Thumbnails(memory=memory) for _ in range(3)]
        for view in views:
            for key in range(2):
                with qtbot.waitSignal(view.ready):
                    view.get(key, picture)
        assert memory.bytes == memory.limit_bytes
        views[2].clear()
        assert memory.bytes == picture().sizeInBytes()
        views[1].deleteLater()
        qtbot.waitUntil(lambda: memory.bytes == 0)
        for view in (views[0], views[2]):
            view.close()

    def test_what_is_in_sight_stays_though_it_is_more_than_the_limit(self, qtbot: QtBot) -> None:
        now = [0.0]
        memory = ImageMemory(1, clock=lambda: now[0])
        thumbnails = Thumbnails(memory=memory)

        def load(key: int) -> None:
            with qtbot.waitSignal(thumbnails.ready):
                thumbnails.get(key, picture)

        load(0)
        load(1)
        assert thumbnails.get(0, picture) is not None
        assert thumbnails.get(1, picture) is not None
        now[0] = 10.0
        load(2)
        assert memory.bytes == picture().sizeInBytes()
        assert thumbnails.get(2, picture) is not None
        thumbnails.close()

    def test_closing_waits_for_the_one_at_hand(self, qtbot: QtBot) -> None:
        thumbnails, begun, over = Thumbnails(), threading.Event(), []

        def load() -> QImage:
            begun.set()
            over.append(sum(range(1_000_000)))
            return picture()

        thumbnails.get("a", load)
        begun.wait(10)
        thumbnails.close()
        assert over
        assert thumbnails.get("b", load) is None
        thumbnails.findChild(QThreadPool).waitForDone()
        assert len(over) == 1  # and no other is loaded


class TestLatest:
    def test_of_many_requests_the_last_is_answered(self, qtbot: QtBot) -> None:
        parent = QObject()
        latest, begun, gate, done = Latest(parent), threading.Event(), threading.Event(), []

        def work(number: int) -> int:
            begun.set()
            gate.wait(10)
            done.append(number)
            return number

        answers: list[int] = []
        latest.succeeded.connect(answers.append)
        latest.ask(lambda: work(0))
        qtbot.waitUntil(begun.is_set)
        for number in range(1, 50):
            latest.ask(lambda number=number: work(number))
        gate.set()
        qtbot.waitUntil(lambda: not latest.busy)
        assert done == answers == [0, 49]

    def test_an_error_is_told_and_work_goes_on(self, qtbot: QtBot) -> None:
        parent = QObject()
        latest = Latest(parent)
        with qtbot.waitSignal(latest.failed) as failed:
            latest.ask(lambda: 1 // 0)
        assert "ZeroDivisionError" in failed.args[0].details
        with qtbot.waitSignal(latest.succeeded) as succeeded:
            latest.ask(lambda: 2)
        assert succeeded.args == [2]
        qtbot.waitUntil(lambda: not latest.busy)

    def test_what_was_forgotten_is_not_answered(self, qtbot: QtBot) -> None:
        parent = QObject()
        latest, begun, gate = Latest(parent), threading.Event(), threading.Event()
        latest.ask(lambda: (begun.set(), gate.wait(10)))
        qtbot.waitUntil(begun.is_set)
        with qtbot.assertNotEmitted(latest.succeeded):
            latest.forget()
            gate.set()
            qtbot.waitUntil(lambda: not latest.busy)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "a few seconds"),
        (33, "35 seconds"),
        (70, "a minute"),
        (200, "3 minutes"),
        (3599, "60 minutes"),
        (3600 * 2.5, "2 h 30 min"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_sizes_percentages_and_days() -> None:
    assert [size(count) for count in (12, 14_200, 13_800_000, 1_200_000_000)] == [
        "12 bytes",
        "14 kB",
        "13.8 MB",
        "1.2 GB",
    ]
    assert (percent(0.873), percent(0.873, 1), percent(None)) == ("87 %", "87.3 %", "–")
    assert day("2026-11-02T09:35:00+00:00") == "2 Nov 2026, 09:35"
    assert day("some day") == "some day"


@pytest.mark.parametrize("name", ["<b>cat</b>\n/photos & more", "a < b\n/photos"])
def test_tooltips_show_names_as_they_are(qtbot: QtBot, name: str) -> None:
    label = ElidedLabel(name)
    qtbot.addWidget(label)
    shown = QTextDocument()
    if QtGui.Qt.mightBeRichText(label.toolTip()):
        shown.setHtml(label.toolTip())
    else:
        shown.setPlainText(label.toolTip())
    assert shown.toPlainText() == name
    assert label.accessibleName() == name
