"""How robust a model is, on the Evaluate page: measured on demand, kept with the run, shown with a picture of each."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from catdog_gui.evaluate.page import EvaluatePage
from catdog_gui.evaluate.robustness.robustness_card import RobustnessCard
from catdog_gui.state.context import Context
from tests.gui.pseudo import cut_off, untranslated
from trainer.core.dataset_choice import DatasetChoice
from trainer.core.errors import CancelledError, DatasetError
from trainer.core.results import RunResult
from trainer.core.robustness import HARMS, Answer, Robustness, judge_harms
from trainer.core.statistics import wilson_interval
from trainer.core.text import text
from trainer.inference import robustness as engine_module
from trainer.storage.run_folder import RunFolder

RIGHT, WRONG = Answer(right=True, sure=True), Answer(right=False, sure=True)


def measured(example: str = "cats/cat.jpg") -> Robustness:
    """Return what was measured on 100 of 400 photos, of which the last blur alone costs a lot."""
    untouched = [RIGHT] * 96 + [WRONG] * 4
    bad = [RIGHT] * 60 + [WRONG] * 40
    return Robustness(
        model="",
        dataset="pets",
        split="test",
        classes=("cat", "dog"),
        photos=100,
        drawn_from=400,
        seed=0,
        example=example,
        right=96,
        accuracy=0.96,
        accuracy_interval=wilson_interval(96, 100),
        not_sure=1,
        wrong_verdicts=4,
        harms=judge_harms(untouched, {harm: bad if harm == HARMS[2] else untouched for harm in HARMS}),
    )


@pytest.fixture
def page(context: Context, finished_run: RunResult, tmp_path: Path, qtbot: QtBot) -> EvaluatePage:
    """Return the page with the model of a run of its own: what is measured is kept in its folder."""
    shutil.copytree(str(finished_run.run_folder), tmp_path / "runs" / "one")
    context.settings.runs_folder = tmp_path / "runs"
    page = EvaluatePage(context)
    qtbot.addWidget(page, before_close_func=lambda page: page.view.tiles.tiles.close())
    page.resize(716, 600)
    page.show()
    qtbot.waitUntil(page.robustness.isVisible)
    return page


def pictured(card: RobustnessCard) -> bool:
    return all(not tile.picture.pixmap().isNull() for tile in card.tiles.tiles)


def test_it_is_measured_on_demand_and_there_again_when_the_page_is_opened(
    page: EvaluatePage, context: Context, qtbot: QtBot
) -> None:
    card = page.robustness
    assert not card.tiles.isVisible()
    assert card.words.text() == "How does the model fare on photos that are blurred, dark, turned or small?"
    QTest.keyClick(card.go, Qt.Key.Key_Space)
    assert card.busy
    assert card.work.isVisible()
    assert not card.go.isEnabled()
    qtbot.waitUntil(lambda: not card.busy, timeout=60_000)
    assert card.found is not None
    assert card.words.text().startswith("On 12 photos as they are, the model is right on ")
    assert "All 12 photos of set." in card.detail.text()
    qtbot.waitUntil(lambda: pictured(card))
    model = page.choice.model()
    assert model is not None
    assert RunFolder(model.parent).read_robustness() == card.found
    again = EvaluatePage(context)
    qtbot.addWidget(again, before_close_func=lambda page: page.view.tiles.tiles.close())
    again.show()
    qtbot.waitUntil(lambda: again.robustness.found == card.found)
    assert again.robustness.tiles.isVisible()
    assert again.robustness.go.text() == "Measure again"
    qtbot.waitUntil(lambda: pictured(again.robustness))


def test_every_harm_has_its_picture_and_its_words(page: EvaluatePage, drawings: Path, qtbot: QtBot) -> None:
    card = page.robustness
    example = next(drawings.rglob("cat*.jpg")).relative_to(drawings).as_posix()
    card.show_model(measured(example), DatasetChoice.of(drawings))
    qtbot.waitUntil(lambda: pictured(card))
    assert "One harm makes it clearly worse, “Blurred by 2.0 %”: 60.0 %." in card.words.text()
    assert card.detail.text().startswith("100 photos of pets, drawn from 400.")
    untouched, *harms = card.tiles.tiles
    assert (untouched.title.text(), untouched.accuracy.text()) == ("As they are", "96.0 %")
    blurred = harms[2]
    assert (blurred.title.text(), blurred.accuracy.text()) == ("Blurred by 2.0 %", "60.0 %")
    assert blurred.change.text() == "−36.0 points"
    assert [tile.change.property("role") for tile in harms[:3]] == ["small", "small", "danger"]
    assert harms[0].change.text() == "±0.0 points"
    story = (
        "Blurred by 2.0 %: 60.0 % right (likely range 50.2–69.1 %), −36.0 points (p < 0.001). Not sure of 0 photos. "
    )
    assert blurred.accessibleName() == story + "Wrong verdicts: 40."
    assert blurred.accessibleName() in card.tiles.accessibleDescription()
    images = [tile.picture.pixmap().toImage() for tile in card.tiles.tiles]
    assert all(images[0] != image for image in images[1:])
    card.tiles.setFocus(Qt.FocusReason.TabFocusReason)
    assert card.tiles.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_where_the_photo_is_gone_a_drawing_shows_the_harms(page: EvaluatePage, tmp_path: Path, qtbot: QtBot) -> None:
    page.robustness.show_model(measured(), DatasetChoice.of(tmp_path / "gone"))
    qtbot.waitUntil(lambda: pictured(page.robustness))


def test_it_can_be_cancelled_and_another_model_ends_it(
    page: EvaluatePage, context: Context, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    begun = threading.Event()

    def measure(
        *_args: object, progress: Callable[[int, int], None], cancelled: Callable[[], bool], **_: object
    ) -> None:
        progress(1, 4)
        begun.set()
        while not cancelled():
            threading.Event().wait(0.01)
        raise CancelledError(text("Cancelled while looking at the photos."))

    monkeypatch.setattr(engine_module, "measure_robustness", measure)
    card, said = page.robustness, []
    context.said.connect(said.append)
    card.go.click()
    qtbot.waitUntil(lambda: card.work.bar.maximum() == 4)
    card.work.cancel.click()
    qtbot.waitUntil(lambda: not card.busy)
    assert said == ["Cancelled."]
    assert card.go.isEnabled()
    assert not card.work.isVisible()
    begun.clear()
    card.go.click()
    qtbot.waitUntil(begun.is_set)
    card.show_model(measured(), None)
    qtbot.waitUntil(lambda: not card.busy)
    assert card.found == measured()


def test_without_photos_it_asks_for_some(page: EvaluatePage, context: Context) -> None:
    said: list[str] = []
    context.said.connect(said.append)
    page.choice.datasets.clear()
    page.robustness.go.click()
    assert said == ["Choose photos first."]
    assert not page.robustness.busy


def test_an_error_is_said_in_its_place(page: EvaluatePage, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    def measure(*_args: object, **_kwargs: object) -> None:
        raise DatasetError(text("There are no photos in it."), remedy=text("Choose another one."))

    monkeypatch.setattr(engine_module, "measure_robustness", measure)
    page.robustness.go.click()
    qtbot.waitUntil(page.robustness.problem.isVisible)
    assert page.robustness.problem.text.text() == "There are no photos in it."
    assert page.robustness.go.isEnabled()


@pytest.mark.usefixtures("pseudo")
def test_in_another_language(page: EvaluatePage, drawings: Path, qtbot: QtBot) -> None:
    card = page.robustness
    card.show_model(measured(), DatasetChoice.of(drawings))
    qtbot.waitUntil(lambda: pictured(card))
    assert untranslated(card, "cat", "dog", "pets") == []
    assert cut_off(card) == []
    assert card.tiles.tiles[0].x() > card.tiles.tiles[1].x()  # read from the right
