"""The Evaluate page: a run's own evaluation at once, new ones in the background, photos behind the cells."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from catdog_gui.evaluate.confusion_matrix import ConfusionMatrix
from catdog_gui.evaluate.page import EvaluatePage
from catdog_gui.evaluate.tile_dialog import TileDialog
from catdog_gui.state.context import Context
from tests.gui.recorded import dataset, evaluation
from tests.gui.seen import shows_photo, texts
from trainer.core.dataset_choice import DatasetChoice
from trainer.core.errors import CancelledError, DatasetError
from trainer.core.results import EvaluatedPhoto, Evaluation, RunResult
from trainer.files.paths import models_folder
from trainer.inference import evaluate as engine_module
from trainer.inference.coverage import moved
from trainer.storage.model_description import read_description
from trainer.storage.model_list import describe_model


@pytest.fixture
def page(context: Context, finished_run: RunResult, qtbot: QtBot) -> EvaluatePage:
    """Return the page with the finished run's model on it."""
    assert finished_run.run_folder is not None
    context.settings.runs_folder = Path(finished_run.run_folder).parent
    page = EvaluatePage(context)
    qtbot.addWidget(page, before_close_func=lambda page: page.view.tiles.tiles.close())
    page.resize(720, 600)
    with qtbot.waitExposed(page):
        page.show()
    qtbot.waitUntil(page.view.isVisible)
    return page


def captions(page: EvaluatePage) -> list[str]:
    model = page.view.tiles.tiles
    return [str(model.data(model.index(row), Qt.ItemDataRole.DisplayRole)) for row in range(model.rowCount())]


def test_a_runs_own_evaluation_is_shown_at_once(
    page: EvaluatePage, finished_run: RunResult, finished_model: Path, drawings: Path, qtbot: QtBot
) -> None:
    page.view.hide()
    page.show_model(finished_model)
    qtbot.waitUntil(page.view.isVisible)
    assert page.choice.model() == finished_model
    assert page.choice.dataset() == DatasetChoice.of(drawings)
    known = finished_run.evaluation
    assert known is not None
    assert page.view.accuracy.value.text() == f"{100 * known.accuracy:.1f} %"
    assert page.view.loss.value.text() == f"{known.loss:.3f}"
    assert page.view.matrix.cells[0][0].count == known.confusion[0][0]


def test_every_number_has_its_place(page: EvaluatePage) -> None:
    page.view.show_evaluation(evaluation(), "/photos/pets")
    view = page.view
    assert view.accuracy.value.text() == "82.5 %"
    assert view.interval.value.text() == "68.0–91.3 %"
    assert view.baseline.value.text() == "50.0 %"
    assert view.loss.value.text() == "0.410"
    assert view.area.value.text() == "0.900"
    assert [[cell.text() for cell in row] for row in view.table.cells] == [
        ["cat", "20", "78.3 %", "90.0 %", "83.7 %"],
        ["dog", "20", "88.2 %", "75.0 %", "81.1 %"],
    ]
    assert [[cell.count for cell in row] for row in view.matrix.cells] == [[18, 2], [5, 15]]
    assert view.matrix.cells[1][0].accessibleName() == "dog called cat: 5 photos, 25 %"


def test_nothing_is_rounded_to_certainty_and_the_threshold_is_plain(page: EvaluatePage) -> None:
    page.view.show_evaluation(replace(evaluation(), roc_auc=0.9997), "/photos/pets")
    assert page.view.area.value.text() == "> 0.999"
    assert page.view.words.text() == (
        "40 test photos of drawings. A photo is called dog if its probability of dog is at least 50 %."
    )


def test_a_weak_result_is_called_that_with_advice_unless_the_photos_were_learnt_from(page: EvaluatePage) -> None:
    page.view.show_evaluation(evaluation(), "/photos/pets")
    assert page.view.doubt.isVisible()
    assert page.view.doubt.text.text().startswith("Tested on too few photos. 40 test photos say little")
    many = replace(evaluation(), photos=4000, accuracy_interval=(0.98, 0.99), accuracy=0.985)
    page.view.show_evaluation(many, "/photos/pets")
    assert not page.view.doubt.isVisible()
    page.view.show_evaluation(replace(evaluation(), split="train"), "/photos/pets")
    assert not page.view.doubt.isVisible()


def test_the_choice_says_which_of_two_models_of_one_name(
    context: Context, finished_run: RunResult, tmp_path: Path, qtbot: QtBot
) -> None:
    assert finished_run.run_folder is not None
    for name in ("one", "two"):
        shutil.copytree(finished_run.run_folder, tmp_path / "runs" / name)
    context.settings.runs_folder = tmp_path / "runs"
    page = EvaluatePage(context)
    qtbot.addWidget(page, before_close_func=lambda page: page.view.tiles.tiles.close())
    page.show()
    qtbot.waitUntil(lambda: page.choice.models.count() == 2)
    lines = [page.choice.models.itemText(row) for row in range(2)]
    assert {line.split("  ·  ")[0].split()[-1] for line in lines} == {"one", "two"}
    assert all("on 12 test photos · Classic · 56 training photos" in line for line in lines)
    assert "on 12 test photos · Classic" in page.choice.detail.text()
    page.choice.offer_dataset(DatasetChoice(root=str(Path("/home/anna/pets"))), own=True)
    assert page.choice.datasets.currentText() == f"pets in {Path('/home/anna')}"


def test_what_it_is_not_sure_of_and_how_far_it_can_be_believed(page: EvaluatePage) -> None:
    page.view.show_evaluation(evaluation(), "/photos/pets")
    view = page.view
    assert view.unsure.value.text() == "3"
    assert view.honesty.text() == (
        "On 3 of them (7.5 %) its verdict is “not sure”; the other figures count the nearest class of those. "
        "Its probabilities are off by 2.1 percentage points on average (6.3 before they were calibrated)."
    )
    old = replace(evaluation(), not_sure=0, calibration_error=None, calibration_error_before=None)
    page.view.show_evaluation(old, "/photos/pets")
    assert view.unsure.value.text() == "0"
    assert view.honesty.text() == "It gave a verdict on every photo."


def test_a_mistake_of_which_it_was_not_sure_says_why(page: EvaluatePage) -> None:
    page.view.show_evaluation(evaluation(), "/photos/pets")
    page.view.matrix.choose(1, 0)
    assert captions(page)[2:] == [
        "dog.cat.2.jpg 80 % cat",
        "dog.cat.3.jpg not sure (80 % cat) It could be either.",
        "dog.cat.4.jpg not sure Neither cat nor dog, as far as it can tell.",
    ]
    tiles = page.view.tiles.tiles
    assert "Neither cat nor dog" in str(tiles.data(tiles.index(4), Qt.ItemDataRole.ToolTipRole))
    assert tiles.tile(tiles.index(4)).class_index is None


def test_what_it_is_not_sure_of_counts_as_the_least_sure(page: EvaluatePage) -> None:
    photos = [
        EvaluatedPhoto(path=name, class_name="cat", predicted=said, probability=dog, reason=why)
        for name, said, dog, why in (
            ("a.jpg", "dog", 0.99, "It is unlike the others."),
            ("b.jpg", "dog", 0.7, ""),
            ("c.jpg", "cat", 0.4, ""),
            ("d.jpg", "cat", 0.01, "It is unlike the others."),
        )
    ]
    made = replace(evaluation(), wrong=tuple(photos[:2]), right=tuple(photos[2:]), confusion=((2, 2), (0, 0)))
    page.view.show_evaluation(made, "/photos/pets")
    page.view.matrix.choose(0, 1)
    assert [words.split()[0] for words in captions(page)] == ["b.jpg", "a.jpg"]
    assert page.view.order.text() == "The surest first, then 1 on which its verdict is “not sure”."
    page.view.matrix.choose(0, 0)
    assert [words.split()[0] for words in captions(page)] == ["d.jpg", "c.jpg"]
    assert page.view.order.text() == (
        "First 1 on which its verdict is “not sure”, then the others, the least sure first."
    )
    page.view.matrix.choose(1, 0)
    assert page.view.photo_title.text() == "dog called cat: none"
    assert page.view.none.isVisible()
    assert not page.view.tiles.isVisible()
    page.view.matrix.choose(0, 1)
    assert page.view.tiles.isVisible()


def test_a_click_on_a_photo_shows_it_larger_and_the_arrow_keys_go_on(
    page: EvaluatePage, drawings: Path, qtbot: QtBot
) -> None:
    photos = sorted(drawings.rglob("cat*.jpg"))[:2]
    wrong = tuple(
        EvaluatedPhoto(
            path=photo.relative_to(drawings).as_posix(), class_name="cat", predicted="dog", probability=0.7, reason=why
        )
        for photo, why in zip(photos, ("", "It could be either."), strict=True)
    )
    page.view.show_evaluation(replace(evaluation(), wrong=wrong, confusion=((18, 2), (0, 20))), str(drawings))
    tiles = page.view.tiles
    qtbot.waitUntil(lambda: tiles.visualRect(tiles.tiles.index(0)).isValid())
    QTest.mouseClick(tiles.viewport(), Qt.MouseButton.LeftButton, pos=tiles.visualRect(tiles.tiles.index(0)).center())
    (dialog,) = page.view.findChildren(TileDialog)
    qtbot.waitUntil(lambda: shows_photo(dialog.preview))
    assert dialog.name.text() == photos[0].name
    assert dialog.words.text() == "It is cat, and the model says dog (70 %)."
    assert not dialog.previous.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Right)
    assert dialog.name.text() == photos[1].name
    assert dialog.words.text() == "It is cat, and the model is not sure (70 % dog). It could be either."
    assert tiles.currentIndex().row() == 1
    assert not dialog.next.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Right)
    assert dialog.name.text() == photos[1].name
    qtbot.waitUntil(lambda: shows_photo(dialog.preview))
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not page.view.findChildren(TileDialog))


def test_a_photo_that_cannot_be_read_says_why_in_its_dialog(
    page: EvaluatePage, drawings: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "cats").mkdir()
    shutil.copy(next(drawings.rglob("cat*.jpg")), tmp_path / "cats" / "fine.jpg")
    (tmp_path / "cats" / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    wrong = tuple(
        EvaluatedPhoto(path=f"cats/{name}.jpg", class_name="cat", predicted="dog", probability=share)
        for name, share in (("broken", 0.8), ("fine", 0.7))
    )
    page.view.show_evaluation(replace(evaluation(), wrong=wrong, confusion=((18, 2), (0, 20))), str(tmp_path))
    page.view.tiles.tile_chosen.emit(page.view.tiles.tiles.tile(page.view.tiles.tiles.index(0)))
    (dialog,) = page.view.findChildren(TileDialog)
    qtbot.waitUntil(lambda: dialog.words.text().startswith("This photo is cut off"))
    assert not shows_photo(dialog.preview)
    QTest.keyClick(dialog, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: shows_photo(dialog.preview))
    assert dialog.words.text() == "It is cat, and the model says dog (70 %)."
    dialog.close()


def test_a_run_of_ones_own_comes_before_the_starter_model(
    starter: Path, page: EvaluatePage, finished_model: Path
) -> None:
    assert page.choice.models.count() == 2
    assert page.choice.model() == finished_model
    assert page.view.isVisible()


def test_numbers_of_another_model_do_not_stay(
    page: EvaluatePage, starter: Path, context: Context, qtbot: QtBot
) -> None:
    assert page.view.isVisible()
    page.show_model(starter)
    qtbot.waitUntil(lambda: page.choice.model() == starter and not page.view.isVisible())
    assert page.nothing.isVisible()


@pytest.mark.parametrize(
    ("row", "column", "count", "first"),
    [
        (0, 0, 18, "cat.cat.0.jpg 80 % cat"),
        (0, 1, 2, "cat.dog.0.jpg 90 % dog"),
        (1, 0, 5, "dog.cat.0.jpg 80 % cat"),
        (1, 1, 15, "dog.dog.0.jpg 90 % dog"),
    ],
)
def test_a_click_on_a_cell_shows_its_photos(
    page: EvaluatePage, qtbot: QtBot, row: int, column: int, count: int, first: str
) -> None:
    page.view.show_evaluation(evaluation(), "/photos/pets")
    cell = page.view.matrix.cells[row][column]
    qtbot.waitUntil(lambda: min(cell.width(), cell.height()) > 40)  # until it is laid out
    QTest.mouseClick(cell, Qt.MouseButton.LeftButton)
    assert len(captions(page)) == count
    assert captions(page)[0] == first
    assert f"{count} photos" in page.view.photo_title.text()


def test_at_first_the_most_frequent_mistake_is_shown(page: EvaluatePage) -> None:
    page.view.show_evaluation(evaluation(), "/photos/pets")
    assert page.view.photo_title.text() == "dog called cat: 5 photos"
    assert page.view.order.text() == "The surest first, then 2 on which its verdict is “not sure”."
    assert page.view.matrix.cells[1][0].isChecked()


def test_all_mistakes_are_there_in_one_list_the_worst_first(page: EvaluatePage) -> None:
    known = evaluation()
    wrong = tuple(sorted(known.wrong, key=lambda photo: -abs(photo.probability - 0.5)))
    view = page.view
    view.show_evaluation(replace(known, wrong=wrong), "/photos/pets")
    assert view.mistakes.text() == "All 7 mistakes"
    QTest.keyClick(view.mistakes, Qt.Key.Key_Space)
    assert [words.split(" ")[0] for words in captions(page)] == [
        *("cat.dog.0.jpg", "dog.cat.0.jpg", "dog.cat.1.jpg", "dog.cat.2.jpg"),
        *("cat.dog.1.jpg", "dog.cat.3.jpg", "dog.cat.4.jpg"),  # of which it is not sure
    ]
    assert view.photo_title.text() == "All 7 mistakes"
    assert view.order.text() == "The surest first, then 3 on which its verdict is “not sure”."
    assert not any(cell.isChecked() for row in view.matrix.cells for cell in row)
    view.matrix.choose(1, 0)
    assert view.matrix.cells[1][0].isChecked()
    assert len(captions(page)) == 5
    view.show_evaluation(replace(known, wrong=(), confusion=((20, 0), (0, 20))), "/photos/pets")
    assert (view.mistakes.text(), view.mistakes.isEnabled()) == ("No mistakes", False)


def test_a_model_is_evaluated_on_any_photos(
    page: EvaluatePage, drawings: Path, qtbot: QtBot, finished_run: RunResult
) -> None:
    page.choice.offer_dataset(DatasetChoice.of(drawings), own=True)
    page.choice.splits.setCurrentText("All photos")
    page.choice.go.click()
    assert page.work.isVisible()
    assert not page.choice.isEnabled()
    qtbot.waitUntil(page.work.isHidden, timeout=60_000)
    assert "80 photos" in page.view.words.text()
    assert page.choice.isEnabled()
    tiles = page.view.tiles.tiles
    page.view.matrix.choose(0, 0)
    if tiles.rowCount() == 0:
        page.view.matrix.choose(0, 1)
    qtbot.waitUntil(lambda: tiles.image(tiles.index(0)) is not None)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Let evaluations wait for the event, or for being cancelled."""
    release = threading.Event()

    def evaluate_model(
        _model: Path,
        _dataset: Path,
        *,
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
        note: Callable[[str], None],
        **_kwargs: object,
    ) -> Evaluation:
        note("All photos are looked at.")
        progress(250, 1000)
        while not release.is_set():
            if cancelled():
                raise CancelledError("The evaluation was cancelled.")
        return evaluation()

    monkeypatch.setattr(engine_module, "evaluate_model", evaluate_model)
    return release


def test_progress_notes_and_cancel(
    page: EvaluatePage, context: Context, slow: threading.Event, drawings: Path, qtbot: QtBot
) -> None:
    page.choice.offer_dataset(DatasetChoice.of(drawings), own=True)
    page.evaluate()
    qtbot.waitUntil(lambda: "25 %" in texts(page.work))
    assert page.note.text.text() == "All photos are looked at."
    with qtbot.waitSignal(context.said):
        page.work.cancel.click()
    qtbot.waitUntil(page.work.isHidden)
    assert not page.problem.isVisible()


def test_an_error_is_said(page: EvaluatePage, drawings: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> Evaluation:
        raise DatasetError("These are horses.", remedy="Choose cats and dogs.")

    monkeypatch.setattr(engine_module, "evaluate_model", refuse)
    page.choice.offer_dataset(DatasetChoice.of(drawings), own=True)
    page.evaluate()
    qtbot.waitUntil(page.problem.isVisible)
    assert (page.problem.text.text(), page.problem.remedy.text()) == ("These are horses.", "Choose cats and dogs.")
    qtbot.waitUntil(page.work.isHidden)


def test_without_a_model_or_photos_there_is_nothing_to_press(context: Context, qtbot: QtBot, tmp_path: Path) -> None:
    context.settings.runs_folder = tmp_path
    page = EvaluatePage(context)
    qtbot.addWidget(page, before_close_func=lambda page: page.view.tiles.tiles.close())
    page.show()
    assert not page.choice.go.isEnabled()
    assert page.nothing.isVisible()
    context.choose_dataset(dataset(str(tmp_path)))
    assert page.choice.dataset() == DatasetChoice.of(tmp_path)
    assert not page.choice.go.isEnabled()


def test_the_matrix_is_worked_by_keyboard(qtbot: QtBot) -> None:
    matrix = ConfusionMatrix()
    qtbot.addWidget(matrix)
    matrix.show_counts(("cat", "dog"), ((18, 2), (5, 15)))
    matrix.show()
    matrix.cells[0][0].setFocus()
    QTest.keyClick(matrix.cells[0][0], Qt.Key.Key_Tab)
    with qtbot.waitSignal(matrix.cell_chosen) as chosen:
        QTest.keyClick(matrix.cells[0][1], Qt.Key.Key_Space)
    assert chosen.args == [0, 1]


def test_it_fits_into_the_smallest_window(page: EvaluatePage) -> None:
    page.view.show_evaluation(evaluation(), "/photos/pets")
    assert page.view.minimumSizeHint().width() <= 660
    assert page.choice.minimumSizeHint().width() <= 660


def test_the_dial_says_what_other_limits_would_change(page: EvaluatePage, qtbot: QtBot) -> None:
    page.view.show_evaluation(evaluation(), "/photos/pets")
    card = page.view.coverage
    assert card.isVisible()
    assert not card.save.isEnabled()
    assert card.words.text() == "92.5 % of the photos get a verdict, and 89.2 % of those are right."
    card.slider.setFocus()
    qtbot.keyClick(card.slider, Qt.Key.Key_Right)
    qtbot.keyClick(card.slider, Qt.Key.Key_Right)
    assert card.strictness == 0.2
    assert card.words.text().startswith("At this limit 82.5 % of the photos get a verdict, and 93.9 % of those")
    assert card.words.text().endswith(
        "1 fewer photo of cat is called dog, 1 fewer photo of dog is called cat, 4 more photos get no verdict."
    )
    assert card.slider.accessibleDescription() == card.words.text()
    card.slider.setValue(card.slider.maximum())
    assert card.words.text() == "At this limit no photo gets a verdict."
    older = evaluation()
    blind = tuple(replace(photo, strictness=None) for photo in older.right)
    page.view.show_evaluation(replace(older, right=blind, wrong=()), "/photos/pets")
    assert not card.isVisible()


def test_chosen_limits_are_kept_in_a_copy_that_is_listed(
    page: EvaluatePage, finished_model: Path, context: Context, qtbot: QtBot
) -> None:
    before = finished_model.read_bytes()
    page.show_model(finished_model)
    qtbot.waitUntil(lambda: page.choice.model() == finished_model)
    page.view.show_evaluation(evaluation(), "/photos/pets")
    page.view.coverage.slider.setValue(15)
    with qtbot.waitSignal(context.models_changed):
        page.view.coverage.save.click()
    (copy,) = models_folder().glob("*.safetensors")
    assert read_description(copy).limits == moved(read_description(finished_model).limits, 1.5)
    assert finished_model.read_bytes() == before
    assert describe_model(copy).title.endswith(", stricter by 1.5")
