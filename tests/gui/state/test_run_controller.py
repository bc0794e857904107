"""The run controller: every event reaches the state, one signal a tick, exactly one end."""

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from catdog_gui.state.context import Context
from catdog_gui.state.run_controller import RunController
from tests.gui.fake_engine import Emit, FakeEngine
from tests.gui.recorded import BATCHES, batch, epoch, events, result, started
from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.events import EpochFinished, terminal
from trainer.core.results import RunResult
from trainer.core.run_state import RunState

CONFIG = TrainConfig(dataset="/photos/pets")


@pytest.fixture
def controller(context: Context) -> RunController:
    return context.run_controller


def test_a_run_goes_through_its_states_to_one_end(controller: RunController, engine: FakeEngine, qtbot: QtBot) -> None:
    def script(emit: Emit, control: RunControl) -> RunResult:
        for event in events():
            emit(event)
        emit(terminal(result()))
        return result()

    engine.script = script
    ends: list[RunResult] = []
    controller.ended.connect(ends.append)
    with qtbot.waitSignal(controller.ended, timeout=10_000):
        controller.start(CONFIG)
        assert controller.running
    assert not controller.running
    assert ends == [result()]
    assert controller.state.phase == "completed"
    assert [row.epoch for row in controller.state.history] == [1, 2, 3, 4, 5, 6]
    assert controller.run_folder == Path("/runs/one")
    assert engine.thread is not threading.main_thread()


def test_a_run_is_kept_where_the_preferences_say(
    controller: RunController, engine: FakeEngine, context: Context, qtbot: QtBot, tmp_path: Path
) -> None:
    context.settings.runs_folder = tmp_path / "my runs"
    with qtbot.waitSignal(controller.ended):
        controller.start(CONFIG)
    assert engine.outs == [tmp_path / "my runs"]


def test_thousands_of_batches_make_few_signals_and_lose_no_epoch(
    controller: RunController, engine: FakeEngine, qtbot: QtBot
) -> None:
    epochs = 300

    def script(emit: Emit, control: RunControl) -> RunResult:
        emit(started(epochs=epochs))
        for number in range(1, epochs + 1):
            for done in range(1, BATCHES + 1):
                emit(batch(number, done))
            emit(EpochFinished(metrics=epoch(number), is_best=False))
        emit(terminal(result(epochs=epochs)))
        return result(epochs=epochs)

    engine.script = script
    shown: list[RunState] = []
    controller.state_changed.connect(shown.append)
    with qtbot.waitSignal(controller.ended, timeout=30_000):
        controller.start(CONFIG)
    assert len(controller.state.history) == epochs
    # 6,300 events; each turn of the event loop shows one state at most, and a turn takes up to 200 events.
    assert len(shown) < 300
    assert shown[-1] is controller.state


def test_an_exception_ends_the_run_as_failed_with_its_reason(
    controller: RunController, engine: FakeEngine, qtbot: QtBot
) -> None:
    def script(emit: Emit, control: RunControl) -> RunResult:
        emit(started())
        raise ZeroDivisionError("the reason")

    engine.script = script
    with qtbot.waitSignal(controller.ended) as end:
        controller.start(CONFIG)
    outcome = end.args[0]
    assert outcome.status == "failed"
    assert "ZeroDivisionError: the reason" in outcome.error.details
    assert outcome.run_folder == "/runs/one"
    assert controller.state.phase == "failed"


def test_a_failed_end_is_not_overwritten_by_what_comes_after(
    controller: RunController, engine: FakeEngine, qtbot: QtBot
) -> None:
    failed = result("failed", model=None)

    def script(emit: Emit, control: RunControl) -> RunResult:
        emit(terminal(failed))
        emit(batch(1, 1))
        return result("completed")

    engine.script = script
    with qtbot.waitSignal(controller.ended) as end:
        controller.start(CONFIG)
    assert end.args[0] == failed


def test_a_result_without_a_terminal_event_still_ends_the_run(
    controller: RunController, engine: FakeEngine, qtbot: QtBot
) -> None:
    engine.script = lambda emit, control: result("stopped")
    with qtbot.waitSignal(controller.ended) as end:
        controller.start(CONFIG)
    assert end.args[0].status == "stopped"


def test_pause_go_on_and_stop_reach_the_run(controller: RunController, engine: FakeEngine, qtbot: QtBot) -> None:
    heard: list[str] = []
    paused, went_on = threading.Event(), threading.Event()

    def script(emit: Emit, control: RunControl) -> RunResult:
        emit(started())
        while not control.paused:
            pass
        heard.append("paused")
        paused.set()
        control.wait_while_paused()
        heard.append("went on")
        went_on.set()
        while not control.should_stop():
            pass
        heard.append("stopped")
        return result("stopped")

    engine.script = script
    controller.start(CONFIG)
    controller.pause()
    qtbot.waitUntil(paused.is_set)
    controller.unpause()
    qtbot.waitUntil(went_on.is_set)
    with qtbot.waitSignal(controller.ended):
        controller.stop()
    assert heard == ["paused", "went on", "stopped"]


def test_only_one_run_at_a_time(controller: RunController, engine: FakeEngine, qtbot: QtBot) -> None:
    with qtbot.waitSignal(controller.ended):
        controller.start(CONFIG)
        with pytest.raises(RuntimeError):
            controller.start(CONFIG)
    with qtbot.waitSignal(controller.ended):
        controller.resume(Path("/runs/one"))
    assert engine.resumed == [Path("/runs/one")]
    assert len(engine.configs) == 1


def test_steering_without_a_run_does_nothing(controller: RunController) -> None:
    controller.pause()
    controller.unpause()
    controller.stop()
    assert not controller.running
