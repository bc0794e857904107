"""The Models page with a runs folder in which there is one of everything."""

import shutil
from pathlib import Path

import pytest
from msgspec import structs
from pytestqt.qtbot import QtBot

from catdog_gui.models import trash as trash_module
from catdog_gui.models.page import ModelsPage
from catdog_gui.state.context import Context
from tests.gui.recorded import cut_off_run
from trainer.core.results import RunResult
from trainer.storage.run_folder import RunFolder


@pytest.fixture
def trash(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Put a folder in place of the system's trash."""
    folder = tmp_path / "trash"
    folder.mkdir()

    def move(path: str) -> bool:
        shutil.move(path, folder)
        return True

    monkeypatch.setattr(trash_module.QFile, "moveToTrash", move)
    return folder


@pytest.fixture
def all_kinds(context: Context, finished_run: RunResult, tmp_path: Path) -> Path:
    """Return a runs folder with two finished runs of one name, one without a model, a damaged and a cut off one."""
    assert finished_run.run_folder is not None
    folder = tmp_path / "runs"
    for name in ("one", "two", "without", "damaged"):
        shutil.copytree(finished_run.run_folder, folder / name)
    (folder / "without" / "model.safetensors").unlink()
    (folder / "damaged" / "model.safetensors").write_bytes(b"none")
    two = RunFolder(folder / "two")
    record = two.read_record()
    two.write_record(structs.replace(record, config=structs.replace(record.config, learning_rate=0.02)))
    cut_off_run(finished_run, folder)
    context.settings.runs_folder = folder
    return folder


@pytest.fixture
def full_page(context: Context, all_kinds: Path, qtbot: QtBot) -> ModelsPage:
    page = ModelsPage(context)
    qtbot.addWidget(page)
    page.resize(716, 600)
    with qtbot.waitExposed(page):
        page.show()
    qtbot.waitUntil(lambda: page.table.models.rowCount() > 0)
    return page
