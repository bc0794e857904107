"""The history of runs: opened again, noted, searched, compared, continued, deleted together."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot

from catdog_gui.models.compare_dialog import CompareDialog
from catdog_gui.models.kept_words import ACCURACY, NAME
from catdog_gui.models.page import ModelsPage
from catdog_gui.models.run_details import RunDetails
from catdog_gui.models.two_lines import SECOND_ROLE
from catdog_gui.state.context import Context
from catdog_gui.widgets.go_on_dialog import GoOnDialog
from tests.gui.models.test_models_page import answer
from tests.gui.seen import child, texts
from tests.storage.test_collection import with_test
from trainer.core.results import RunResult
from trainer.storage.notes import read_note


def folders(page: ModelsPage) -> list[str]:
    return [page.table.models.kept(row).path.parent.name for row in range(page.table.models.rowCount())]


def select(page: ModelsPage, *names: str) -> None:
    selection, flags = page.table.selectionModel(), QItemSelectionModel.SelectionFlag
    selection.clearSelection()
    for name in names:
        selection.select(page.table.models.index(folders(page).index(name), NAME), flags.Select | flags.Rows)


def test_every_run_is_listed_with_its_status_also_those_without_a_model(full_page: ModelsPage) -> None:
    assert set(folders(full_page)) == {"one", "two", "2026-11-22_0935_classic", "damaged"}
    full_page.show_view("runs")
    assert set(folders(full_page)) == {"one", "two", "2026-11-22_0935_classic", "damaged", "without"}
    status = {
        full_page.table.models.kept(row).path.parent.name: full_page.table.models.index(row, 1).data(SECOND_ROLE)
        for row in range(5)
    }
    assert status["without"] == "completed"
    assert status["2026-11-22_0935_classic"] == "cut off"
    assert status["damaged"] == "damaged"
    assert [full_page.views.tabText(number) for number in range(2)] == ["Models (4)", "Runs (5)"]


def test_a_damaged_model_says_why_and_can_be_deleted_but_not_used(
    full_page: ModelsPage, all_kinds: Path, trash: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    select(full_page, "damaged")
    index = full_page.table.models.index(folders(full_page).index("damaged"), NAME)
    assert "damaged or cut off" in index.data(SECOND_ROLE)
    assert not full_page.actions_row.use.isEnabled()
    assert not full_page.actions_row.evaluate.isEnabled()
    answer(monkeypatch, "trash")
    full_page.actions_row.delete.click()
    qtbot.waitUntil(lambda: "damaged" not in folders(full_page))
    assert (trash / "damaged").is_dir()


def test_a_thousand_photos_lead_above_four(full_page: ModelsPage, qtbot: QtBot) -> None:
    (kept,) = [kept for kept in map(full_page.table.models.kept, range(4)) if kept.path.parent.name == "one"]
    full_page.table.show_kept([with_test(kept, "lucky", 4, 4), with_test(kept, "good", 994, 1000)])
    assert [full_page.table.models.kept(row).title for row in range(2)] == ["good", "lucky"]
    for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
        said = [full_page.table.models.headerData(column, Qt.Orientation.Horizontal, role) for column in range(4)]
        assert said[ACCURACY].startswith("Sorted by the lower end of the likely range")
        assert said[:ACCURACY] == [None] * ACCURACY
    cell = full_page.table.models.index(1, ACCURACY)
    assert cell.data() == "100.0 %"
    assert cell.data(SECOND_ROLE) == "likely 51.0–100.0 %"
    assert "say little" in cell.data(Qt.ItemDataRole.ToolTipRole)


def test_a_runs_curves_and_settings_are_opened_again(
    full_page: ModelsPage, finished_run: RunResult, qtbot: QtBot
) -> None:
    full_page.show_view("runs")
    select(full_page, "two")
    full_page.actions_row.look.click()
    opened = child(full_page, RunDetails)
    qtbot.waitUntil(lambda: opened.state is not None)
    loss, accuracy = opened.plots
    assert [value for _, value in loss.points("validation")] == [row.val_loss for row in finished_run.history]
    assert len(accuracy.points("train")) == 2
    words = texts(opened)
    assert "Changed from the recipe" in words
    assert "0.02" in words
    assert "usual: 0.0001" in words
    assert any("56 to learn from, 12 to test" in line for line in words)
    opened.accept()
    qtbot.waitUntil(lambda: not full_page.findChildren(RunDetails))


def test_several_are_compared_what_differs_first(full_page: ModelsPage, qtbot: QtBot) -> None:
    full_page.show_view("runs")
    select(full_page, "one", "two")
    assert full_page.actions_row.look.text() == "Compare…"
    full_page.actions_row.look.click()
    compared = child(full_page, CompareDialog)
    qtbot.waitUntil(lambda: len(compared.plots[0].curves) == 2)
    assert len(compared.plots[1].curves[0].xData) == 2
    assert compared.cells["Training photos"] == ["56", "56"]
    words = texts(compared)
    differs = words.index("Settings that differ")
    assert words[differs + 1] == "Learning rate"
    assert set(words[differs + 2 : differs + 4]) == {"0.0001", "0.02"}
    assert words.index("The same in all") > differs
    compared.accept()
    qtbot.waitUntil(lambda: not full_page.findChildren(CompareDialog))


def test_a_note_is_written_shown_found_and_taken_away(
    full_page: ModelsPage, all_kinds: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = iter(("with Anna's photos", ""))
    monkeypatch.setattr(QInputDialog, "getMultiLineText", lambda *_args: (next(notes), True))
    full_page.show_view("runs")
    select(full_page, "without")
    full_page.actions_row.note.trigger()
    model = all_kinds / "without" / "model.safetensors"
    qtbot.waitUntil(lambda: read_note(model) == "with Anna's photos")
    full_page.search.setText("anna")
    qtbot.waitUntil(lambda: folders(full_page) == ["without"])
    index = full_page.table.models.index(0, NAME)
    assert index.data(SECOND_ROLE) == "Classic · with Anna's photos"
    assert "Note: with Anna's photos" in index.data(Qt.ItemDataRole.ToolTipRole)
    full_page.search.clear()
    select(full_page, "without")
    full_page.actions_row.note.trigger()
    qtbot.waitUntil(lambda: not read_note(model))
    full_page.search.setText("anna")
    qtbot.waitUntil(lambda: folders(full_page) == [])
    assert full_page.nothing_found.isVisible()
    assert not full_page.actions_row.delete.isEnabled()
    full_page.search.setFocus()
    QTest.keyClick(full_page.search, Qt.Key.Key_Escape)
    assert full_page.search.text() == ""
    assert len(folders(full_page)) == 5


def test_several_are_deleted_after_one_question_that_lists_them(
    full_page: ModelsPage, all_kinds: Path, trash: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answer(monkeypatch, "trash")
    full_page.show_view("runs")
    select(full_page, "one", "two", "without")
    QTest.keyClick(full_page.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(folders(full_page)) == 2)
    assert len(asked) == 1
    assert "Move these 3 to the trash?" in asked[0]
    assert all(str(all_kinds / name) in asked[0] for name in ("one", "two", "without"))
    assert {path.name for path in trash.iterdir()} == {"one", "two", "without"}


def test_the_question_tells_two_of_one_name_apart(
    full_page: ModelsPage, all_kinds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def look(box: QMessageBox) -> int:
        asked.append(f"{box.text()} {box.informativeText()}")
        return 0

    monkeypatch.setattr(QMessageBox, "exec", look)
    for name in ("one", "two"):
        select(full_page, name)
        full_page.actions_row.delete.click()
    assert asked[0] != asked[1]
    assert str(all_kinds / "two") in asked[1]
    assert re.search(r"\d+ \w+ 20\d\d, \d\d:\d\d · [\d.]+ % \(.*\) on 12 test photos", asked[0])


def test_a_run_that_was_cut_off_goes_on_on_the_train_page(
    full_page: ModelsPage, context: Context, qtbot: QtBot
) -> None:
    full_page.show_view("runs")
    select(full_page, "without", "one")
    assert not full_page.actions_row.go_on.isEnabled()
    select(full_page, "2026-11-22_0935_classic")
    full_page.actions_row.go_on.click()
    asked = child(full_page, GoOnDialog)
    with qtbot.waitSignal(context.page_requested) as page, qtbot.waitSignal(context.run_controller.ended):
        asked.agree.click()
    assert page.args == ["train"]


def test_the_selection_stays_where_the_list_is_sorted_or_read_again(full_page: ModelsPage, qtbot: QtBot) -> None:
    full_page.show_view("runs")
    select(full_page, "one", "without")
    full_page.table.sortByColumn(NAME, Qt.SortOrder.AscendingOrder)
    full_page.list_models()
    qtbot.waitSignal(full_page.table.models.modelReset).wait()
    assert {kept.path.parent.name for kept in full_page.table.all_chosen()} == {"one", "without"}


def test_cells_stand_under_their_headings_and_nothing_scrolls_sideways(full_page: ModelsPage) -> None:
    table = full_page.table
    widths = [table.columnWidth(column) for column in range(4)]
    assert sum(widths) <= table.viewport().width()
    assert min(widths) > 100
    assert not table.horizontalScrollBar().isVisible()
