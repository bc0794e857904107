"""The report of a run is saved from the pages, whole or without names, and can be opened at once."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from catdog_gui.evaluate.page import EvaluatePage
from catdog_gui.models.page import ModelsPage
from catdog_gui.models.run_details import RunDetails
from catdog_gui.state.context import Context
from catdog_gui.widgets import save_report as module
from catdog_gui.widgets.save_report import PRIVATE, WHOLE, ReportSaved, save_report
from tests.report.page import Page
from trainer.core.results import ErrorRecord, RunResult
from trainer.files.paths import models_folder


@pytest.fixture
def run_folder(finished_run: RunResult) -> Path:
    assert finished_run.run_folder is not None
    return Path(finished_run.run_folder)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what the browser was asked to open."""
    asked: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(asked.append(url.toLocalFile())) or True)
    return asked


def choose(monkeypatch: pytest.MonkeyPatch, file: Path | str, kind: str = WHOLE) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(file), kind))


def said(parent: QWidget, qtbot: QtBot) -> ReportSaved:
    qtbot.waitUntil(lambda: bool(parent.findChildren(ReportSaved)), timeout=20_000)
    return parent.findChildren(ReportSaved)[0]


@pytest.mark.parametrize(("kind", "pictures"), [(WHOLE, True), (PRIVATE, False)])
def test_it_is_written_in_the_background_and_opened(
    kind: str,
    pictures: bool,  # noqa: FBT001
    context: Context,
    run_folder: Path,
    tmp_path: Path,
    opened: list[str],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sentences: list[str] = []
    context.said.connect(sentences.append)
    parent = QWidget()
    qtbot.addWidget(parent)
    file = tmp_path / "for my teacher"
    choose(monkeypatch, file, kind)
    save_report(run_folder, context, parent)
    assert sentences == ["Writing the report…"]
    assert not file.exists()
    box = said(parent, qtbot)
    file = file.with_name("for my teacher.html")
    assert box.informativeText() == str(file)
    page = Page.read(file)
    assert "Report of a training run" in page.words
    assert bool(page.all("img")) is pictures
    assert context.settings.last_folder("report") == tmp_path
    box.open_it.click()
    assert opened == [str(file)]
    qtbot.waitUntil(lambda: not parent.findChildren(QMessageBox))


def test_what_the_dialog_asked_about_is_written_over(
    context: Context, run_folder: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "old.html"
    file.write_text("old", encoding="utf-8")
    parent = QWidget()
    qtbot.addWidget(parent)
    choose(monkeypatch, file)
    save_report(run_folder, context, parent)
    said(parent, qtbot).close_it.click()
    assert "Report of a training run" in file.read_text(encoding="utf-8")


def test_no_name_no_report_and_an_error_is_told(
    context: Context, run_folder: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    begun: list[object] = []
    monkeypatch.setattr(module.worker, "start", lambda *args, **_: begun.append(args))
    choose(monkeypatch, "")
    save_report(run_folder, context, parent)
    assert begun == []
    monkeypatch.undo()
    (tmp_path / "file").touch()
    choose(monkeypatch, tmp_path / "file" / "report.html")
    with qtbot.waitSignal(context.error_reported, timeout=20_000) as told:
        save_report(run_folder, context, parent)
    [error] = told.args
    assert isinstance(error, ErrorRecord)
    assert "cannot be written" in error.what
    assert parent.findChildren(ReportSaved) == []


def test_the_evaluate_page_offers_it_for_models_with_a_run(
    context: Context,
    run_folder: Path,
    tmp_path: Path,
    opened: list[str],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context.settings.runs_folder = run_folder.parent
    page = EvaluatePage(context)
    qtbot.addWidget(page, before_close_func=lambda page: page.view.tiles.tiles.close())
    assert not page.report.isEnabled()
    page.show()
    qtbot.waitUntil(page.report.isEnabled)
    choose(monkeypatch, tmp_path / "evaluated.html")
    page.report.click()
    said(page, qtbot).open_it.click()
    assert opened == [str(tmp_path / "evaluated.html")]


def test_the_models_page_offers_it_for_runs_with_an_epoch(
    context: Context, run_folder: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    context.settings.runs_folder = run_folder.parent
    models_folder().mkdir(parents=True)
    shutil.copy(run_folder / "model.safetensors", models_folder() / "mine.safetensors")
    page = ModelsPage(context)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.table.models.rowCount() > 0)
    rows = range(page.table.models.rowCount())
    [other] = [row for row in rows if not page.table.models.kept(row).is_of_run]
    page.table.selectRow(other)
    assert not page.actions_row.report.isEnabled()
    page.show_view("runs")
    page.table.selectRow(0)
    assert page.actions_row.report.isEnabled()
    choose(monkeypatch, tmp_path / "listed.html")
    page.actions_row.report.trigger()
    said(page, qtbot).close_it.click()
    assert (tmp_path / "listed.html").is_file()
    page.look_at_chosen()
    details = page.window().findChildren(RunDetails)[0]
    qtbot.waitUntil(lambda: details.state is not None)
    button = details.report
    choose(monkeypatch, tmp_path / "detailed.html")
    button.click()
    said(details, qtbot).close_it.click()
    assert (tmp_path / "detailed.html").is_file()
    details.accept()
    qtbot.waitUntil(lambda: not page.window().findChildren(RunDetails))
