"""The Evaluate page in a language that is longer and read from the right."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from catdog_gui.evaluate.page import EvaluatePage
from catdog_gui.evaluate.tile_dialog import TileDialog
from catdog_gui.state.context import Context
from tests.gui.pseudo import cut_off, untranslated
from tests.gui.recorded import evaluation
from tests.gui.seen import child
from trainer.core.errors import DatasetError
from trainer.core.results import EvaluatedPhoto, RunResult
from trainer.core.text import text
from trainer.inference import evaluate as engine_module

# Classes, files and datasets are the user's own words.
OWN = ("cat", "dog", "jpg", "drawings", "Classic · set", "set")

pytestmark = pytest.mark.usefixtures("pseudo")


@pytest.fixture
def page(context: Context, finished_run: RunResult, qtbot: QtBot) -> EvaluatePage:
    assert finished_run.run_folder is not None
    context.settings.runs_folder = Path(finished_run.run_folder).parent
    page = EvaluatePage(context)
    qtbot.addWidget(page, before_close_func=lambda page: page.view.tiles.tiles.close())
    page.resize(716, 600)
    page.show()
    qtbot.waitUntil(page.view.isVisible)
    return page


def own(finished_run: RunResult, drawings: Path) -> tuple[str, ...]:
    folder = Path(str(finished_run.run_folder))
    return (*OWN, f"{folder / 'model.safetensors'}", str(drawings), str(drawings.parent))


@pytest.mark.parametrize("cell", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_an_evaluation(
    page: EvaluatePage, finished_run: RunResult, drawings: Path, cell: tuple[int, int], qtbot: QtBot
) -> None:
    page.view.show_evaluation(evaluation(), str(drawings))
    page.view.matrix.choose(*cell)
    scroll = child(page, QScrollArea)
    qtbot.waitUntil(lambda: not scroll.horizontalScrollBar().maximum())  # it has room from side to side
    assert untranslated(page, *own(finished_run, drawings)) == []
    assert cut_off(page) == []
    nobody = replace(evaluation(), split="all", not_sure=0, wrong=(), confusion=((20, 0), (0, 20)))
    page.view.show_evaluation(nobody, str(drawings))
    page.view.matrix.choose(0, 1)
    assert page.view.none.isVisible()
    assert untranslated(page, *own(finished_run, drawings)) == []
    assert cut_off(page) == []


def test_while_it_works_and_when_it_fails(
    page: EvaluatePage, finished_run: RunResult, drawings: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()

    def evaluate_model(*_args: object, progress: Callable[[int, int], None], **_kwargs: object) -> None:
        progress(1, 4)
        release.wait(10)
        raise DatasetError(text("There are no photos in it."), remedy=text("Choose another one."))

    monkeypatch.setattr(engine_module, "evaluate_model", evaluate_model)
    page.evaluate()
    qtbot.waitUntil(lambda: page.work.bar.maximum() == 4)
    assert untranslated(page, *own(finished_run, drawings)) == []
    assert cut_off(page) == []
    release.set()
    qtbot.waitUntil(page.problem.isVisible)
    assert untranslated(page, *own(finished_run, drawings)) == []
    assert cut_off(page) == []


def test_the_next_photo_is_at_the_left(page: EvaluatePage, drawings: Path, qtbot: QtBot) -> None:
    photos = sorted(drawings.rglob("cat*.jpg"))[:2]
    wrong = tuple(
        EvaluatedPhoto(
            path=photo.relative_to(drawings).as_posix(),
            class_name="cat",
            predicted="dog",
            probability=0.7,
            reason=text("It could be either.") if photo is photos[1] else "",
        )
        for photo in photos
    )
    page.view.show_evaluation(replace(evaluation(), wrong=wrong, confusion=((18, 2), (0, 20))), str(drawings))
    page.view.tiles.tile_chosen.emit(page.view.tiles.tiles.tile(page.view.tiles.tiles.index(0)))
    dialog = child(page.view, TileDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    assert cut_off(dialog) == []
    QTest.keyClick(dialog, Qt.Key.Key_Left)
    assert dialog.name.text() == photos[1].name
    assert untranslated(dialog, *OWN, *(photo.name for photo in photos), "cats/") == []
    QTest.keyClick(dialog.previous, Qt.Key.Key_Right)  # whoever has the focus
    assert dialog.name.text() == photos[0].name
    dialog.close()
