"""Deleting where there is no trash: its place is made, or the user is asked whether to delete for good."""

import shutil
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from catdog_gui import worker
from catdog_gui.models import page as page_module
from catdog_gui.models import trash as trash_module
from catdog_gui.models.page import ModelsPage
from catdog_gui.models.trash import Trash
from catdog_gui.state.context import Context
from tests.gui.models.test_runs_history import folders, select
from trainer.storage.collection import Kept


def answers(monkeypatch: pytest.MonkeyPatch, words: Sequence[str]) -> list[str]:
    """Press one after the other the buttons with these words, or with "" the default; return what was asked."""
    asked: list[str] = []
    buttons = iter(words)

    def press(box: QMessageBox) -> int:
        asked.append(f"{box.text()} {box.informativeText()}")
        word = next(buttons)
        pressed = next(b for b in box.buttons() if word in b.text()) if word else box.defaultButton()
        pressed.click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press)
    return asked


def refuse_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trash_module.QFile, "moveToTrash", lambda _path: False)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have one")
def test_the_place_of_the_trash_is_made_where_an_account_lacks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home" / "share"))
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "curves").write_text("kept")
    trash = Trash()
    trash.take(tmp_path / "run")
    assert not (tmp_path / "run").exists()
    assert not trash.refused
    assert (tmp_path / "home" / "share" / "Trash" / "files" / "run" / "curves").read_text() == "kept"


def test_without_a_trash_one_question_deletes_all_that_it_refused_for_good(
    full_page: ModelsPage, context: Context, all_kinds: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answers(monkeypatch, ["Move to trash", "Delete for good"])

    def move(path: str) -> bool:
        if not path.endswith("one"):
            return False
        shutil.move(path, all_kinds.parent / "gone")
        return True

    monkeypatch.setattr(trash_module.QFile, "moveToTrash", move)
    full_page.show_view("runs")
    select(full_page, "one", "two", "without")
    context.use_model(all_kinds / "two" / "model.safetensors")
    full_page.actions_row.delete.click()
    qtbot.waitUntil(lambda: len(folders(full_page)) == 2)
    assert len(asked) == 2
    assert asked[1].startswith("There is no trash here. Delete for good?")
    assert [str(all_kinds / name) in asked[1] for name in ("one", "two", "without")] == [False, True, True]
    qtbot.waitUntil(lambda: {path.name for path in all_kinds.iterdir()} == set(folders(full_page)))
    qtbot.waitUntil(lambda: context.current_model is None)


def test_a_list_begun_before_something_changed_does_not_replace_the_one_begun_after(
    full_page: ModelsPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, real = threading.Event(), page_module.list_kept
    calls: list[int] = []

    def slow_at_first(folder: Path) -> list[Kept]:
        calls.append(len(calls))
        if calls[-1] == 0:
            before = real(folder)
            assert gate.wait(20)
            return before
        return []

    monkeypatch.setattr(page_module, "list_kept", slow_at_first)
    full_page.list_models()
    qtbot.waitUntil(lambda: bool(calls))
    former = full_page.findChildren(worker.Task)[-1]
    full_page.list_models()
    qtbot.waitUntil(full_page.empty.isVisible)
    with qtbot.waitSignal(former.finished):
        gate.set()
    assert full_page.empty.isVisible()


def test_the_second_question_is_answered_no_by_default(
    full_page: ModelsPage, all_kinds: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answers(monkeypatch, ["Move to trash", ""])
    refuse_all(monkeypatch)
    select(full_page, "two")
    full_page.actions_row.delete.click()
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert (all_kinds / "two" / "model.safetensors").is_file()
    assert "two" in folders(full_page)


def test_what_cannot_be_deleted_for_good_either_is_said_with_the_reason(
    full_page: ModelsPage, context: Context, all_kinds: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, ["Move to trash", "Delete for good"])
    refuse_all(monkeypatch)

    def fail(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(shutil, "rmtree", fail)
    select(full_page, "two")
    with qtbot.waitSignal(context.error_reported) as reported:
        full_page.actions_row.delete.click()
    assert "1 could not be deleted.\n" in reported.args[0].what
    assert "two cannot be deleted (Permission denied)" in reported.args[0].what
    assert (all_kinds / "two" / "model.safetensors").is_file()
