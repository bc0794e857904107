"""The Train page: refuses wrong settings, starts what is set, shows the run, its advice and its end."""

import threading
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from catdog_gui import worker
from catdog_gui.state.context import Context
from catdog_gui.train.page import TrainPage
from catdog_gui.train.train_setup import MORE, USUAL
from tests.gui.fake_engine import Emit, FakeEngine
from tests.gui.recorded import ADVICE, BEST, batch, cut_off_run, dataset, epoch, events, result, started, state
from tests.gui.seen import button, texts
from trainer.core.config import AugmentConfig, SplitConfig, TrainConfig
from trainer.core.control import RunControl
from trainer.core.events import AdviceGiven, EpochFinished, Noted, RunPaused, StageProgressed, terminal
from trainer.core.results import ErrorRecord, RunResult
from trainer.core.run_state import RunState, reduce
from trainer.core.setting import describe


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> TrainPage:
    page = TrainPage(context)
    qtbot.addWidget(page)
    page.resize(720, 600)
    with qtbot.waitExposed(page):
        page.show()
    return page


def facts(page: TrainPage) -> str:
    return page.run_view.header.facts.text()


def test_without_photos_it_says_where_to_get_them(page: TrainPage, context: Context, qtbot: QtBot) -> None:
    assert not page.setup.start.isEnabled()
    with qtbot.waitSignal(context.page_requested) as asked:
        page.setup.dataset.choose.click()
    assert asked.args == ["data"]
    context.choose_dataset(dataset())
    assert page.setup.start.isEnabled()
    assert "20 cat   ·   20 dog" in texts(page.setup.dataset)


def test_every_setting_has_its_place(page: TrainPage) -> None:
    shown = {*USUAL, *MORE, "recipe", "version"}
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
    assert "epochs" in page.setup.refusal.text()
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


def test_the_run_is_shown_as_its_state_says(
    page: TrainPage, context: Context, engine: FakeEngine, qtbot: QtBot
) -> None:
    go_on = threading.Event()

    def script(emit: Emit, control: RunControl) -> RunResult:
        for event in events(3):
            emit(event)
        emit(batch(4, 10))
        go_on.wait(10)
        return result(epochs=3)

    engine.script = script
    context.choose_dataset(dataset())
    page.setup.start.click()
    qtbot.waitUntil(lambda: "batch 10" in facts(page))
    assert page.run_view.isVisible()
    assert not page.setup.isVisible()
    assert not page.setup.footer.isVisible()
    assert facts(page).split("  ·  ") == [
        "Epoch 4 of 3",
        "batch 10 of 20",
        "2 minutes left",
        "210 photos a second",
        "processor, 2 threads",
    ]
    for plot in page.run_view.plots:
        assert len(plot.points("train")) == len(plot.points("validation")) == 3
    assert page.run_view.said == [ADVICE.text]
    go_on.set()
    qtbot.waitSignal(context.run_controller.ended).wait()


def test_what_is_being_prepared_is_said(page: TrainPage) -> None:
    view = page.run_view
    view.begin()
    assert view.header.title.text() == "Getting ready"
    assert view.header.bar.maximum() == 0
    view.show_state(RunState(stage=StageProgressed(stage="decode", done=25, total=100)))
    assert view.header.title.text() == "Reading the photos"
    assert view.header.facts.text() == "25 of 100 photos"
    assert 0 < view.header.bar.value() < view.header.bar.maximum()


def test_a_trunk_looks_at_the_photos_and_its_weights_are_fetched(page: TrainPage) -> None:
    header = page.run_view.header
    page.run_view.begin("transfer")
    header.show_state(RunState(stage=StageProgressed(stage="download", done=3_200_000, total=18_000_000)))
    assert (header.title.text(), header.facts.text()) == ("Fetching the backbone", "3.2 MB of 18.0 MB")
    header.show_state(RunState(stage=StageProgressed(stage="decode", done=25, total=100)))
    assert (header.title.text(), header.facts.text()) == ("Computing features of the photos", "25 of 100 photos")


def test_the_words_of_the_recipe_are_there_from_the_start_of_a_run(
    page: TrainPage, context: Context, engine: FakeEngine, qtbot: QtBot
) -> None:
    looked = threading.Event()

    def script(emit: Emit, control: RunControl) -> RunResult:
        emit(StageProgressed(stage="decode", done=1, total=100))
        looked.wait(10)
        return result()

    engine.script = script
    context.choose_dataset(dataset())
    page.setup.start.click()
    qtbot.waitUntil(lambda: page.run_view.header.title.text() == "Computing features of the photos")
    assert 0 < context.run_controller.share < 0.5
    with qtbot.waitSignal(context.run_controller.ended):
        looked.set()
    assert context.run_controller.share == 1


@pytest.mark.parametrize("recipe", ["classic", "transfer"])
def test_progress_never_steps_back(page: TrainPage, recipe: str) -> None:
    page.run_view.begin(recipe)
    header, reached, shares = page.run_view.header, RunState(), []
    stages = [StageProgressed(stage=stage, done=done, total=60) for stage in ("scan", "decode") for done in (0, 30, 60)]
    # A backbone looks at the training photos first, and then at those for validation.
    stages += [StageProgressed(stage="decode", done=done, total=20) for done in (1, 20)]
    tested = [StageProgressed(stage="evaluate", done=done, total=20) for done in (1, 20)]
    for event in (*stages, *list(events())[2:], *tested, terminal(result())):
        reached = reduce(reached, event)
        header.show_state(reached)
        shares.append(header.bar.value() / header.bar.maximum())
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert shares[3] < 0.5 or recipe == "transfer"
    page.run_view.begin(recipe)
    header.show_state(RunState(stage=StageProgressed(stage="scan", done=1, total=60)))
    assert header.bar.value() < 0.1 * header.bar.maximum()


def test_what_goes_on_within_quick_epochs_is_left_out(page: TrainPage) -> None:
    header = page.run_view.header
    page.run_view.begin("transfer")
    reached = reduce(reduce(RunState(), started()), batch(1, 20))
    header.show_state(reached)
    assert "batch 20" in header.facts.text()
    reached = reduce(reached, EpochFinished(metrics=replace(epoch(1), seconds=0.2), is_best=True))
    header.show_state(reduce(reached, batch(2, 3)))
    assert header.facts.text() == "Epoch 2 of 6  ·  2 minutes left  ·  processor, 2 threads"


def test_the_test_is_shown_by_its_photos(page: TrainPage) -> None:
    page.run_view.begin("classic")
    page.run_view.show_state(reduce(state(), StageProgressed(stage="evaluate", done=12, total=40)))
    assert page.run_view.header.title.text() == "Testing the best epoch"
    assert page.run_view.header.facts.text() == "12 of 40 photos  ·  processor, 2 threads"


def test_between_two_epochs_the_line_of_facts_does_not_jump(page: TrainPage) -> None:
    header = page.run_view.header
    page.run_view.begin("transfer")
    reached = reduce(RunState(), started())
    for number in (1, 2, 3):
        reached = reduce(reached, batch(number, 20))
        header.show_state(reached)
        before = header.facts.text()
        assert before.startswith(f"Epoch {number} of 6  ·  batch 20 of 20")
        reached = reduce(reached, EpochFinished(metrics=epoch(number), is_best=True))
        header.show_state(reached)
        assert header.facts.text() == before


def test_advice_comes_once_however_often_the_state_does(page: TrainPage) -> None:
    view, reached = page.run_view, reduce(RunState(), started())
    view.begin()
    second = AdviceGiven(kind="not learning", text="No learning yet.", remedy="Give it more epochs.")
    for event in (ADVICE, Noted(text="Three photos were left out."), second):
        reached = reduce(reached, event)
        for _ in range(3):
            view.show_state(reached)
    assert view.said == ["Three photos were left out.", ADVICE.text, second.text]
    texts = [label.text() for label in view.findChildren(QLabel)]
    assert texts.count(ADVICE.remedy) == 1
    view.begin()
    assert view.said == []


def test_pause_continue_and_stop(page: TrainPage, context: Context, engine: FakeEngine, qtbot: QtBot) -> None:
    def script(emit: Emit, control: RunControl) -> RunResult:
        emit(started())
        emit(batch(1, 1))
        while not control.paused:
            pass
        emit(RunPaused())
        control.wait_while_paused()
        while not control.should_stop():
            pass
        return result("stopped")

    engine.script = script
    context.choose_dataset(dataset())
    page.setup.start.click()
    header = page.run_view.header
    qtbot.waitUntil(header.pause.isEnabled)
    header.pause.click()
    qtbot.waitUntil(lambda: header.pause.text() == "Continue")
    assert header.title.text() == "Paused"
    header.pause.click()
    with qtbot.waitSignal(context.run_controller.ended):
        header.stop.click()
        assert header.title.text() == "Stopping…"
        assert not header.stop.isEnabled()
    assert page.run_view.summary.title.text() == "Stopped, and the best epoch kept"


def test_after_the_training_stopped_its_test_can_be_skipped(
    page: TrainPage, context: Context, engine: FakeEngine, qtbot: QtBot
) -> None:
    """The second `stop` ends the test of the best epoch, which may take minutes."""
    skipped = threading.Event()

    def script(emit: Emit, control: RunControl) -> RunResult:
        emit(started())
        emit(batch(1, 1))
        while not control.should_stop():
            pass
        emit(StageProgressed(stage="evaluate", done=12, total=40))
        while control.stops < 2:
            pass
        skipped.set()
        return replace(result("stopped"), evaluation=None)

    engine.script = script
    context.choose_dataset(dataset())
    page.setup.start.click()
    header = page.run_view.header
    qtbot.waitUntil(lambda: "batch 1 " in facts(page))
    assert (header.stop.text(), header.stop.toolTip()) == ("Stop and keep the best", "")
    header.stop.click()
    qtbot.waitUntil(lambda: header.stop.text() == "Skip the test")
    assert header.title.text() == "Testing the best epoch"
    assert "neither calibrated nor tested" in header.stop.toolTip()
    assert header.stop.isEnabled()
    assert not skipped.is_set()
    with qtbot.waitSignal(context.run_controller.ended):
        header.stop.click()
        assert not header.stop.isEnabled()
        assert header.title.text() == "Stopping…"
    assert page.run_view.summary.title.text() == "Stopped, and the best epoch kept"
    assert not page.run_view.summary.accuracy.isVisible()
    page.run_view.begin("classic")
    assert header.stop.text() == "Stop and keep the best"
    assert header.stop.isEnabled()


def test_the_header_shows_a_stop_that_was_asked_for_elsewhere(
    page: TrainPage, context: Context, engine: FakeEngine, qtbot: QtBot
) -> None:
    ended = threading.Event()

    def script(emit: Emit, control: RunControl) -> RunResult:
        emit(started())
        emit(batch(1, 1))
        ended.wait(10)
        return result("stopped")

    engine.script = script
    context.choose_dataset(dataset())
    page.setup.start.click()
    header = page.run_view.header
    qtbot.waitUntil(header.pause.isEnabled)
    context.run_controller.stop()
    assert header.title.text() == "Stopping…"
    assert not header.stop.isEnabled()
    with qtbot.waitSignal(context.run_controller.ended):
        ended.set()


def test_the_summary_has_the_test_result_and_the_ways_on(
    page: TrainPage, context: Context, engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    model = tmp_path / "model.safetensors"
    model.write_bytes(b"x")
    engine.script = lambda emit, control: result(model=str(model))
    context.choose_dataset(dataset())
    with qtbot.waitSignals([context.run_controller.ended, context.models_changed]):
        page.setup.start.click()
    summary = page.run_view.summary
    assert summary.isVisible()
    assert not page.run_view.header.isVisible()
    assert summary.accuracy.value.text() == "82.5 %"
    assert summary.interval.value.text() == "68–91 %"
    assert summary.baseline.value.text() == "50 %"
    assert summary.best.value.text() == str(BEST)
    with qtbot.waitSignal(context.model_changed) as used:
        summary.use.click()
    assert used.args == [model]
    assert context.current_model == model
    with qtbot.waitSignal(context.evaluate_requested) as wanted:
        summary.evaluation.click()
    assert wanted.args == [model]
    summary.again.click()
    assert page.setup.isVisible()
    assert not page.run_view.isVisible()


def test_a_failed_run_says_why_and_what_was_kept(
    page: TrainPage, context: Context, engine: FakeEngine, qtbot: QtBot
) -> None:
    error = ErrorRecord(what="The disk is full.", remedy="Free some space.")

    def script(emit: Emit, control: RunControl) -> RunResult:
        for event in events(2):
            emit(event)
        failed = replace(result("failed", epochs=2), error=error)
        emit(terminal(failed))
        return failed

    engine.script = script
    context.choose_dataset(dataset())
    with qtbot.waitSignal(context.run_controller.ended):
        page.setup.start.click()
    summary = page.run_view.summary
    assert summary.title.text() == "The run ended with an error"
    assert summary.words.text() == "The disk is full. Free some space. The best epoch so far is kept."
    assert summary.resume.isVisible()
    with qtbot.waitSignal(context.run_controller.ended):
        summary.resume.click()
    assert engine.resumed == [Path("/runs/one")]


def test_an_unexpected_error_reaches_the_error_centre(
    page: TrainPage, context: Context, engine: FakeEngine, qtbot: QtBot
) -> None:
    def script(emit: Emit, control: RunControl) -> RunResult:
        raise RuntimeError("surprise")

    engine.script = script
    context.choose_dataset(dataset())
    with qtbot.waitSignal(context.error_reported) as reported:
        page.setup.start.click()
    assert "surprise" in reported.args[0].details
    assert "unexpected" in page.run_view.summary.words.text()
    assert not page.run_view.summary.use.isVisible()


def test_stopped_before_the_first_epoch_there_is_no_model(
    page: TrainPage, context: Context, engine: FakeEngine, qtbot: QtBot
) -> None:
    engine.script = lambda emit, control: result("stopped", epochs=0, model=None)
    context.choose_dataset(dataset())
    with qtbot.waitSignal(context.run_controller.ended):
        page.setup.start.click()
    summary = page.run_view.summary
    assert summary.title.text() == "Stopped before the first epoch was done"
    for hidden in (summary.use, summary.evaluation, summary.accuracy, summary.best):
        assert not hidden.isVisible()


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
    """After a crash the next start offers to go on."""

    @pytest.fixture
    def cut_off(self, context: Context, finished_run: RunResult, tmp_path: Path) -> Path:
        context.settings.runs_folder = tmp_path / "runs"
        return cut_off_run(finished_run, tmp_path / "runs")

    def test_the_run_is_offered_and_goes_on(
        self, page: TrainPage, context: Context, engine: FakeEngine, cut_off: Path, qtbot: QtBot
    ) -> None:
        with qtbot.assertNotEmitted(context.page_requested), qtbot.waitSignal(context.resume_offered) as offered:
            page.offer_resume()
        assert offered.args == [True]
        assert page.resume_offer.isVisible()
        with qtbot.waitSignal(context.run_controller.ended):
            button(page.resume_offer, "Continue").click()
        assert engine.resumed == [cut_off]
        assert not page.resume_offer.isVisible()

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
