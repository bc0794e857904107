"""A run on the Train page: how far it is, its advice, how it is paused and stopped, and how it ended."""

import io
import threading
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from catdog_gui.state.context import Context
from catdog_gui.train.page import TrainPage
from catdog_gui.widgets.elided_label import ElidedLabel
from catdog_gui.widgets.plots.line_legend import LineLegend
from catdog_gui.widgets.plots.live_plot import LivePlot
from tests.gui.fake_engine import Emit, FakeEngine
from tests.gui.recorded import ADVICE, BEST, batch, dataset, epoch, events, result, started, state
from trainer.core.control import RunControl
from trainer.core.events import (
    AdviceGiven,
    EpochFinished,
    Noted,
    PhotoSeen,
    PreviewScored,
    RunContinued,
    RunPaused,
    StageProgressed,
    terminal,
)
from trainer.core.results import ErrorRecord, RunResult
from trainer.core.run_state import RunState, reduce
from trainer.core.statistics import wilson_interval
from trainer.core.text import text


def facts(page: TrainPage) -> str:
    return page.run_view.header.facts.text()


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
    assert page.run_view.header.facts.toolTip() == "3,453,121 parameters"
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
    assert (header.title.text(), header.facts.text()) == ("Fetching the pre-trained network", "3.2 MB of 18.0 MB")
    header.show_state(RunState(stage=StageProgressed(stage="decode", done=25, total=100)))
    assert (header.title.text(), header.facts.text()) == ("Looking at every photo", "25 of 100 photos")
    again = reduce(state(1), StageProgressed(stage="decode", done=30, total=100))
    header.show_state(again)
    assert header.title.text() == "Looking at the photos mirrored"
    assert header.facts.text().startswith("30 of 100 photos")
    header.show_state(reduce(again, batch(2, 1)))
    assert header.title.text() == "Training"


def drawn(plot: LivePlot, curve: str) -> list[tuple[float, float]]:
    """Return the points of a curve as they are on the screen."""
    item = next(item for item in plot.plot.getPlotItem().listDataItems() if item.name() == curve)
    x, y = item.getData()
    return [] if x is None else list(zip(x.tolist(), y.tolist(), strict=True))


def said(plot: LivePlot) -> str:
    return plot.findChild(ElidedLabel).text()


def photo_seen(place: int) -> PhotoSeen:
    jpeg = io.BytesIO()
    Image.new("RGB", (96, 64), (200, 40 * (place % 5), 20)).save(jpeg, "JPEG")
    return PhotoSeen(path=f"{place}.jpg", class_index=place % 2, thumbnail=jpeg.getvalue())


def test_while_a_backbone_looks_photos_and_a_first_guess_are_seen_until_the_training_begins(
    page: TrainPage, context: Context, engine: FakeEngine, qtbot: QtBot
) -> None:
    looked, trained = threading.Event(), threading.Event()

    def script(emit: Emit, control: RunControl) -> RunResult:
        for place in range(4):
            emit(StageProgressed(stage="decode", done=8 * place, total=100))
            emit(photo_seen(place))
        for done, accuracy in ((24, 0.75), (32, 0.92)):
            emit(PreviewScored(done=done, total=100, photos=12, loss=1 - accuracy, accuracy=accuracy))
        looked.wait(10)
        for event in events(2):
            emit(event)
        trained.wait(10)
        return result()

    engine.script = script
    context.choose_dataset(dataset())
    page.setup.start.click()
    view = page.run_view
    qtbot.waitUntil(lambda: facts(page) == "24 of 100 photos  ·  A first guess is right on 92 %")
    qtbot.waitUntil(view.seen.isVisible)
    assert view.seen.count == 4
    row = view.seen.grab().toImage()
    ratio = row.devicePixelRatio()
    newest, before = (QColor(row.pixel(round(x * ratio), round(20 * ratio))) for x in (30, 30 + 63 + 8))
    assert newest.green() > before.green() > 60  # the last one comes first
    loss, accuracy = view.plots
    assert drawn(accuracy, "preview") == [(24, 0.75), (32, 0.92)]
    assert drawn(accuracy, "validation") == drawn(accuracy, "train") == []
    assert "92 % of 12 validation photos" in said(accuracy)
    assert "0.080 on 12 validation photos" in said(loss)
    assert "first guess" in accuracy.findChild(LineLegend).accessibleName()
    looked.set()
    qtbot.waitUntil(lambda: len(accuracy.points("validation")) == 2)
    assert drawn(accuracy, "preview") == []
    assert "first guess" not in accuracy.findChild(LineLegend).accessibleName()
    assert not view.seen.isVisible()
    assert "first guess" not in facts(page)
    with qtbot.waitSignal(context.run_controller.ended):
        trained.set()


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
    qtbot.waitUntil(lambda: page.run_view.header.title.text() == "Looking at every photo")
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


def test_how_far_the_test_is_is_shown(page: TrainPage) -> None:
    page.run_view.begin("classic")
    page.run_view.show_state(reduce(state(), StageProgressed(stage="evaluate", done=12, total=40)))
    assert page.run_view.header.title.text() == "Testing the best epoch"
    assert page.run_view.header.facts.text() == "30 % done  ·  processor, 2 threads"


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


def test_a_run_that_waits_for_a_full_disk_says_what_to_do_and_goes_on(
    page: TrainPage, context: Context, engine: FakeEngine, qtbot: QtBot
) -> None:
    reason = text("The disk is full: free {missing:,.0f} MB and go on.", missing=12)

    def script(emit: Emit, control: RunControl) -> RunResult:
        assert control.waits_for_disk
        emit(started())
        emit(batch(1, 1))
        control.pause()
        emit(RunPaused(reason=reason))
        control.wait_while_paused()
        emit(RunContinued())
        return result()

    engine.script = script
    context.choose_dataset(dataset())
    page.setup.start.click()
    header = page.run_view.header
    qtbot.waitUntil(lambda: header.pause.text() == "Continue")
    assert (header.title.text(), facts(page)) == ("Paused", "The disk is full: free 12 MB and go on.")
    with qtbot.waitSignal(context.run_controller.ended):
        header.pause.click()
    assert context.run_controller.state.phase == "completed"


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
    assert page.run_view.summary.title.text() == "Tested on too few photos"
    assert page.run_view.summary.words.text().startswith("It trained for")


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
    assert summary.interval.value.text() == "68.0–91.3 %"
    assert summary.photos.value.text() == "40"
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


def test_a_model_that_only_guesses_gets_no_tick(page: TrainPage) -> None:
    summary = page.run_view.summary
    good = result()
    assert good.evaluation is not None
    tested = replace(good.evaluation, photos=1000, accuracy=0.95, accuracy_interval=wilson_interval(950, 1000))
    summary.show_result(replace(good, evaluation=tested), state())
    assert (summary.title.text(), summary.icon.name) == ("The model is ready", "success")
    assert summary.use.property("kind") == "primary"
    for right, title in ((510, "The model is no better than guessing"), (590, "The model is weak")):
        share = {"accuracy": right / 1000, "accuracy_interval": wilson_interval(right, 1000)}
        summary.show_result(replace(good, evaluation=replace(tested, **share)), state())
        assert (summary.title.text(), summary.icon.name) == (title, "warning")
        assert summary.use.property("kind") != "primary"
    assert "wrong on about 4 of 10" in summary.words.text()


def test_a_test_that_was_skipped_is_said(page: TrainPage) -> None:
    summary = page.run_view.summary
    summary.show_result(replace(result(), status="stopped", evaluation=None), state())
    assert "It was not tested: go on with this run, and it will be." in summary.words.text()
