"""The Models page in a language that is longer and read from the right."""

from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from catdog_gui.models.compare_dialog import CompareDialog
from catdog_gui.models.export_dialog import ExportDialog
from catdog_gui.models.page import ModelsPage
from catdog_gui.models.run_details import RunDetails
from catdog_gui.state.context import Context
from tests.gui.pseudo import cut_off, untranslated
from trainer.storage.collection import list_kept
from trainer.storage.model_list import describe_model
from trainer.storage.notes import write_note

# The user's own words: class names, titles, folders, dates as the system writes them, names of settings' values.
OWN = ("Classic · set", "set", "MB", "rmsprop", "constant", "auto", "off", "classic", "model.safetensors")


def own(folder: Path) -> tuple[str, ...]:
    return (*OWN, str(folder), *(part for path in folder.iterdir() for part in (str(path), path.name)))


@pytest.fixture
def noted(all_kinds: Path) -> Path:
    write_note(all_kinds / "one" / "model.safetensors", "set")
    return all_kinds


@pytest.mark.usefixtures("pseudo")
def test_the_table_in_both_views(noted: Path, full_page: ModelsPage) -> None:
    for view in ("models", "runs"):
        full_page.show_view(view)  # type: ignore[arg-type]  # one of both
        assert untranslated(full_page, *own(noted)) == []
        assert cut_off(full_page) == []
    selection, flags = full_page.table.selectionModel(), QItemSelectionModel.SelectionFlag
    selection.select(full_page.table.models.index(1, 0), flags.Select | flags.Rows)
    full_page.search.setText("nowhere")
    assert untranslated(full_page, *own(noted)) == []
    assert cut_off(full_page) == []


@pytest.mark.usefixtures("pseudo")
def test_the_page_without_anything(context: Context, tmp_path: Path, qtbot: QtBot) -> None:
    context.settings.runs_folder = tmp_path
    page = ModelsPage(context)
    qtbot.addWidget(page)
    page.resize(716, 600)
    page.show()
    qtbot.waitUntil(page.empty.isVisible)
    assert untranslated(page) == []
    assert cut_off(page) == []


@pytest.mark.usefixtures("pseudo")
def test_a_run_opened_again_and_a_comparison(
    noted: Path, full_page: ModelsPage, context: Context, qtbot: QtBot
) -> None:
    kept = [kept for kept in list_kept(noted) if kept.run is not None]
    details = RunDetails(next(one for one in kept if one.damage), context, full_page)
    details.show()
    qtbot.waitUntil(lambda: details.state is not None)
    run = kept[0].run
    assert run is not None
    words = (*own(noted), run.config.dataset)
    assert untranslated(details, *words) == []
    details.close()
    compare = CompareDialog(kept[:3], full_page)
    compare.show()
    qtbot.waitUntil(lambda: bool(compare.plots[0].curves))
    assert untranslated(compare, *words) == []
    assert cut_off(compare) == []
    compare.close()


@pytest.mark.usefixtures("pseudo")
def test_the_export_of_a_model(noted: Path, full_page: ModelsPage, context: Context) -> None:
    dialog = ExportDialog(describe_model(noted / "one" / "model.safetensors"), context, full_page)
    dialog.show()
    assert untranslated(dialog, *own(noted)) == []
    assert cut_off(dialog) == []
    dialog.close()


@pytest.mark.usefixtures("pseudo")
def test_the_question_before_deleting(noted: Path, full_page: ModelsPage, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(untranslated(box, *own(noted))) or 0)
    full_page.table.selectAll()
    full_page.actions_row.delete.click()
    assert asked == [[]]
