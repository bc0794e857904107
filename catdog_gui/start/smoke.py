"""The self-test of an installed CatDog: trains one small epoch, classifies one drawn photo with it, and closes."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from catdog_gui import worker
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.look.words import percent
from catdog_gui.shell.main_window import MainWindow
from catdog_gui.state.context import Context
from catdog_gui.state.error_center import ErrorCenter
from trainer.core.control import RunControl
from trainer.core.recipes import recipe
from trainer.core.results import ErrorRecord, RunResult
from trainer.drawings.samples import draw_dataset

_PHOTOS = 40
_SIZE = 64
# Slow computers that load torch from a cold disk need most of this.
_LIMIT_MS = 300_000


def redirect_home() -> None:
    """Keep everything in a folder that is deleted when the program ends, so that nothing of the user's is touched."""
    home = tempfile.mkdtemp(prefix="catdog-smoke-")
    os.environ["CATDOG_HOME"] = home
    atexit.register(shutil.rmtree, home, ignore_errors=True)


class Smoke(QObject):
    """Drives the window as a user would; `exit_code` is 0 where everything worked."""

    def __init__(self, window: MainWindow, context: Context, errors: ErrorCenter) -> None:
        super().__init__(window)
        self._window, self._context = window, context
        self._home = Path(os.environ["CATDOG_HOME"])
        self.exit_code = 1
        self._limit = QTimer(self, interval=_LIMIT_MS, singleShot=True)
        self._limit.timeout.connect(lambda: self._fail("It took too long."))
        self._limit.start()
        errors.recorded.connect(lambda record: self._fail(record.sentence))

    def begin(self) -> None:
        """Draw photos to learn from."""
        folder = self._home / "drawings"
        task = worker.start(lambda _emit, control: _draw(folder, control), parent=self)
        task.succeeded.connect(self._train)
        task.failed.connect(self._on_error)

    def _train(self, folder: Path) -> None:
        self._window.show_page("train")
        runs = self._context.run_controller
        runs.ended.connect(self._classify)
        runs.start(recipe("classic").config(str(folder), epochs=1, batch_size=8, image_size=_SIZE))

    def _classify(self, result: RunResult) -> None:
        if result.status != "completed" or result.model is None:
            self._fail(result.error.sentence if result.error else f"The run ended as {result.status}.")
            return
        self._context.use_model(Path(result.model))
        classify = self._window.pages.classify
        self._window.show_page("classify")
        classify.session.classified.connect(self._on_verdict)
        classify.add_files([next((self._home / "drawings").rglob("*.jpg"))])

    def _on_verdict(self, photo: SessionPhoto) -> None:
        if photo.confidence is None:
            self._fail(photo.reason or "There is no verdict.")
            return
        self._say(f"{photo.verdict} with {percent(photo.confidence)}: everything works")
        self.exit_code = 0
        self._end()

    def _on_error(self, record: ErrorRecord) -> None:
        self._fail(record.sentence)

    def _fail(self, why: str) -> None:
        self._say(f"failed: {why}")
        self.exit_code = 1
        self._end()

    def _end(self) -> None:
        self._limit.stop()
        self._context.run_controller.stop()
        self._window.close()

    def _say(self, text: str) -> None:
        if sys.stderr is not None:  # a windowed program on Windows has none
            print(f"catdog --smoke: {text}", file=sys.stderr)  # noqa: T201 - installers show it


def _draw(folder: Path, control: RunControl) -> Path:
    draw_dataset(folder, count=_PHOTOS, cancelled=control.should_stop)
    return folder
