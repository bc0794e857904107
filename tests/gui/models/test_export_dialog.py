"""A model is exported from the Models page: in the background, with the comparison told, and cancelled at any time."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from catdog_gui.models import export_dialog as module
from catdog_gui.models.export_dialog import ExportDialog
from catdog_gui.models.page import ModelsPage
from catdog_gui.state.context import Context
from trainer.core.errors import CancelledError, ExportError
from trainer.core.text import text
from trainer.export import onnx_file
from trainer.export.page_folder import HEAD_BYTES, is_page
from trainer.export.session import ExportedModel
from trainer.storage.model_list import describe_model, export_name


@pytest.fixture
def dialog(context: Context, finished_model: Path, qtbot: QtBot) -> Iterator[ExportDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ExportDialog(describe_model(finished_model), context, parent)
    dialog.open()
    yield dialog
    if shiboken6.isValid(dialog):
        dialog.reject()


def choose(monkeypatch: pytest.MonkeyPatch, file: Path | str) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(file), ""))


def test_the_file_is_written_and_the_comparison_told(
    dialog: ExportDialog, context: Context, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_file, "hard_photos", tuple)  # which take seconds; tests/export looks at them
    choose(monkeypatch, tmp_path / "cats and dogs")
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    assert dialog.work.isVisible()
    assert not dialog.start.isEnabled()
    qtbot.waitUntil(dialog.show_file.isVisible, timeout=120_000)
    assert dialog.said.text.text() == "The model is exported to cats and dogs.onnx."
    assert "No verdict differs." in dialog.said.remedy.text()
    assert ExportedModel.open(tmp_path / "cats and dogs.onnx").record.classes == ("cat", "dog")
    assert context.settings.last_folder("export") == tmp_path
    qtbot.waitUntil(dialog.start.isEnabled)
    assert not dialog.work.isVisible()


def test_a_page_is_written_into_a_folder(
    dialog: ExportDialog,
    context: Context,
    finished_model: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(onnx_file, "hard_photos", tuple)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: str(tmp_path))
    (tmp_path / "something").touch()
    name = export_name(finished_model)
    dialog.as_page.click()
    dialog.ask()
    qtbot.waitUntil(dialog.show_file.isVisible, timeout=120_000)
    assert dialog.said.text.text() == f"The model is exported to {name}."
    assert dialog.file == tmp_path / name / "index.html"
    assert is_page(dialog.file.read_bytes()[:HEAD_BYTES])
    assert context.settings.last_folder("export") == tmp_path
    qtbot.waitUntil(dialog.start.isEnabled)
    dialog.as_file.click()
    assert not dialog.said.isVisible()  # what was said of the page is not of a file
    (tmp_path / "holiday" / name).mkdir(parents=True)
    (tmp_path / "holiday" / name / "beach.jpg").touch()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: str(tmp_path / "holiday"))
    dialog.as_page.click()
    dialog.ask()
    qtbot.waitUntil(lambda: "holds no page" in dialog.said.text.text())


@pytest.mark.parametrize("close", [False, True])
def test_it_is_cancelled_by_its_button_and_by_closing(
    dialog: ExportDialog,
    close: bool,  # noqa: FBT001
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def export(*_args: Any, cancelled: Any, **_options: Any) -> str:
        begun.set()
        while not cancelled():
            stopped.wait(0.01)
        stopped.set()
        raise CancelledError("Cancelled.")

    monkeypatch.setattr(module, "export_model", export)
    choose(monkeypatch, tmp_path / "model.onnx")
    dialog.ask()
    assert begun.wait(10)
    if close:
        dialog.reject()
    else:
        qtbot.mouseClick(dialog.work.cancel, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(dialog.said.isVisible)
        assert dialog.said.text.text() == "Cancelled. Nothing was written."
    assert stopped.wait(10)
    assert not list(tmp_path.glob("*.onnx"))


def test_a_failed_proof_names_the_photo(
    dialog: ExportDialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def export(*_args: Any, int8: bool, **_options: Any) -> str:
        asked.append(int8)
        raise ExportError(text("For the photo “{photo}” it does not.", photo="CMYK"), remedy=text("Report it."))

    monkeypatch.setattr(module, "export_model", export)
    dialog.int8.click()
    choose(monkeypatch, tmp_path / "model.onnx")
    dialog.ask()
    qtbot.waitUntil(dialog.said.isVisible)
    assert asked == [True]
    assert dialog.said.text.text() == "For the photo “CMYK” it does not."
    assert dialog.said.remedy.text() == "Report it."
    assert not dialog.show_file.isVisible()


def test_the_page_opens_it_for_the_selected_model(full_page: ModelsPage, qtbot: QtBot) -> None:
    full_page.table.selectRow(0)
    assert full_page.actions_row.export.isEnabled()
    full_page.actions_row.export.trigger()
    (dialog,) = full_page.window().findChildren(ExportDialog)
    assert dialog.isVisible()
    dialog.reject()
    qtbot.waitUntil(lambda: not full_page.window().findChildren(ExportDialog))
