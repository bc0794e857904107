"""Which two of several classes, and the other class of one: chosen in place, by mouse and keyboard."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QFileDialog
from pytestqt.qtbot import QtBot

from catdog_gui.data.page import DataPage
from catdog_gui.data.two_folders_dialog import TwoFoldersDialog
from catdog_gui.state.context import Context
from tests.gui.data.test_data_page import TestDrop, open_and_wait
from tests.gui.seen import child, texts
from trainer.core.dataset_choice import DatasetChoice


@pytest.fixture
def animals(drawings: Path, tmp_path: Path) -> Path:
    """Return a folder with three classes."""
    root = tmp_path / "animals"
    shutil.copytree(drawings, root)
    shutil.copytree(drawings / "dogs", root / "wolves & foxes")
    return root


def ask(page: DataPage, path: Path, qtbot: QtBot) -> list[QCheckBox]:
    open_and_wait(page, path, qtbot)
    assert page.classes.isVisible()
    assert not any(part.isVisible() for part in (page.problem, page.welcome, page.view))
    return page.classes.boxes


def wait_for_dataset(page: DataPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(page.view.isVisible, timeout=30_000)
    qtbot.waitUntil(page.work.isHidden)


def test_two_of_three_classes_are_chosen_with_the_mouse(
    page: DataPage, animals: Path, context: Context, qtbot: QtBot
) -> None:
    boxes = ask(page, animals, qtbot)
    assert [box.accessibleName() for box in boxes] == ["cat, 40 photos", "dog, 40 photos", "wolves & foxes, 40 photos"]
    assert "Which two?" in texts(page.classes)
    for box, may_go_on in zip(boxes[:2], (False, True), strict=True):
        qtbot.mouseClick(box, Qt.MouseButton.LeftButton)
        assert page.classes.use.isEnabled() is may_go_on
    qtbot.mouseClick(boxes[2], Qt.MouseButton.LeftButton)  # a third takes the place of the first
    assert [box.isChecked() for box in boxes] == [False, True, True]
    qtbot.mouseClick(page.classes.use, Qt.MouseButton.LeftButton)
    wait_for_dataset(page, qtbot)
    chosen = context.current_dataset
    assert chosen is not None
    assert chosen.class_counts() == {"dog": 40, "wolves & foxes": 40}
    assert chosen.class_folders == ("dogs", "wolves & foxes")
    assert context.settings.recent_datasets == [chosen.choice]
    assert "dogs, wolves & foxes" in texts(page.view.header)


def test_two_of_three_classes_are_chosen_with_the_keyboard(page: DataPage, animals: Path, qtbot: QtBot) -> None:
    page.activateWindow()
    ask(page, animals, qtbot)
    qtbot.waitUntil(page.classes.boxes[0].hasFocus)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Space, Qt.Key.Key_Tab, Qt.Key.Key_Space):
        QTest.keyClick(page.focusWidget(), key)
    wait_for_dataset(page, qtbot)
    assert page.view.dataset is not None
    assert page.view.dataset.classes == ("cat", "wolves & foxes")


def test_the_question_can_be_dismissed(page: DataPage, animals: Path, qtbot: QtBot) -> None:
    ask(page, animals, qtbot)
    page.classes.dismiss.click()
    assert page.welcome.isVisible()


def test_of_many_classes_a_few_are_in_sight(page: DataPage, drawings: Path, tmp_path: Path, qtbot: QtBot) -> None:
    photo = next(drawings.rglob("*.jpg"))
    for number in range(30):
        (tmp_path / "many" / f"kind {number:02}").mkdir(parents=True)
        shutil.copy(photo, tmp_path / "many" / f"kind {number:02}")
    boxes = ask(page, tmp_path / "many", qtbot)
    assert len(boxes) == 30
    assert page.classes.height() < 600


def test_classes_told_by_file_names_are_an_error_with_a_remedy(
    page: DataPage, drawings: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    for number, photo in enumerate(sorted(drawings.rglob("*.jpg"))[:9]):
        (tmp_path / "flat").mkdir(exist_ok=True)
        shutil.copy(photo, tmp_path / "flat" / f"{'abc'[number % 3]}_{number}.jpg")
    open_and_wait(page, tmp_path / "flat", qtbot)
    assert page.problem.isVisible()
    assert "3 classes were found: a, b, c" in page.problem.text.text()


def test_to_one_class_the_other_is_added_in_a_dialog(
    page: DataPage, drawings: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(page, drawings / "cats", qtbot)
    assert "40 photos of one class, cats. Where are the others?" in texts(page.classes)
    answers = iter(["", str(drawings / "cats"), str(drawings / "dogs")])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: next(answers))
    page.classes.use.click()
    assert page.classes.isVisible()
    page.classes.use.click()
    assert "was chosen twice" in page.problem.text.text()
    page.classes.use.click()
    wait_for_dataset(page, qtbot)
    assert page.view.dataset is not None
    assert page.view.dataset.choice == DatasetChoice(root=str(drawings), class_folders=("cats", "dogs"))
    assert not page.problem.isVisible()


def test_to_one_class_the_other_is_dropped(page: DataPage, drawings: Path, tmp_path: Path, qtbot: QtBot) -> None:
    shutil.copytree(drawings / "cats", tmp_path / "here" / "cats")
    ask(page, tmp_path / "here", qtbot)
    TestDrop.hover(page, drawings / "dogs")
    assert page.curtain.accessibleName() == "Drop to add dogs as the other class"
    TestDrop.drop(page, drawings / "dogs")
    wait_for_dataset(page, qtbot)
    assert page.view.dataset is not None
    assert page.view.dataset.class_counts() == {"cat": 40, "dog": 40}


def test_two_folders_are_chosen_in_a_dialog(page: DataPage, drawings: Path, qtbot: QtBot) -> None:
    page.welcome.two_folders.click()
    dialog = child(page, TwoFoldersDialog)
    assert not dialog.go.isEnabled()
    for field, folder in zip(dialog.fields, (drawings, drawings / "dogs"), strict=True):
        field.edit.setText(str(folder))
    assert "lies inside" in dialog.refusal.text()
    dialog.fields[0].edit.setText(str(drawings / "cats"))
    assert not dialog.refusal.isVisible()
    dialog.go.click()
    wait_for_dataset(page, qtbot)
    assert page.view.dataset is not None
    assert page.view.dataset.class_folders == ("cats", "dogs")
