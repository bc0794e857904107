"""What somebody does with the window all day, in small: each is done again and again."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtTest import QTest

from catdog_gui import worker
from catdog_gui.data.page import DataPage
from catdog_gui.shell.main_window import MainWindow
from trainer.core.config import TrainConfig
from trainer.core.recipes import recipe
from trainer.core.results import RunResult

_PATIENCE_S = 300.0
_PAGES = ("classify", "data", "train", "evaluate", "models")


class Desk(NamedTuple):
    """A window, and where its photos and runs are."""

    window: MainWindow
    photos: Path
    runs: Path


def until(condition: Callable[[], bool], what: str) -> None:
    """Let the window work until a condition holds. Raises TimeoutError."""
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited in vain for {what}")
        QTest.qWait(10)


def come_to_rest() -> None:
    """Wait for every thread, and let go of what was to be deleted."""
    until(lambda: worker.running_count() == 0, "the threads")
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def train(desk: Desk) -> None:
    """Train to the end, while the process is stopped for a second (SIGSTOP) and goes on (SIGCONT)."""
    run = desk.window.context.run_controller
    run.start(_config(desk.photos), out=desk.runs)
    until(lambda: run.state.batch is not None, "the first batch")
    own = os.getpid()
    with subprocess.Popen(["sh", "-c", f"kill -STOP {own}; sleep 1; kill -CONT {own}"]) as other:
        result = _ended(desk)
        assert other.wait(60) == 0
    assert result.status == "completed", result.error


def stop_and_resume(desk: Desk) -> None:
    """Stop a run after an epoch, and let it go on for one more."""
    run = desk.window.context.run_controller
    run.start(_config(desk.photos, epochs=500), out=desk.runs)
    until(lambda: bool(run.state.history), "the first epoch")
    run.stop()
    stopped = _ended(desk)
    assert stopped.status == "stopped", stopped.error
    assert stopped.run_folder is not None
    run.resume(Path(stopped.run_folder), len(stopped.history) + 1)
    result = _ended(desk)
    assert result.status == "completed", result.error


def classify(desk: Desk) -> None:
    """Have photos told apart, and take them away again."""
    page = desk.window.pages.classify
    desk.window.show_page("classify")
    given = sorted(desk.photos.rglob("*.jpg"))[::8]
    page.add_files(given)
    photos = page.session.photos
    until(lambda: len(photos) == len(given) and all(photo.prediction for photo in photos), "the verdicts")
    page.clear()
    until(lambda: len(photos) == 0, "the photos to go")


def look_around(desk: Desk) -> None:
    """Show every page, several times."""
    for name in _PAGES * 3:
        desk.window.show_page(name)
        QTest.qWait(20)


def lose_the_photos(desk: Desk) -> None:
    """Choose a folder that vanishes, so that the run fails and says so, and comes back, so that it succeeds."""
    context = desk.window.context
    photos, away = desk.photos.with_name("photos that vanish"), desk.photos.with_name("elsewhere")
    shutil.copytree(desk.photos, photos)
    desk.window.show_page("data")
    page = desk.window.pages.page("data")
    assert isinstance(page, DataPage)
    page.open_dataset(photos)
    until(lambda: context.current_dataset is not None and context.current_dataset.root == str(photos), "the scan")
    photos.rename(away)
    context.run_controller.start(_config(photos), out=desk.runs)
    result = _ended(desk)
    assert result.status == "failed"
    assert result.error is not None
    assert photos.name in result.error.sentence
    away.rename(photos)
    context.run_controller.start(_config(photos), out=desk.runs)
    result = _ended(desk)
    assert result.status == "completed", result.error
    come_to_rest()
    shutil.rmtree(photos)


ROUNDS = (train, stop_and_resume, classify, look_around, lose_the_photos)


def _config(photos: Path, epochs: int = 2) -> TrainConfig:
    settings = {"epochs": epochs, "image_size": 48, "batch_size": 16, "threads": 1}
    return recipe("classic").config(str(photos), **settings)


def _ended(desk: Desk) -> RunResult:
    run = desk.window.context.run_controller
    until(lambda: not run.running, "the end of the run")
    assert run.state.result is not None
    return run.state.result
