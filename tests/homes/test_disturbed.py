"""A clock that jumps by hours, and a disk that is slow: runs end with the same numbers, and the window opens."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from tests.homes.disturbed import SOURCE, jumping, slow
from tests.homes.mounts import ROOT
from tests.preload import build_library, needs_compiler
from tests.telling_window import TELLING
from trainer.core.results import RunResult
from trainer.storage.run_folder import RunFolder

pytestmark = needs_compiler()

SMALL = ("--recipe", "classic", "--epochs", "2", "--image-size", "48", "--batch-size", "16", "--precision", "float32")
_CLOCK = "import time; print(*(time.time() for _ in range(9) if not time.sleep(0.05)))"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_library(SOURCE, tmp_path_factory.mktemp("disturb"))


def start(words: Sequence[str], home: Path, disturbance: Mapping[str, str]) -> "subprocess.Popen[str]":
    own = {"CATDOG_HOME": str(home), "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, *words],
        env={**os.environ, **own, **disturbance},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: "subprocess.Popen[str]") -> str:
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    return out


def events(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def weights(run: RunFolder) -> dict[str, torch.Tensor]:
    return safetensors.torch.load_file(run.model)


def only_run(home: Path) -> RunFolder:
    [folder] = (home / "data" / "runs").iterdir()
    return RunFolder(folder)


@pytest.fixture(scope="module")
def undisturbed(drawings: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    home = tmp_path_factory.mktemp("undisturbed")
    ended(start(["-m", "trainer", "train", str(drawings), *SMALL], home, {}))
    return only_run(home)


def assert_same(run: RunFolder, other: RunFolder) -> None:
    mine, its = weights(run), weights(other)
    assert mine.keys() == its.keys()
    assert all(torch.equal(mine[name], its[name]) for name in mine)


def test_a_run_whose_clock_jumps_by_hours_has_the_same_numbers_and_believable_times(
    library: Path, drawings: Path, undisturbed: RunFolder, tmp_path: Path
) -> None:
    jumps = jumping(library, every_ms=100)
    times = [float(word) for word in ended(start(["-c", _CLOCK], tmp_path, jumps)).split()]
    assert max(times) - min(times) > 17 * 3600  # it does jump
    words = ["-m", "trainer", "train", str(drawings), *SMALL, "--json"]
    told = events(ended(start(words, tmp_path, jumps)))
    assert_same(only_run(tmp_path), undisturbed)
    epochs = [event["metrics"] for event in told if event["event"] == "EpochFinished"]
    assert all(0 < epoch["seconds"] < 240 for epoch in epochs)
    assert all(0 <= event["seconds_left"] < 600 for event in told if event["event"] == "BatchFinished")
    more = ["-m", "trainer", "train", "--resume", str(only_run(tmp_path).path), "--epochs", "3", "--json"]
    [third] = [event["metrics"] for event in events(ended(start(more, tmp_path, jumps))) if "is_best" in event]
    assert third["epoch"] == 3
    assert 0 < third["seconds"] < 240


@pytest.mark.slow
def test_the_window_opens_and_two_runs_share_a_cache_where_the_disk_is_slow(
    library: Path, drawings: Path, undisturbed: RunFolder, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    late = slow(library, home, late_ms=10)
    words = ["-m", "trainer", "train", str(drawings), *SMALL]
    both = [start([*words, "--out", str(home / name)], home, late) for name in ("one", "two")]
    for process, name in zip(both, ("one", "two"), strict=True):
        ended(process)
        [folder] = (home / name).iterdir()
        assert_same(RunFolder(folder), undisturbed)
    assert ended(start(["-c", TELLING], home, late)).strip() == ""


@pytest.mark.slow
def test_the_window_opens_while_the_clock_jumps(library: Path, tmp_path: Path) -> None:
    assert ended(start(["-c", TELLING], tmp_path / "home", jumping(library, every_ms=50))).strip() == ""


def test_photos_are_told_apart_on_a_slow_disk(
    library: Path, drawings: Path, finished_run: RunResult, tmp_path: Path
) -> None:
    assert finished_run.model is not None
    late = slow(library, tmp_path, late_ms=5)
    words = ["-m", "trainer", "predict", str(drawings / "cats"), "--model", finished_run.model, "--json"]
    assert ended(start(words, tmp_path / "home", late)) == ended(start(words, tmp_path / "other", {}))
