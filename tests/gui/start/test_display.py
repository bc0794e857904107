"""Without a display the window says so in one line, names the command line, and ends with 2."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from catdog_gui.start import display
from catdog_gui.start.display import missing_display


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    without = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    }
    command = [sys.executable, "-m", "catdog_gui"]
    return subprocess.run(command, env={**without, **environment}, capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
@pytest.mark.parametrize("environment", [{}, {"DISPLAY": ":9876"}, {"DISPLAY": "nonsense"}])
def test_without_a_display_it_ends_with_2_and_one_line(environment: dict[str, str]) -> None:
    done = start(**environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "needs a display" in done.stderr
    assert "catdog-cli --help" in done.stderr


def test_other_ways_to_show_windows_are_left_to_qt() -> None:
    assert missing_display({}, "darwin") is None
    assert missing_display({}, "win32") is None
    assert missing_display({"WAYLAND_DISPLAY": "wayland-0"}, "linux") is None
    assert missing_display({"QT_QPA_PLATFORM": "offscreen"}, "linux") is None


@pytest.mark.parametrize("name", [":7", ":7.0", "unix:7"])
def test_a_server_that_listens_is_a_display(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_X_SOCKETS", str(tmp_path / "X"))
    assert missing_display({"DISPLAY": name}, "linux") is not None
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "X7"))
        server.listen()
        assert missing_display({"DISPLAY": name}, "linux") is None


def test_a_server_on_the_network_is_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(display, "_X_PORT", server.getsockname()[1] - 3)
        assert missing_display({"DISPLAY": "127.0.0.1:3.0"}, "linux") is None
    assert missing_display({"DISPLAY": "127.0.0.1:3.0"}, "linux") is not None
