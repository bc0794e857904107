"""Another model is used only after a question that shows both; where nothing would be replaced, without one."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from catdog_gui.look.words import day
from catdog_gui.state.context import Context
from catdog_gui.widgets.model_question import ModelQuestion, propose_model
from tests.gui.pseudo import cut_off, untranslated
from tests.gui.seen import texts
from trainer.storage.model_list import describe_model


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    window.show()
    return window


@pytest.fixture
def models(finished_model: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Two model files, the old and the new."""
    paths = tmp_path / "old.safetensors", tmp_path / "new.safetensors"
    for path in paths:
        shutil.copy(finished_model, path)
    return paths


Ask = Callable[[], ModelQuestion]


@pytest.fixture
def ask(window: QWidget, context: Context, models: tuple[Path, Path]) -> Ask:
    def ask() -> ModelQuestion:
        old, new = models
        context.use_model(old)
        question = propose_model(window, context, new)
        assert question is not None
        return question

    return ask


def test_the_question_shows_both_models_and_what_happens_to_the_photos(
    ask: Ask, context: Context, models: tuple[Path, Path]
) -> None:
    context.photo_count = 1200
    question = ask()
    words = texts(question)
    assert "old" in words
    assert "new" in words
    assert sum(text.startswith("Tells apart: cat and dog") for text in words) == 2
    assert sum("right; most likely" in text and "test photo" in text for text in words) == 2
    assert question.outcome.text() == "The 1,200 photos on the Classify page will be classified again with it."
    assert context.current_model == models[0]
    question.reject()


def test_only_a_yes_replaces_the_model(ask: Ask, qtbot: QtBot, context: Context, models: tuple[Path, Path]) -> None:
    question = ask()
    qtbot.keyClick(question, Qt.Key.Key_Return)  # the default changes nothing
    assert context.current_model == models[0]
    question = ask()
    qtbot.mouseClick(question.use, Qt.MouseButton.LeftButton)
    assert context.current_model == models[1]


def test_only_the_newest_question_stays_open(
    ask: Ask, window: QWidget, context: Context, models: tuple[Path, Path]
) -> None:
    first = ask()
    second = propose_model(window, context, models[1])
    assert second is not None
    assert (first.isVisible(), second.isVisible()) == (False, True)
    second.reject()


def test_the_same_model_and_the_first_one_need_no_question(
    window: QWidget, context: Context, models: tuple[Path, Path]
) -> None:
    said: list[str] = []
    context.said.connect(said.append)
    assert context.current_model is None
    assert propose_model(window, context, models[0]) is None
    assert context.current_model == models[0]
    assert propose_model(window, context, models[0].parent / "." / models[0].name) is None
    assert said == ["old is already in use."]


def test_a_model_named_at_the_start_is_used_without_a_question(
    window: QWidget, context: Context, models: tuple[Path, Path]
) -> None:
    context.use_model(models[0])
    assert propose_model(window, context, models[1], ask=False) is None
    assert context.current_model == models[1]


def test_a_file_that_is_no_model_is_reported(window: QWidget, context: Context, tmp_path: Path) -> None:
    errors: list[object] = []
    context.error_reported.connect(errors.append)
    other = tmp_path / "other.safetensors"
    other.write_bytes(b"nonsense")
    assert propose_model(window, context, other) is None
    assert len(errors) == 1
    assert context.current_model is None


def test_it_has_room_for_other_languages(pseudo: None, ask: Ask, context: Context, models: tuple[Path, Path]) -> None:
    context.photo_count = 3
    question = ask()
    made = day(describe_model(models[0]).description.origin.created)
    assert untranslated(question, *map(str, models), "old", "new", made) == []
    assert cut_off(question) == []
    assert all(label.wordWrap() for label in question.findChildren(QLabel))
    question.reject()
