"""Doubtful photos are answered with the keyboard or the mouse, kept by content, taken back, and saved as a table."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from catdog_gui.data.health import health_session
from catdog_gui.data.health.doubts_view import DoubtsView
from catdog_gui.data.health.health_card import HealthCard
from catdog_gui.data.page import DataPage
from catdog_gui.state.context import Context
from tests.gui.data.health.conftest import health
from tests.gui.seen import texts
from trainer.dataset.answers import read_answers, with_answers
from trainer.dataset.records import Dataset
from trainer.files.paths import answers_folder
from trainer.labelling.health_check import Health

Checked = Callable[[Health | Callable[..., Health]], HealthCard]


@pytest.fixture
def doubts(card: Checked, page: DataPage) -> DoubtsView:
    view = card(health()).doubts
    page.activateWindow()
    view.tiles.setFocus()
    return view


def shown(view: DoubtsView) -> list[str]:
    return [view.tiles.tiles.tile(view.tiles.tiles.index(row)).path for row in range(view.tiles.tiles.rowCount())]


def current(view: DoubtsView) -> str:
    return str(view.tiles.tiles.tile(view.tiles.currentIndex()).path)


def said(page: DataPage) -> dict[str, str]:
    assert page.view.dataset is not None
    labels = read_answers(page.view.dataset.classes).labels
    return {photo.path: labels[photo.digest] for photo in page.view.dataset.photos if photo.digest in labels}


def test_keys_answer_one_after_the_other_and_are_taken_back(doubts: DoubtsView, page: DataPage, qtbot: QtBot) -> None:
    assert shown(doubts) == ["cats/odd.jpg", "dogs/odd.jpg", "cats/cat.0003.jpg"]
    assert "3 photos are doubtful" in texts(doubts)
    tile = doubts.tiles.tiles.tile(doubts.tiles.tiles.index(0))
    assert tile.detail == "In cat, looks like dog (99 %)"
    assert doubts.other.accessibleName() == "It is: dog"
    QTest.keyClick(doubts.tiles, Qt.Key.Key_O)
    assert said(page) == {"cats/odd.jpg": "second"}
    assert current(doubts) == "dogs/odd.jpg"
    assert doubts.other.accessibleName() == "It is: cat"
    assert "You answered for 1 of these photos. The next run uses your answer." in texts(doubts)
    QTest.keyClick(doubts.tiles, Qt.Key.Key_K)
    assert said(page) == {"cats/odd.jpg": "second", "dogs/odd.jpg": "second"}
    QTest.keyClick(doubts.tiles, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert said(page) == {"cats/odd.jpg": "second"}
    assert shown(doubts) == ["dogs/odd.jpg", "cats/cat.0003.jpg"]
    assert current(doubts) == "dogs/odd.jpg"
    QTest.keyClick(doubts.tiles, Qt.Key.Key_Right)
    QTest.keyClick(doubts.tiles, Qt.Key.Key_Delete)
    assert said(page) == {"cats/odd.jpg": "second", "cats/cat.0003.jpg": "neither"}
    assert current(doubts) == "dogs/odd.jpg"


def test_the_mouse_answers_and_the_next_run_uses_it(doubts: DoubtsView, page: DataPage, qtbot: QtBot) -> None:
    doubts.tiles.setCurrentIndex(doubts.tiles.tiles.index(1))
    doubts.other.click()
    doubts.leave_out.click()
    doubts.keep.click()
    assert said(page) == {"dogs/odd.jpg": "first", "cats/cat.0003.jpg": "neither", "cats/odd.jpg": "first"}
    qtbot.waitUntil(lambda: not page.view.health.session.busy)
    dataset = page.view.dataset
    assert dataset is not None
    used = with_answers(dataset)
    assert used.answered_out == ("cats/cat.0003.jpg",)
    assert [photo.path for photo in used.photos if photo.folder_class is not None] == ["dogs/odd.jpg"]
    doubts.undo.click()
    assert "cats/odd.jpg" not in said(page)


def test_once_all_are_answered_it_checks_again_and_undo_still_works_by_key(
    doubts: DoubtsView, page: DataPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def again(dataset: Dataset, *_given: Any, **_named: Any) -> Health:
        seen.append(len(read_answers(dataset.classes).labels))
        return health(doubts=(), sentences=())

    monkeypatch.setattr(health_session, "check_health", again)
    for _ in range(3):
        QTest.keyClick(doubts.tiles, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: seen == [3] and not page.view.health.session.busy)
    assert "No photo is doubtful any more." in texts(doubts)
    assert not doubts.tiles.isVisible()
    assert doubts.undo.hasFocus()
    QTest.keyClick(doubts.undo, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(said(page)) == 2
    qtbot.waitUntil(lambda: seen == [3, 2] and not page.view.health.session.busy)


def test_answers_given_elsewhere_are_seen_when_the_card_is_shown_again(doubts: DoubtsView, page: DataPage) -> None:
    from trainer.dataset.answers import answer, open_answers

    dataset = page.view.dataset
    assert dataset is not None
    page.hide()
    with open_answers(dataset.classes) as file:
        answer(file, "second", dataset, [photo for photo in dataset.photos if photo.path == "cats/odd.jpg"])
    page.show()
    assert shown(doubts) == ["dogs/odd.jpg", "cats/cat.0003.jpg"]


def test_answers_are_saved_as_a_table_and_nothing_else_is_overwritten(
    doubts: DoubtsView, page: DataPage, context: Context, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    doubts.other.click()
    to = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_given: (str(to), ""))
    with qtbot.waitSignal(context.said) as said_so:
        doubts.save.click()
    assert said_so.args == [f"1 answer is in {to}.csv"]
    assert "odd.jpg,dog," in (tmp_path / "mine.csv").read_text()
    (tmp_path / "mine.csv").write_text("precious")
    doubts.save.click()
    qtbot.waitUntil(page.view.health.problem.isVisible)
    assert "is not a table of answers" in page.view.health.problem.text.text()
    assert (tmp_path / "mine.csv").read_text() == "precious"


def test_an_answer_that_cannot_be_kept_is_said_and_the_photo_stays(doubts: DoubtsView, page: DataPage) -> None:
    answers_folder().mkdir(parents=True, exist_ok=True)
    from trainer.dataset.answers import answers_file

    answers_file(("cat", "dog")).write_text("no answers")
    doubts.keep.click()
    assert page.view.health.problem.isVisible()
    assert len(shown(doubts)) == 3
