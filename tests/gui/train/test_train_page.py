"""The Train page around a run: refuses wrong settings, starts what is set, saves plots, offers to go on."""

import re
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from catdog_gui import worker
from catdog_gui.state.context import Context
from catdog_gui.train.earlier_runs import EarlierRuns
from catdog_gui.train.page import TrainPage
from catdog_gui.train.train_setup import MORE, USUAL
from catdog_gui.widgets.go_on_dialog import GoOnDialog
from tests.gui.fake_engine import FakeEngine
from tests.gui.recorded import cut_off_run, dataset, result, state
from tests.gui.seen import button, texts
from trainer.core.config import AugmentConfig, SplitConfig, TrainConfig
from trainer.core.events import terminal
from trainer.core.results import RunResult, RunStatus
from trainer.core.setting import describe
from trainer.storage.event_log import EventLog
from trainer.storage.run_folder import RunFolder


def test_without_photos_it_says_where_to_get_them(page: TrainPage, context: Context, qtbot: QtBot) -> None:
    assert not page.setup.start.isEnabled()
    with qtbot.waitSignal(context.page_requested) as asked:
        page.setup.dataset.choose.click()
    assert asked.args == ["data"]
    context.choose_dataset(dataset())
    assert page.setup.start.isEnabled()
    assert "cat: 20   ·   dog: 20" in texts(page.setup.dataset)


def test_every_setting_has_its_place(page: TrainPage) -> None:
    shown = {*USUAL, *MORE, "recipe", "time_budget", "version"}
    assert shown == set(describe(TrainConfig))
    assert not page.setup.more.isVisible()
    page.setup.fold.heading.click()
    assert page.setup.more.isVisible()
    assert page.setup.usual.isVisible()


def test_a_wrong_value_keeps_the_run_from_starting(page: TrainPage, context: Context, engine: FakeEngine) -> None:
    context.choose_dataset(dataset())
    row = page.setup.usual.rows["epochs"]
    row.editor.lineEdit().setText("0")
    row.editor.edited.emit()
    assert not page.setup.start.isEnabled()
    assert "Epochs" in page.setup.refusal.text()
    row.reset.click()
    assert page.setup.start.isEnabled()
    assert page.setup.refusal.text() == ""


def test_start_trains_what_is_set(page: TrainPage, context: Context, engine: FakeEngine, qtbot: QtBot) -> None:
    context.choose_dataset(dataset("/photos/pets"))
    page.setup.recipes.cards["classic"].click()
    context.run_controller.draft.set_split(SplitConfig(train=0.8, validation=0.1, test=0.1), 7)
    page.setup.usual.set_values({"epochs": 9})
    page.setup.more.set_values({"optimiser": "adam"})
    page.setup.augment.levels["light"].click()
    with qtbot.waitSignal(context.run_controller.ended):
        page.setup.start.click()
    (config,) = engine.configs
    assert config == TrainConfig(
        dataset="/photos/pets",
        epochs=9,
        optimiser="adam",
        seed=7,
        augment=AugmentConfig.level("light"),
        split=SplitConfig(train=0.8, validation=0.1, test=0.1),
    )


def test_device_and_threads_of_the_preferences_are_the_defaults(context: Context, qtbot: QtBot) -> None:
    context.settings.device, context.settings.threads = "cpu", 3
    page = TrainPage(context)
    qtbot.addWidget(page)
    context.choose_dataset(dataset())
    assert (page.setup.config().device, page.setup.config().threads) == ("cpu", 3)


def test_one_augmentation_on_both_pages(page: TrainPage, context: Context) -> None:
    draft = context.run_controller.draft
    page.setup.recipes.cards["classic"].click()
    page.setup.augment_details.settings.rows["rotation"].set_value(5.0)
    page.setup.augment_details.settings.rows["rotation"].changed.emit()
    assert draft.augment.rotation == 5.0
    assert not any(button.isChecked() for button in page.setup.augment.levels.values())
    assert not page.setup.augment.as_recipe.isChecked()
    draft.set_augment(AugmentConfig.level("off"))
    assert page.setup.augment.levels["off"].isChecked()
    assert page.setup.augment_details.augment() == AugmentConfig.level("off")


def test_it_fits_into_the_smallest_window(page: TrainPage, context: Context, qtbot: QtBot) -> None:
    # 900 pixels less the list of pages; the widest part decides whether something is cut off at the right.
    for part in (page.setup, page.run_view):
        assert part.minimumSizeHint().width() <= 660
    page.run_view.show_result(result(), state(ended=True))
    assert page.run_view.minimumSizeHint().width() <= 660


def test_other_photos_lead_back_to_the_settings(page: TrainPage, context: Context, qtbot: QtBot) -> None:
    context.choose_dataset(dataset())
    with qtbot.waitSignal(context.run_controller.ended):
        page.setup.start.click()
    assert page.run_view.isVisible()
    context.choose_dataset(dataset("/photos/others"))
    assert page.setup.isVisible()
    assert page.setup.config().dataset == "/photos/others"


@pytest.mark.parametrize("name", ["plot.png", "plot.svg", "plot.csv", "plot"])
def test_a_plot_is_saved_where_the_user_says(
    page: TrainPage, context: Context, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    page.run_view.begin()
    page.run_view.show()
    page.run_view.show_state(state())
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / name), "CSV table (*.csv)"))
    with qtbot.waitSignal(context.said):
        button(page.run_view.plots[0], "Save plot…").click()
    saved = tmp_path / name if "." in name else tmp_path / "plot.csv"
    assert saved.stat().st_size > 100
    assert context.settings.last_folder("plot") == tmp_path


def test_a_plot_that_cannot_be_saved_is_reported(
    page: TrainPage, context: Context, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / "no" / "a.csv"), ""))
    with qtbot.waitSignal(context.error_reported) as reported:
        button(page.run_view.plots[1], "Save plot…").click()
    assert "could not be saved" in reported.args[0].what


class TestOfferToGoOn:
    """After a crash, and after a polite stop, the next start offers to go on."""

    @pytest.fixture
    def cut_off(self, context: Context, finished_run: RunResult, tmp_path: Path) -> Path:
        context.settings.runs_folder = tmp_path / "runs"
        return cut_off_run(finished_run, tmp_path / "runs")

    def test_a_run_that_saved_nothing_is_offered_to_begin_again(
        self, page: TrainPage, context: Context, cut_off: Path, qtbot: QtBot
    ) -> None:
        for name in ("last.ckpt", "previous.ckpt", "model.safetensors"):
            (cut_off / name).unlink()
        with qtbot.waitSignal(context.resume_offered):
            page.offer_resume()
        assert page.resume_offer.remedy.text() == "Nothing of it was saved yet, so it begins again."

    def test_the_run_is_offered_and_goes_on(
        self, page: TrainPage, context: Context, engine: FakeEngine, cut_off: Path, qtbot: QtBot
    ) -> None:
        with qtbot.assertNotEmitted(context.page_requested), qtbot.waitSignal(context.resume_offered) as offered:
            page.offer_resume()
        assert offered.args == [True]
        assert page.resume_offer.isVisible()
        with qtbot.waitSignal(context.run_controller.ended):
            button(page.resume_offer, "Go on").click()
        assert engine.resumed == [cut_off]
        assert not page.resume_offer.isVisible()

    def test_a_run_that_was_stopped_is_offered_too(
        self, page: TrainPage, context: Context, cut_off: Path, qtbot: QtBot
    ) -> None:
        end_as_stopped(cut_off)
        with qtbot.waitSignal(context.resume_offered):
            page.offer_resume()
        assert "Stopped after 2 of 2 epochs." in page.resume_offer.text.text()

    def test_every_run_that_can_go_on_is_found_and_for_how_long_is_asked(
        self, page: TrainPage, context: Context, engine: FakeEngine, cut_off: Path, qtbot: QtBot
    ) -> None:
        completed = cut_off.parent / "completed"
        shutil.copytree(cut_off, completed)
        end_as(completed, "completed")
        page.choose_earlier_run()
        qtbot.waitUntil(lambda: bool(page.findChildren(EarlierRuns)))
        chooser = page.findChildren(EarlierRuns)[0]
        rows = [chooser.list.item(row).text() for row in range(chooser.list.count())]
        assert len(rows) == 2
        assert all(re.search(r" % \(\d+\.\d–\d+\.\d %\) on \d+ test photos$", row) for row in rows)
        assert any("Cut off after 2 of 2 epochs." in row for row in rows)
        longer = next(row for row, text in enumerate(rows) if "Completed after 2 epochs." in text)
        chooser.list.setCurrentRow(longer)
        chooser.go_on.click()
        question = page.findChildren(GoOnDialog)[0]
        assert question.epochs.value() == 3
        question.epochs.setValue(6)
        assert "up to epoch 6" in question.words.text()
        assert "patience" not in question.words.text()
        with qtbot.waitSignals([context.page_requested, context.run_controller.ended]):
            question.agree.click()
        assert (engine.resumed, engine.epochs) == ([completed], [6])

    def test_once_left_it_is_not_offered_again(
        self, page: TrainPage, context: Context, cut_off: Path, qtbot: QtBot
    ) -> None:
        with qtbot.waitSignal(context.resume_offered):
            page.offer_resume()
        with qtbot.waitSignal(context.resume_offered) as offered:
            button(page.resume_offer, "Dismiss").click()
        assert offered.args == [False]
        assert not page.resume_offer.isVisible()
        with qtbot.assertNotEmitted(context.resume_offered):
            page.offer_resume()
            qtbot.waitUntil(lambda: not _busy())
        assert not page.resume_offer.isVisible()

    def test_a_run_with_an_end_is_not_offered(
        self, page: TrainPage, context: Context, finished_run: RunResult, qtbot: QtBot
    ) -> None:
        context.settings.runs_folder = Path(finished_run.run_folder).parent
        with qtbot.assertNotEmitted(context.resume_offered):
            page.offer_resume()
            qtbot.waitUntil(lambda: not _busy())
        assert not page.resume_offer.isVisible()


def _busy() -> bool:
    return worker.running_count() > 0


def end_as(run: Path, status: RunStatus) -> None:
    """Let a copied run have ended like this."""
    with EventLog(RunFolder(run).events) as log:
        log.write(terminal(RunResult(status=status, run_folder=str(run))))


def end_as_stopped(run: Path) -> None:
    end_as(run, "stopped")


def test_too_few_photos_do_not_start(page: TrainPage, context: Context) -> None:
    context.choose_dataset(dataset(count=3))
    assert not page.setup.start.isEnabled()
    assert "too few photos to train with. dog: 1," in page.setup.refusal.text()


def test_a_split_without_a_class_does_not_start(page: TrainPage, context: Context) -> None:
    photos = dataset(splits=("train", "validation", "test"))
    kept = tuple(photo for photo in photos.photos if (photo.split, photo.class_index) != ("test", 1))
    context.choose_dataset(replace(photos, photos=kept))
    assert not page.setup.start.isEnabled()
    assert "the test split has no photo of the class dog" in page.setup.refusal.text()
    context.choose_dataset(photos)
    assert page.setup.start.isEnabled()


def test_train_with_these_photos_leads_to_a_fresh_form(
    page: TrainPage, context: Context, engine: FakeEngine, qtbot: QtBot
) -> None:
    engine.script = lambda emit, control: result()
    context.choose_dataset(dataset())
    with qtbot.waitSignal(context.run_controller.ended):
        page.setup.start.click()
    assert page.run_view.isVisible()
    context.set_up_run()
    assert page.setup.isVisible()
    assert not page.run_view.isVisible()
    page.setup.last.click()
    assert page.run_view.isVisible()
    assert page.run_view.summary.isVisible()
