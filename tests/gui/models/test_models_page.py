"""The Models page: lists, uses, renames, takes in and deletes models."""

import shutil
import threading
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from catdog_gui.classify.model_chooser import ModelChooser
from catdog_gui.look.model_words import model_detail
from catdog_gui.look.words import day, interval, percent
from catdog_gui.models.kept_table import KeptTable
from catdog_gui.models.kept_words import COLUMNS, MADE, NAME
from catdog_gui.models.page import ModelsPage
from catdog_gui.models.two_lines import SECOND_ROLE
from catdog_gui.state.context import Context
from tests.gui.fake_engine import Emit, FakeEngine
from tests.gui.recorded import started
from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.results import RunResult
from trainer.files.paths import models_folder
from trainer.storage.collection import Kept
from trainer.storage.model_changes import rename_model
from trainer.storage.model_list import describe_model, list_models


@pytest.fixture
def runs(context: Context, finished_run: RunResult, tmp_path: Path) -> Path:
    """Return a runs folder with a copy of the finished run in it."""
    assert finished_run.run_folder is not None
    folder = tmp_path / "runs"
    shutil.copytree(finished_run.run_folder, folder / Path(finished_run.run_folder).name)
    context.settings.runs_folder = folder
    return folder


@pytest.fixture
def model(runs: Path) -> Path:
    return next(runs.glob("*/model.safetensors"))


@pytest.fixture
def page(context: Context, model: Path, qtbot: QtBot) -> ModelsPage:
    page = ModelsPage(context)
    qtbot.addWidget(page)
    page.resize(720, 600)
    with qtbot.waitExposed(page):
        page.show()
    qtbot.waitUntil(lambda: page.table.chosen() is not None)
    return page


def row(page: ModelsPage, number: int = 0) -> list[str]:
    table = page.table.models
    cells = [table.index(number, column) for column in range(len(COLUMNS))]
    return [f"{cell.data()}|{cell.data(SECOND_ROLE)}" for cell in cells]


def names(page: ModelsPage) -> list[str]:
    return [row(page, number)[0].split("|")[0] for number in range(page.table.models.rowCount())]


def test_a_runs_model_is_listed_with_what_one_wants_to_know(page: ModelsPage, model: Path) -> None:
    entry = describe_model(model)
    name, made, photos, accuracy = row(page)
    test = entry.description.test
    assert test is not None
    low, high = test.accuracy_interval
    assert name == f"{entry.title}|Classic"
    assert made == f"{day(entry.description.origin.created)}|completed"
    assert photos == "set|56 to learn from, 12 to test"
    assert accuracy == f"{percent(test.accuracy, 1)}|likely {interval(low, high)}"


def test_use_makes_it_the_model_in_use(page: ModelsPage, context: Context, model: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(context.model_changed) as changed:
        page.actions_row.use.click()
    assert changed.args == [model]
    assert not page.actions_row.use.isEnabled()
    index = page.table.models.index(0, 0)
    assert index.data(Qt.ItemDataRole.DecorationRole) is not None
    assert "in use" in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_evaluate_goes_to_its_page(page: ModelsPage, context: Context, model: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignals([context.page_requested, context.evaluate_requested]):
        page.actions_row.evaluate.click()


def test_the_starter_model_can_be_used_and_neither_renamed_nor_deleted(
    starter: Path, page: ModelsPage, context: Context, model: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: page.table.models.rowCount() == 2)
    context.use_model(model)
    place = next(number for number in range(2) if names(page)[number] == "Starter model")
    page.table.selectRow(place)
    assert page.actions_row.use.isEnabled()
    assert page.actions_row.evaluate.isEnabled()
    for button in (page.actions_row.rename, page.actions_row.delete):
        assert not button.isEnabled()
        assert "comes with CatDog" in button.toolTip()
    index = page.table.models.index(place, 0)
    assert not index.flags() & Qt.ItemFlag.ItemIsEditable
    assert "Comes with CatDog" in index.data(Qt.ItemDataRole.ToolTipRole)
    asked = answer(monkeypatch, "trash")
    page.delete_chosen()
    page.table.edit_name()
    assert page.table.findChild(QLineEdit) is None
    assert not asked
    page.actions_row.use.click()
    assert context.current_model == starter
    assert "in use" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    page.table.selectRow(1 - place)
    assert page.actions_row.rename.isEnabled()
    assert page.actions_row.delete.isEnabled()
    assert "comes with CatDog" not in page.actions_row.rename.toolTip()


def test_the_starter_model_comes_last_in_lists(starter: Path, model: Path, runs: Path) -> None:
    assert [entry.is_starter for entry in list_models(runs)] == [False, True]


def test_deleting_another_model_leaves_the_one_in_use_alone(
    starter: Path,
    page: ModelsPage,
    context: Context,
    model: Path,
    trash: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    qtbot.waitUntil(lambda: page.table.models.rowCount() == 2)
    page.table.selectRow(next(number for number in range(2) if names(page)[number] != "Starter model"))
    answer(monkeypatch, "trash")
    with qtbot.assertNotEmitted(context.model_changed), qtbot.waitSignal(context.models_changed):
        page.actions_row.delete.click()
    assert context.current_model == starter
    qtbot.waitUntil(lambda: page.table.models.rowCount() == 1)


def only(page: ModelsPage) -> Kept:
    return page.table.models.kept(0)


def with_description(kept: Kept, **changes: object) -> Kept:
    assert kept.model is not None
    return replace(kept, model=replace(kept.model, description=replace(kept.model.description, **changes)))


def tooltip(page: ModelsPage) -> str:
    return str(page.table.models.index(0, 0).data(Qt.ItemDataRole.ToolTipRole))


def test_a_model_says_how_many_parameters_it_has_and_how_many_learnt(page: ModelsPage) -> None:
    page.table.show_kept([with_description(only(page), parameters=3_372_289, trainable_parameters=1_281)])
    assert "3,372,289 parameters, 1,281 of them trainable" in tooltip(page)


def test_a_model_without_a_test_says_so_here_and_in_the_chooser(page: ModelsPage) -> None:
    untested = with_description(only(page), test=None)
    page.table.show_kept([untested])
    assert row(page)[3] == "–|not tested"
    assert "not tested yet" in tooltip(page)
    chooser = ModelChooser()
    assert untested.model is not None
    chooser.show_models([untested.model], untested.model)
    assert "not tested yet · " in chooser.toolTip()
    chooser.deleteLater()


def test_a_model_that_does_not_say_when_it_was_made_is_listed_all_the_same(page: ModelsPage) -> None:
    kept = only(page)
    assert kept.model is not None
    origin = replace(kept.model.description.origin, created="some day")
    undated = replace(with_description(kept, origin=origin), run=None, path=Path("/m/other"))
    page.table.show_kept([kept, undated])
    page.table.sortByColumn(MADE, Qt.SortOrder.AscendingOrder)
    assert row(page)[1] == "some day|from a file"
    assert undated.model is not None
    assert "test photos · Classic · 56 training photos · some day" in model_detail(undated.model)


def test_rename_is_done_in_place(page: ModelsPage, context: Context, model: Path, qtbot: QtBot) -> None:
    page.actions_row.rename.trigger()
    editor = page.table.findChild(QLineEdit)
    assert editor is not None
    editor.setText("Whiskers")
    with qtbot.waitSignal(context.models_changed):
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(page)[0] == "Whiskers")
    assert model.is_file()
    assert describe_model(model).title == "Whiskers"


def answer(monkeypatch: pytest.MonkeyPatch, word: str) -> list[str]:
    """Press the button with this word in the question that comes; return what was asked."""
    asked: list[str] = []

    def press(box: QMessageBox) -> int:
        assert box.textFormat() == Qt.TextFormat.PlainText  # it shows titles and paths
        asked.append(f"{box.text()} {box.informativeText()}")
        next(button for button in box.buttons() if word in button.text()).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press)
    return asked


def test_delete_asks_and_moves_the_run_to_the_trash(
    page: ModelsPage, context: Context, model: Path, trash: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    context.use_model(model)
    asked = answer(monkeypatch, "trash")
    with qtbot.waitSignal(context.models_changed):
        page.actions_row.delete.click()
    assert "to the trash?" in asked[0]
    assert "The run goes with it" in asked[0]
    assert str(model.parent) in asked[0]
    assert "test photos" in asked[0]
    assert not model.parent.exists()
    assert (trash / model.parent.name / "model.safetensors").is_file()
    assert context.current_model is None
    qtbot.waitUntil(page.empty.isVisible)
    assert not page.table.isVisible()


def test_delete_can_be_thought_better_of(
    page: ModelsPage, model: Path, trash: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "Cancel")
    page.actions_row.delete.click()
    assert model.is_file()
    assert not list(trash.iterdir())


def test_a_file_from_elsewhere_is_copied_in_and_used(
    page: ModelsPage, context: Context, model: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = tmp_path / "from a friend.safetensors"
    shutil.copy(model, sent)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (str(sent), ""))
    with qtbot.waitSignal(context.model_changed) as changed:
        page.open.click()
    assert changed.args == [models_folder() / sent.name]
    assert (models_folder() / sent.name).read_bytes() == sent.read_bytes()
    qtbot.waitUntil(lambda: page.table.models.rowCount() == 2)
    assert [kept.path for kept in page.table.all_chosen()] == changed.args
    # Once more: another name, nothing overwritten.
    with qtbot.waitSignal(context.model_changed) as changed:
        page.search.setText("what this one lacks")
        page.show_view("runs")
        page.import_file(sent)
    assert changed.args == [models_folder() / "from a friend 2.safetensors"]
    qtbot.waitUntil(lambda: page.table.models.rowCount() == 3)
    assert [kept.path for kept in page.table.all_chosen()] == changed.args


def test_a_new_model_does_not_inherit_the_name_of_a_deleted_one(
    page: ModelsPage,
    context: Context,
    model: Path,
    trash: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = Path(shutil.copy(model, tmp_path / "sent.safetensors"))
    page.import_file(sent)
    qtbot.waitUntil(lambda: page.table.models.rowCount() == 2)
    rename_model(models_folder() / sent.name, "Whiskers")
    page.list_models()
    qtbot.waitUntil(lambda: "Whiskers" in names(page))
    page.table.selectRow(names(page).index("Whiskers"))
    answer(monkeypatch, "trash")
    page.actions_row.delete.click()
    qtbot.waitUntil(lambda: page.table.models.rowCount() == 1)
    assert not list(models_folder().iterdir())
    page.import_file(sent)
    qtbot.waitUntil(lambda: "sent" in names(page))
    assert "Whiskers" not in names(page)


def test_what_is_no_model_is_refused(page: ModelsPage, context: Context, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "bad.safetensors").write_bytes(b"nothing of the kind")
    with qtbot.waitSignal(context.error_reported) as reported:
        page.import_file(tmp_path / "bad.safetensors")
    assert "bad.safetensors" in reported.args[0].what
    assert reported.args[0].details == ""
    assert not models_folder().exists()


def test_the_model_of_the_run_at_hand_is_not_deleted(
    page: ModelsPage, context: Context, model: Path, engine: FakeEngine, trash: Path, qtbot: QtBot
) -> None:
    release = threading.Event()

    def script(emit: Emit, _control: RunControl) -> RunResult:
        emit(started(str(model.parent)))
        release.wait(10)
        return RunResult(status="completed")

    engine.script = script
    context.run_controller.start(TrainConfig(dataset="/photos"))
    qtbot.waitUntil(lambda: context.run_controller.run_folder == model.parent)
    with qtbot.waitSignal(context.said) as said:
        page.actions_row.delete.click()
    assert said.args == ["This model is being trained right now."]
    assert model.is_file()
    with qtbot.waitSignal(context.run_controller.ended):
        release.set()


def test_ten_thousand_models_sort_in_a_moment(page: ModelsPage, qtbot: QtBot) -> None:
    kept = only(page)
    table = KeptTable()
    qtbot.addWidget(table)
    table.show_kept([replace(kept, path=Path(f"/m/{number}"), title=f"m{number:05}") for number in range(10_000)])
    table.sortByColumn(NAME, Qt.SortOrder.AscendingOrder)
    assert table.models.index(0, 0).data() == "m00000"
    table.sortByColumn(NAME, Qt.SortOrder.DescendingOrder)
    assert table.models.index(0, 0).data() == "m09999"


def test_without_models_it_says_how_to_get_one(context: Context, qtbot: QtBot, tmp_path: Path) -> None:
    context.settings.runs_folder = tmp_path
    page = ModelsPage(context)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(page.empty.isVisible)
    with qtbot.waitSignal(context.page_requested) as asked:
        page.empty.train_requested.emit()
    assert asked.args == ["data"]


def test_it_fits_into_the_smallest_window(page: ModelsPage) -> None:
    assert page.minimumSizeHint().width() <= 708
