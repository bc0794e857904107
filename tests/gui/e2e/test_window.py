"""End to end: the shipped `main()` in a real window of an X server, with a redirected home, a mouse and a keyboard.

Pictures of every step are left in the folder that CATDOG_E2E_SHOTS names, by default below the temporary folder.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
TOOLS = ("Xvfb", "openbox", "xdotool", "import")
missing = [tool for tool in TOOLS if shutil.which(tool) is None]
pytestmark = [
    pytest.mark.skipif(
        sys.platform != "linux" or bool(missing), reason=f"needs Linux and {', '.join(missing or TOOLS)}"
    ),
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """Start an X server with a window manager on a free display."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as answer:
        name = f":{answer.readline().strip()}"
    manager = subprocess.Popen(
        ["openbox", "--sm-disable"],
        env={**os.environ, "DISPLAY": name},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield name
    for process in (manager, server):
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from trainer.drawings.samples import draw_dataset

    folder = tmp_path_factory.mktemp("photos") / "drawings"
    draw_dataset(folder, count=400)
    return folder


@pytest.fixture
def shots(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    base = os.environ.get("CATDOG_E2E_SHOTS")
    folder = Path(base) / request.node.name.replace("[", "-").rstrip("]") if base else tmp_path / "shots"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def travel(journey: str, display: str, shots: Path, home: Path, **environment: str) -> dict[str, Any]:
    """Run a journey in a process of its own and return what it noted; the test fails with the process's words."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "WAYLAND"))}
    done = subprocess.run(
        [sys.executable, "-m", "tests.gui.e2e.driver", journey, str(shots)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
        env={**own, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "CATDOG_HOME": str(home), **environment},
    )
    file = shots / "facts.json"
    facts: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    assert "error" not in facts, facts["error"]
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    facts["stderr"] = done.stderr
    return facts


def test_from_the_first_start_to_right_verdicts(display: str, drawings: Path, shots: Path, tmp_path: Path) -> None:
    facts = travel("first_hour", display, shots, tmp_path / "home", CATDOG_E2E_PHOTOS=str(drawings))
    assert facts["photos"] == {"cat": 200, "dog": 200}
    assert (facts["run"], facts["epochs"]) == ("completed", 2)
    assert facts["points"] == {"loss": [2, 2], "accuracy": [2, 2]}
    assert facts["refused"] == "notes.pdf is not a photo."
    assert facts["offered"] == "Drop to classify these 8"
    verdicts = facts["verdicts"]
    assert len(verdicts) == 9
    right = [name for name, verdict in verdicts.items() if verdict.lower().startswith(name[:3])]
    assert len(right) >= 7, verdicts  # of eight; the ninth is broken
    assert list(facts["reasons"]) == ["broken.jpg"]
    assert "cut off" in facts["reasons"]["broken.jpg"]
    log = (tmp_path / "home" / "log" / "catdog.log").read_text(encoding="utf-8")
    assert "ERROR" not in log, log


def test_closing_during_a_run_keeps_the_best(display: str, drawings: Path, shots: Path, tmp_path: Path) -> None:
    facts = travel("close_during_a_run", display, shots, tmp_path / "home", CATDOG_E2E_PHOTOS=str(drawings))
    assert facts["went on"] is True
    assert facts["phase"] == "stopped"
    assert Path(facts["model"]).is_file()


@pytest.mark.parametrize(
    "look", [("light", "1", "900x600"), ("dark", "1", "900x600"), ("dark", "1.5", "900x580")], ids="-".join
)
def test_every_page_in_both_themes_and_larger_scales(
    display: str, shots: Path, tmp_path: Path, look: tuple[str, str, str]
) -> None:
    theme, scale, size = look
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    (config / "catdog.ini").write_text(f"[window]\ntheme={theme}\n", encoding="utf-8")
    facts = travel("look_around", display, shots, tmp_path / "home", QT_SCALE_FACTOR=scale, CATDOG_E2E_SIZE=size)
    assert facts["size"] == [int(number) for number in size.split("x")]
    assert len(list(shots.glob("*.png"))) == 6


def test_the_self_test_of_the_installers(display: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "catdog_gui", "--smoke"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "CATDOG_HOME": str(tmp_path / "untouched")},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "everything works" in done.stderr
    assert not (tmp_path / "untouched").exists()
