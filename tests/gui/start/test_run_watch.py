"""What the window shows of a run on every page, and what it says at the end."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from catdog_gui.shell.main_window import MainWindow
from catdog_gui.shell.notifications import Notifier
from catdog_gui.start.run_watch import RunWatch
from catdog_gui.state.context import Context
from catdog_gui.state.error_center import ErrorCenter
from tests.gui.fake_engine import Emit, FakeEngine
from tests.gui.recorded import batch, result, started
from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.results import ErrorRecord, RunResult

FULL = ErrorRecord(what="The disk is full.")
CONFIG = TrainConfig(dataset="/photos/pets")


@pytest.fixture
def notified(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return what was said on the desktop."""
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(Notifier, "notify", lambda _self, title, text: said.append((title, text)))
    return said


@pytest.fixture
def window(
    context: Context, notified: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> Iterator[MainWindow]:
    monkeypatch.setenv("CATDOG_HOME", str(tmp_path / "home"))
    window = MainWindow(context, ErrorCenter())
    RunWatch(window, context)
    window.show()
    yield window
    context.run_controller.stop()
    qtbot.waitUntil(lambda: not context.run_controller.running)
    window.close()
    window.deleteLater()


def test_the_progress_of_a_run_is_shown_on_every_page(
    window: MainWindow, context: Context, engine: FakeEngine, qtbot: QtBot
) -> None:
    go_on = threading.Event()

    def script(emit: Emit, control: RunControl) -> RunResult:
        emit(started())
        emit(batch(1, 10))
        go_on.wait(10)
        return result()

    engine.script = script
    context.run_controller.start(CONFIG)
    qtbot.waitUntil(lambda: window.sidebar.footer.text().startswith("Training · "))
    assert window.windowTitle().endswith(" % – CatDog")
    with qtbot.waitSignal(context.run_controller.ended):
        go_on.set()
    assert window.windowTitle() == "CatDog"
    assert window.sidebar.footer.text() == ""


@pytest.mark.parametrize(
    ("ending", "title", "text"),
    [
        (result(), "The training is done", "Right on 82.5 % of the test photos."),
        (RunResult(status="stopped", model="/runs/one/model"), "The training is done", "Its best epoch is kept."),
        (RunResult(status="stopped"), "The training was stopped", "No epoch was finished, so there is no model."),
        (
            RunResult(status="failed", error=FULL),
            "The training failed",
            "The disk is full.",
        ),
    ],
    ids=["tested", "not tested", "no epoch", "failed"],
)
def test_the_end_of_a_run_is_told_on_the_desktop(
    window: MainWindow,
    context: Context,
    engine: FakeEngine,
    notified: list[tuple[str, str]],
    qtbot: QtBot,
    ending: RunResult,
    title: str,
    text: str,
) -> None:
    engine.script = lambda _emit, _control: ending
    with qtbot.waitSignal(context.run_controller.ended):
        context.run_controller.start(CONFIG)
    assert notified == [(title, text)]
