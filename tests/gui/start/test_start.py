"""Starting: the command line, what is imported before the first paint, and the second start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess, QProcessEnvironment
from pytestqt.qtbot import QtBot

from catdog_gui.start.arguments import Arguments, parse
from tests.gui.recorded import cut_off_run
from tests.telling_window import TELLING
from trainer.core.results import RunResult

ROOT = Path(__file__).resolve().parents[3]
# What the first paint must not wait for.
HEAVY = ("torch", "torchvision", "pyqtgraph", "numpy", "PIL", "platformdirs", "safetensors", "PySide6.QtNetwork")


def test_the_command_line() -> None:
    assert parse([]) == Arguments()
    given = parse(["a.jpg", "/folder", "--model", "best.safetensors"])
    assert given.photos == (Path.cwd() / "a.jpg", Path("/folder"))
    assert given.model == Path.cwd() / "best.safetensors"
    assert not given.smoke
    assert parse(["--smoke"]).smoke
    assert parse(["-psn_0_12345"]) == Arguments()


def test_a_wrong_argument_is_answered_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parse(["--modell", "x", "--fast"])
    assert end.value.code == 2
    assert "usage: catdog" in capsys.readouterr().err


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parse(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("CatDog ")


@pytest.mark.parametrize("with_starter", [False, True])
def test_nothing_heavy_is_imported_before_the_window_is_painted(
    tmp_path: Path, finished_model: Path, *, with_starter: bool
) -> None:
    starter = repr(str(finished_model)) if with_starter else None
    code = f"""
import sys
from pathlib import Path
from PySide6.QtCore import QEvent, QTimer
from catdog_gui.start import app, startup
from trainer.storage import starter
starter.starter_model = lambda: {starter} and Path({starter})
class Painted(startup.Startup):
    def __init__(self, window, *rest):
        self.close_window, self.waits = window.close, True
        super().__init__(window, *rest)
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and self.waits:
            self.waits = False
            QTimer.singleShot(0, self.tell)
        return False
    def tell(self):
        print("heavy:", [name for name in {HEAVY!r} if name in sys.modules])
        self.close_window()
app.Startup = Painted
sys.exit(app.main([]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "CATDOG_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "heavy: []"


# The shipped `main`, which says which page is shown once an interrupted run is offered, and closes.
OFFERING = """
import sys
from catdog_gui.start import app, startup
class Offering(startup.Startup):
    def __init__(self, window, context, *rest):
        super().__init__(window, context, *rest)
        self.shown = window
        context.resume_offered.connect(self.tell)
    def tell(self, offered):
        print("shown:", self.shown.pages.current_name, self.shown.sidebar.hint.isVisible(), flush=True)
        self.shown.close()
app.Startup = Offering
sys.exit(app.main(sys.argv[1:]))
"""


def test_the_offer_to_continue_a_run_leaves_the_photos_in_sight(
    tmp_path: Path, finished_run: RunResult, qtbot: QtBot
) -> None:
    cut_off_run(finished_run, tmp_path / "home" / "data" / "runs")
    photo = tmp_path / "a photo.jpg"
    photo.write_bytes(b"")
    process = start(tmp_path / "home", str(photo), program=OFFERING)
    qtbot.waitUntil(lambda: process.state() == QProcess.ProcessState.NotRunning, timeout=60_000)
    assert process.exitCode() == 0, bytes(process.readAllStandardError().data()).decode()
    assert bytes(process.readAllStandardOutput().data()).decode().strip() == "shown: classify True"


def start(home: Path, *words: str, program: str | None = None) -> QProcess:
    """Start the program as a person would, with these words behind its name."""
    process = QProcess()
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("CATDOG_HOME", str(home))
    environment.insert("QT_QPA_PLATFORM", "offscreen")
    process.setProcessEnvironment(environment)
    process.setWorkingDirectory(str(ROOT))
    process.start(sys.executable, ["-c", program or PROGRAM, *words])
    return process


# The shipped `main`, which also says what the window was asked to open, and closes after the first photos.
PROGRAM = """
import sys
from catdog_gui.start import app, startup
class Telling(startup.Startup):
    def __init__(self, window, *rest):
        super().__init__(window, *rest)
        self.close_window = window.close
        self.finished.connect(lambda: print("ready", flush=True))
    def open_request(self, request, **how):
        super().open_request(request, **how)
        print("opened", *request.photos, flush=True)
        if request.photos:
            self.close_window()
app.Startup = Telling
sys.exit(app.main(sys.argv[1:]))
"""


def test_a_second_start_hands_its_photos_to_the_first(tmp_path: Path, qtbot: QtBot) -> None:
    said: list[str] = []
    first = start(tmp_path / "home")
    first.readyReadStandardOutput.connect(lambda: said.append(bytes(first.readAllStandardOutput().data()).decode()))
    qtbot.waitUntil(lambda: "ready" in "".join(said), timeout=30_000)
    photo = tmp_path / "a photo.jpg"
    photo.write_bytes(b"")
    second = start(tmp_path / "home", str(photo))
    qtbot.waitUntil(lambda: second.state() == QProcess.ProcessState.NotRunning, timeout=30_000)
    assert second.exitCode() == 0
    assert b"opened" not in second.readAllStandardOutput().data()  # it opened no window of its own
    qtbot.waitUntil(lambda: first.state() == QProcess.ProcessState.NotRunning, timeout=60_000)
    assert f"opened {photo}" in "".join(said)
    assert first.exitCode() == 0, bytes(first.readAllStandardError().data()).decode()


def test_the_window_opens_where_its_settings_cannot_be_kept_and_says_so_once(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "home").write_text("a file, in which no folder can be made")
    process = start(tmp_path / "home", program=TELLING)
    qtbot.waitUntil(lambda: process.state() == QProcess.ProcessState.NotRunning, timeout=60_000)
    said = bytes(process.readAllStandardOutput().data()).decode()
    errors = bytes(process.readAllStandardError().data()).decode()
    assert process.exitCode() == 0, errors
    assert "Traceback" not in errors
    assert said.count("The settings cannot be kept") == 1
