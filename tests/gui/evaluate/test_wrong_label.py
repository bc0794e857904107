"""A mistake opened large: its label is said to be wrong, and that is taken back."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from catdog_gui.evaluate.evaluation_view import EvaluationView
from catdog_gui.evaluate.tile_dialog import TileDialog
from tests.gui.pseudo import cut_off, untranslated
from tests.gui.recorded import evaluation
from tests.gui.seen import child, texts
from trainer.core.results import EvaluatedPhoto
from trainer.dataset.answers import answers_file, open_answers, read_answers, with_answers
from trainer.dataset.scan import scan

CLASSES = ("cat", "dog")
SAID = "You said that this is dog. The next run uses that; your files stay as they are."


@pytest.fixture
def photos(drawings: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(drawings, tmp_path / "set"))


@pytest.fixture
def opened(photos: Path, qtbot: QtBot) -> Iterator[Callable[..., TileDialog]]:
    """Return what opens the first of two cats that the model takes for dogs."""
    view = EvaluationView()
    qtbot.addWidget(view)
    wrong = tuple(
        EvaluatedPhoto(path=f"cats/cat.000{number}.jpg", class_name="cat", predicted="dog", probability=0.9)
        for number in (1, 2)
    )
    judged = replace(evaluation(), wrong=wrong, confusion=((18, 2), (0, 20)))

    def open_first(root: Path = photos) -> TileDialog:
        view.show_evaluation(judged, str(root))
        view.show()
        tiles = view.tiles.tiles
        view.tiles.tile_chosen.emit(tiles.tile(tiles.index(0)))
        dialog = child(view, TileDialog)
        qtbot.waitUntil(dialog.isActiveWindow)
        return dialog

    yield open_first
    for dialog in view.findChildren(TileDialog):
        dialog.close()
    view.tiles.tiles.close()
    view.close()


def test_the_label_is_said_to_be_wrong_and_that_is_taken_back(
    opened: Callable[..., TileDialog], photos: Path, qtbot: QtBot
) -> None:
    dialog = opened()
    qtbot.waitUntil(dialog.wrong.isVisible)
    assert dialog.wrong.text() == "This label is wrong"
    assert dialog.wrong.toolTip() == "Say that it is dog, not cat"
    assert not dialog.wrong.words.isVisible()
    before = (photos / "cats" / "cat.0001.jpg").read_bytes()
    dialog.wrong.setFocus()
    QTest.keyClick(dialog.wrong, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: dialog.wrong.text() == "Take that back")
    assert SAID in texts(dialog)
    assert dialog.wrong.hasFocus()
    used = with_answers(scan(photos))
    moved = [(each.path, each.class_index) for each in used.photos if each.folder_class is not None]
    assert moved == [("cats/cat.0001.jpg", 1)]
    assert (photos / "cats" / "cat.0001.jpg").read_bytes() == before
    QTest.keyClick(dialog, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: dialog.wrong.text() == "This label is wrong" and dialog.wrong.isVisible())
    QTest.keyClick(dialog, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: dialog.wrong.text() == "Take that back")
    dialog.wrong.click()
    qtbot.waitUntil(lambda: dialog.wrong.text() == "This label is wrong")
    assert read_answers(CLASSES).labels == {}
    assert not dialog.wrong.words.isVisible()


def test_a_photo_that_is_gone_has_no_such_button(opened: Callable[..., TileDialog], photos: Path, qtbot: QtBot) -> None:
    (photos / "cats" / "cat.0001.jpg").unlink()
    dialog = opened()
    qtbot.waitUntil(lambda: not dialog.wrong._reading.busy)  # noqa: SLF001 - nothing else tells
    assert not dialog.wrong.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Right)
    qtbot.waitUntil(dialog.wrong.isVisible)
    QTest.keyClick(dialog, Qt.Key.Key_Left)
    qtbot.waitUntil(dialog.wrong.isHidden)


def test_an_answer_that_cannot_be_written_is_said(opened: Callable[..., TileDialog], qtbot: QtBot) -> None:
    dialog = opened()
    qtbot.waitUntil(dialog.wrong.isVisible)
    with open_answers(CLASSES):  # in another window
        dialog.wrong.click()
        qtbot.waitUntil(dialog.wrong.words.isVisible)
    assert "open in another window" in dialog.wrong.words.text()
    assert dialog.wrong.text() == "This label is wrong"
    dialog.wrong.click()
    qtbot.waitUntil(lambda: dialog.wrong.text() == "Take that back")
    assert answers_file(CLASSES).is_file()


@pytest.mark.usefixtures("pseudo")
def test_in_another_language(opened: Callable[..., TileDialog], qtbot: QtBot, request: Any) -> None:
    dialog = opened()
    qtbot.waitUntil(dialog.wrong.isVisible)
    dialog.wrong.click()
    qtbot.waitUntil(dialog.wrong.words.isVisible)
    assert untranslated(dialog, "cats", "cat", "dog", "jpg") == []
    assert cut_off(dialog) == []
