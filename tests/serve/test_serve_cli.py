"""`catdog-cli serve` as people start and end it."""

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import CLI, run
from tests.project.test_library import run_without_extras

PATIENCE = 120


@contextmanager
def started(*args: str | Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Start it on any free port, and return the process and what it said about itself."""
    command = [*CLI, "serve", "--port", "0", "--json", *map(str, args)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines: list[str] = []
        try:
            for line in process.stdout:
                lines.append(line)
                if line == "}\n":
                    break
            assert lines, process.communicate(timeout=PATIENCE)[1]
            yield process, json.loads("".join(lines))
        finally:
            process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that a program can answer")
def test_it_serves_until_it_is_told_to_stop(finished_model: Path, drawings: Path) -> None:
    photo = (drawings / "cats" / "cat.0000.jpg").read_bytes()
    with started("--model", finished_model, "--new-token") as (process, said):
        assert said["url"].startswith("http://127.0.0.1:")
        assert said["model"]["classes"] == ["cat", "dog"]
        headers = {"Content-Type": "image/jpeg", "Authorization": f"Bearer {said['token']}"}
        request = urllib.request.Request(f"{said['url']}/predict", photo, headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            [verdict] = json.load(answer)
        assert verdict["error"] is None
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, errors) == (0, "")


def test_other_computers_are_served_with_a_token_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CATDOG_TOKEN", raising=False)
    done = run("serve", "--port", "0", "--host", "0.0.0.0", code=2)
    assert "it needs a token. Give --new-token" in done.stderr
    assert done.stderr.count("\n") == 1
    assert "exclude each other" in run("serve", "--token", "t" * 20, "--new-token", code=2).stderr


def test_without_its_parts_it_says_how_to_get_them() -> None:
    done = run_without_extras("from trainer.cli import main; main()", "serve")
    assert done.returncode == 2
    assert "The service is not installed here. Install what it needs: pip install starlette" in done.stderr
    assert done.stderr.count("\n") == 1
