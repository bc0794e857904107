"""End to end: the shipped `main()` in a real window of an X server, with a redirected home, a mouse and a keyboard.

Pictures of every step are left in the folder that CATDOG_E2E_SHOTS names, by default below the temporary folder.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.gui.e2e.driver import Journey

Travel = Callable[..., dict[str, Any]]
ROOT = Path(__file__).resolve().parents[3]
TOOLS = ("Xvfb", "openbox", "xdotool", "import")
SCREEN = "1400x900"


@pytest.fixture(scope="session")
def start_display() -> Iterator[Callable[[str], str]]:
    """Return what starts an X server with a window manager, whose screen has this size, and returns its name."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if sys.platform != "linux" or missing:
        pytest.skip(f"needs Linux and {', '.join(missing or TOOLS)}")
    names: dict[str, str] = {}
    processes: list[subprocess.Popen[bytes]] = []

    def start(size: str) -> str:
        if size not in names:
            names[size] = _start_display(size, processes)
        return names[size]

    yield start
    for process in reversed(processes):
        process.terminate()
        process.wait()


def _start_display(size: str, processes: list[subprocess.Popen[bytes]]) -> str:
    read, write = os.pipe()
    server = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
    processes.append(subprocess.Popen(server, pass_fds=[write], stderr=subprocess.DEVNULL))
    os.close(write)
    with os.fdopen(read) as answer:
        name = f":{answer.readline().strip()}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    processes.append(subprocess.Popen(["openbox", "--sm-disable"], env={**os.environ, "DISPLAY": name}, **quiet))
    return name


@pytest.fixture
def shots(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return the folder for this test's pictures."""
    base = os.environ.get("CATDOG_E2E_SHOTS")
    folder = Path(base) / request.node.name.replace("[", "-").rstrip("]") if base else tmp_path / "shots"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def travel(start_display: Callable[[str], str], shots: Path, tmp_path: Path) -> Travel:
    """Return what runs a journey in a process of its own and returns what it noted.

    The test fails with the process's words. `home` is the redirected home, and the other arguments are environment
    variables; `words` are the arguments of the program.
    """

    def travel(
        journey: "Journey", *words: str, screen: str = SCREEN, home: Path | None = None, **environment: str
    ) -> dict[str, Any]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "WAYLAND"))}
        display = {"DISPLAY": start_display(screen), "QT_QPA_PLATFORM": "xcb"}
        where = f"{journey.__module__}:{journey.__name__}"
        done = subprocess.run(
            [sys.executable, "-m", "tests.gui.e2e.driver", where, str(shots), *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
            env={**own, **display, "CATDOG_HOME": str(home or tmp_path / "home"), **environment},
        )
        file = shots / "facts.json"
        facts: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        assert "error" not in facts, facts["error"]
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        facts["stderr"] = done.stderr
        return facts

    return travel


@pytest.fixture(scope="session")
def many_drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of 400 drawings."""
    from trainer.drawings.samples import draw_dataset

    folder = tmp_path_factory.mktemp("photos") / "drawings"
    draw_dataset(folder, count=400)
    return folder
