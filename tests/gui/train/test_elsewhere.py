"""Train elsewhere…: a folder is written, a finished run is taken back, and what cannot be is said."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from catdog_gui.state.context import Context
from catdog_gui.train.elsewhere_dialog import ElsewhereDialog
from catdog_gui.train.page import TrainPage
from tests.gui.recorded import dataset
from tests.gui.seen import button, texts
from trainer.core.config import TrainConfig
from trainer.core.errors import DiskError
from trainer.core.results import RunResult
from trainer.core.text import text
from trainer.report import write
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_list import list_runs


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Return what makes the user choose a folder."""

    def answer(folder: Path) -> None:
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))

    return answer


@pytest.fixture
def opened(page: TrainPage, context: Context, qtbot: QtBot) -> Callable[[], ElsewhereDialog]:
    def open_dialog() -> ElsewhereDialog:
        button(page.setup.footer, "Train elsewhere…").click()
        dialog = page.findChild(ElsewhereDialog)
        qtbot.waitExposed(dialog)
        return dialog

    return open_dialog


def test_without_photos_nothing_can_be_written_and_a_run_can_be_taken_back(
    opened: Callable[[], ElsewhereDialog],
) -> None:
    dialog = opened()
    assert not dialog.write.isEnabled()
    assert dialog.take.isEnabled()
    assert any("Choose photos" in words for words in texts(dialog))
    dialog.close()


def test_a_folder_is_written_and_found(
    opened: Callable[[], ElsewhereDialog],
    choose: Callable[[Path], None],
    context: Context,
    drawings: Path,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    context.choose_dataset(dataset(str(drawings)))
    dialog = opened()
    choose(tmp_path)
    dialog.write.click()
    assert not dialog.write.isEnabled()
    assert dialog.progress.isVisible()
    qtbot.waitUntil(dialog.write.isEnabled, timeout=60_000)
    [folder] = [path for path in tmp_path.iterdir() if RunFolder(path).is_run()]
    assert str(folder) in dialog.outcome.text()
    assert dialog.show_it.isVisible()
    assert RunFolder(folder).read_record().config.dataset == str(drawings)
    assert context.settings.last_folder("elsewhere") == tmp_path
    dialog.close()


def test_photos_that_are_gone_are_said(
    context: Context, small_config: Callable[..., TrainConfig], tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = ElsewhereDialog(context, small_config(dataset=str(tmp_path / "gone")))
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.write_into(tmp_path)
    qtbot.waitUntil(dialog.write.isEnabled, timeout=60_000)
    assert str(tmp_path / "gone") in dialog.outcome.text()
    assert not dialog.show_it.isVisible()


def test_a_finished_run_is_taken_back_and_one_that_is_none_is_refused(
    opened: Callable[[], ElsewhereDialog],
    choose: Callable[[Path], None],
    context: Context,
    finished_run: RunResult,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    dialog = opened()
    choose(tmp_path)
    dialog.take.click()
    qtbot.waitUntil(dialog.take.isEnabled, timeout=60_000)
    assert "is not a run folder" in dialog.outcome.text()
    assert finished_run.run_folder is not None
    shutil.copytree(finished_run.run_folder, tmp_path / "back")
    choose(tmp_path / "back")
    with qtbot.waitSignal(context.models_changed, timeout=60_000):
        dialog.take.click()
    assert "is taken in" in dialog.outcome.text()
    assert [run.status for run in list_runs()] == ["completed"]
    dialog.close()


def test_where_the_report_of_a_run_taken_back_cannot_be_written_that_is_said(
    context: Context, finished_run: RunResult, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def refuse(*_given: object, **_more: object) -> None:
        raise DiskError(text("The disk is full."))

    monkeypatch.setattr(write, "write_report", refuse)
    dialog = ElsewhereDialog(context, None)
    qtbot.addWidget(dialog)
    dialog.show()
    assert finished_run.run_folder is not None
    with qtbot.waitSignal(dialog.taken, timeout=60_000):
        dialog.take_from(Path(finished_run.run_folder))
    assert "is taken in" in dialog.outcome.text()
    assert dialog.outcome.text().endswith("The run's report could not be written. The disk is full.")
    qtbot.waitUntil(dialog.take.isEnabled)
