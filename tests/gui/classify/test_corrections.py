"""Verdicts are corrected from the menu of a photo, and the model in use learns from that."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from catdog_gui.classify.corrections.learn_dialog import LearnDialog
from catdog_gui.classify.page import ClassifyPage
from catdog_gui.classify.session.photo_list import Role
from catdog_gui.state.context import Context
from tests.gui.classify.by_name import settled
from tests.gui.pseudo import cut_off, untranslated
from tests.gui.seen import child
from trainer.dataset.label_file import read_labels
from trainer.drawings.samples import draw_dataset
from trainer.labelling import memory
from trainer.labelling.collection import collection_path, remember

Photos = Callable[..., list[Path]]
STARTER = Path(__file__).parents[3] / "resources" / "models" / "starter.safetensors"
NAMES = ("dog 10.png", "dog 2.png", "cat 1.png", "car.png", "broken.jpg")


@pytest.fixture
def five(page: ClassifyPage, qtbot: QtBot, photos: Photos) -> ClassifyPage:
    page.add_files(photos(*NAMES))
    settled(page, qtbot, len(NAMES))
    return page


def entries(page: ClassifyPage, *names: str) -> dict[str, Callable[[], None]]:
    menu = QMenu(page)
    page.view.corrections.fill_menu(menu, [photo for photo in page.session.photos if photo.name in names])
    return {action.text(): action.trigger for action in menu.actions()}


def test_a_menu_offers_what_the_verdict_is_not(five: ClassifyPage) -> None:
    assert list(entries(five, "dog 2.png")) == [
        "This is wrong: it is “cat”",
        "This is wrong: it is neither",
        "Remember this: it is right",
        "Forget what was said of this",
    ]
    assert list(entries(five, "car.png")) == [
        "This is wrong: it is “cat”",
        "This is wrong: it is “dog”",
        "Forget what was said of this",
    ]
    assert entries(five, "broken.jpg") == {}


def test_corrections_are_kept_marked_and_forgotten(five: ClassifyPage, context: Context, qtbot: QtBot) -> None:
    with qtbot.waitSignal(context.said) as said:
        entries(five, "dog 2.png", "dog 10.png")["This is wrong: it is “cat”"]()
    assert said.args[0] == "Your collection has 1 photo"  # both fakes hold the very same picture
    book = read_labels(collection_path(("cat", "dog")))
    assert list(book.labels.values()) == ["first"]
    photos = five.session.photos
    marks = [photos.index(row, 0).data(Role.MARK) for row in range(photos.rowCount())]
    assert sorted(marks) == ["", "", "", "Said: cat", "Said: cat"]
    with qtbot.waitSignal(context.said):
        entries(five, "dog 2.png")["Forget what was said of this"]()
    assert read_labels(book.path).labels == {}
    with qtbot.waitSignal(context.said):
        entries(five, "cat 1.png")["Remember this: it is right"]()
    assert list(read_labels(book.path).labels.values()) == ["first"]


def test_without_corrections_there_is_nothing_to_learn(
    five: ClassifyPage, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not STARTER.is_file():
        pytest.skip("this copy has no starter model")
    monkeypatch.setattr(Context, "current_model", STARTER)
    five.view.corrections.learn()
    dialog = child(five, LearnDialog)
    qtbot.waitUntil(lambda: "Nothing was corrected" in dialog.words.text())
    dialog.leave.click()


def test_what_learning_did_is_shown_and_the_new_model_is_used_only_where_wanted(
    page: ClassifyPage, context: Context, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not STARTER.is_file():
        pytest.skip("this copy has no starter model")
    draw_dataset(tmp_path / "drawn", count=20)
    for label, kind in (("first", "cats"), ("second", "dogs")):
        said = "first" if label == "first" else "second"
        remember(("cat", "dog"), said, sorted((tmp_path / "drawn" / kind).rglob("*.jpg")))  # type: ignore[arg-type]
    monkeypatch.setattr(memory, "starter_model", lambda: STARTER)
    before = context.current_model
    monkeypatch.setattr(Context, "current_model", STARTER)
    context.settings.runs_folder = tmp_path / "runs"
    page.view.corrections.learn()
    dialog = child(page, LearnDialog)
    qtbot.waitUntil(dialog.use.isVisible, timeout=60_000)
    qtbot.waitUntil(dialog.bar.isHidden)
    assert "It became" in dialog.words.text()
    assert "Your corrections, 20:" in dialog.new.text()
    assert len(list((tmp_path / "runs").iterdir())) == 1
    monkeypatch.undo()
    assert context.current_model == before
    dialog.use.click()
    assert context.current_model == next((tmp_path / "runs").iterdir()) / "model.safetensors"


def test_other_language(pseudo: None, five: ClassifyPage, qtbot: QtBot) -> None:
    menu = QMenu(five)
    five.view.corrections.fill_menu(menu, list(five.session.photos)[:2])
    five.view.corrections.add_learn(menu)
    assert untranslated(menu, "cat", "dog") == []
    five.view.corrections.learn()
    dialog = child(five, LearnDialog)
    qtbot.waitUntil(dialog.bar.isHidden)
    assert "⟦" in dialog.words.text()
    assert cut_off(dialog) == []
    dialog.leave.click()
