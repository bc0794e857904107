"""A mistake opened large says why: the heat map and the training photos that it is like, only for the photo shown."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from catdog_gui.evaluate.evaluation_view import EvaluationView
from catdog_gui.evaluate.page import EvaluatePage
from catdog_gui.evaluate.tile_dialog import TileDialog
from catdog_gui.state import explainer as explainer_module
from catdog_gui.state.context import Context
from catdog_gui.state.explainer import Explainer, LoadedModel
from tests.gui.recorded import evaluation
from tests.gui.seen import child, shows_photo
from trainer.core.results import EvaluatedPhoto
from trainer.storage.run_folder import RunFolder

Open = Callable[..., TileDialog]


@pytest.fixture
def open_mistakes(finished_model: Path, drawings: Path, qtbot: QtBot) -> Iterator[Open]:
    """Return what opens the first of some mistakes: training photos of dogs, which are said to be cats."""
    view = EvaluationView()
    qtbot.addWidget(view)
    learnt = [photo.path for photo in RunFolder(finished_model.parent).read_dataset().of_split("train")]

    def open_first(count: int = 3, *, explained: bool = True, **changes: Any) -> TileDialog:
        dogs = [path for path in learnt if path.startswith("dogs/")][:count]
        wrong = [EvaluatedPhoto(path=path, class_name="cat", predicted="dog", probability=0.7) for path in dogs]
        wrong[-1] = replace(wrong[-1], **changes)
        judged = replace(evaluation(), wrong=tuple(wrong), confusion=((20 - count, count), (0, 20)))
        model = Explainer(LoadedModel(), finished_model, "cpu", 1) if explained else None
        view.show_evaluation(judged, str(drawings), model)
        view.show()
        tiles = view.tiles.tiles
        view.tiles.tile_chosen.emit(tiles.tile(tiles.index(0)))
        dialog = child(view, TileDialog)
        qtbot.waitUntil(dialog.isActiveWindow)
        qtbot.waitUntil(lambda: shows_photo(dialog.preview))
        return dialog

    yield open_first
    for dialog in view.findChildren(TileDialog):
        dialog.close()
    view.tiles.tiles.close()
    view.close()


def most_like(dialog: TileDialog) -> str:
    """Return the name of the training photo that is shown first, once its picture is there."""
    tiles = dialog.like_these.row.tiles
    first = tiles.index(0)
    shown = dialog.like_these.row.isVisible() and tiles.rowCount() == 6 and tiles.image(first) is not None
    return tiles.tile(first).path if shown else ""


def test_a_key_shows_why_and_the_next_photo_is_explained_too(
    open_mistakes: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explainer_module, "heat_pixels", lambda *_given: (bytes((255, 0, 0, 255)), 1))
    dialog = open_mistakes()
    paths = [dialog._view.tiles.tile(dialog._view.tiles.index(row)).path for row in range(2)]  # noqa: SLF001
    plain = dialog.preview.grab().toImage()
    assert not dialog.like_these.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: dialog.why.words.text() == "The warmer a place, the more it speaks for dog.")
    qtbot.waitUntil(lambda: most_like(dialog) == paths[0])
    assert dialog.preview.grab().toImage() != plain
    QTest.keyClick(dialog, Qt.Key.Key_Right)
    assert dialog.name.text() == Path(paths[1]).name
    qtbot.waitUntil(lambda: most_like(dialog) == paths[1])
    QTest.keyClick(dialog, Qt.Key.Key_H)
    assert not dialog.like_these.isVisible()
    assert not dialog.why.words.isVisible()


def test_only_the_photo_that_is_shown_is_explained(
    open_mistakes: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []
    gate = threading.Event()

    def heat(_predictor: object, photo: bytes, _class_name: str) -> tuple[bytes, int]:
        asked.append(photo)
        assert gate.wait(20)
        return bytes(4), 1

    monkeypatch.setattr(explainer_module, "heat_pixels", heat)
    dialog = open_mistakes(count=8)
    QTest.keyClick(dialog, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: len(asked) == 1)
    for _ in range(7):
        QTest.keyClick(dialog, Qt.Key.Key_Right)
    assert not dialog.next.isEnabled()
    gate.set()
    qtbot.waitUntil(lambda: dialog.why.words.text() == "No place in the photo speaks for dog.")
    assert len(asked) == 2
    assert len(set(asked)) == 2


def test_arrow_keys_belong_to_the_slider_and_to_the_row_while_these_have_the_focus(
    open_mistakes: Open, qtbot: QtBot
) -> None:
    dialog = open_mistakes()
    first = dialog.name.text()
    QTest.keyClick(dialog, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: most_like(dialog) != "")
    dialog.why.opacity.setFocus()
    before = dialog.why.opacity.value()
    QTest.keyClick(dialog.why.opacity, Qt.Key.Key_Right)
    assert dialog.why.opacity.value() > before
    row = dialog.like_these.row
    row.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(row, Qt.Key.Key_Right)
    assert row.currentIndex().row() == 1
    assert dialog.name.text() == first
    dialog.why.button.setFocus()
    QTest.keyClick(dialog.why.button, Qt.Key.Key_Right)
    assert dialog.name.text() != first


def test_nothing_speaks_for_a_photo_of_neither_class(open_mistakes: Open) -> None:
    dialog = open_mistakes(count=2, reason="Neither cat nor dog, as far as it can tell.", unlike=True)
    assert dialog.why.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Right)
    assert not dialog.why.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_H)
    assert not dialog.why.wanted
    QTest.keyClick(dialog, Qt.Key.Key_Left)
    assert dialog.why.isVisible()


def test_without_a_model_there_is_no_why(open_mistakes: Open) -> None:
    assert not open_mistakes(explained=False).why.isVisible()


def test_a_dialog_closed_meanwhile_leaves_nothing(open_mistakes: Open, qtbot: QtBot) -> None:
    dialog = open_mistakes()
    QTest.keyClick(dialog, Qt.Key.Key_H)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_page_explains_by_the_model_that_was_evaluated(
    context: Context, finished_model: Path, qtbot: QtBot
) -> None:
    context.settings.runs_folder = finished_model.parent.parent
    page = EvaluatePage(context)
    qtbot.addWidget(page, before_close_func=lambda page: page.view.tiles.tiles.close())
    with qtbot.waitExposed(page):
        page.show()
    qtbot.waitUntil(page.view.isVisible)
    confusion = page.view._evaluation.confusion  # type: ignore[union-attr]  # noqa: SLF001
    row, column = max(((row, column) for row in (0, 1) for column in (0, 1)), key=lambda at: confusion[at[0]][at[1]])
    page.view.matrix.choose(row, column)
    page.view.tiles.tile_chosen.emit(page.view.tiles.tiles.tile(page.view.tiles.tiles.index(0)))
    dialog = child(page.view, TileDialog)
    said = ("cat", "dog")[column]
    dialog.why.button.click()
    qtbot.waitUntil(lambda: dialog.why.words.text().endswith(f" for {said}."), timeout=20_000)  # torch is loaded first
    qtbot.waitUntil(lambda: most_like(dialog) != "")
    dialog.close()
