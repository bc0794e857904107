"""A run killed at any moment goes on exactly where it was: real processes, killed for real, at random moments."""

import random
import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.training.kills import RUNS, another_program, differences, killed_at, killed_on_the_way, left_alone
from tests.training.run_numbers import Config
from trainer.core.results import RunResult
from trainer.storage.run_folder import RunFolder
from trainer.training.loop import train

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")

# While the photos are looked at, while pixels or features are computed, in a batch, in a checkpoint, in the test.
TEN_KILLS = {
    "classic": ("scan", "save", "evaluate"),
    "compact": ("decode", "batch", "evaluate"),
    "transfer": ("decode", "save"),
    "transfer, tuned": ("decode", "batch"),
}


def dice() -> random.Random:
    seed = random.randrange(2**32)
    print(f"random moments from seed {seed}")
    return random.Random(seed)


def test_a_run_killed_again_and_again_ends_with_exactly_the_bits_of_one_left_alone(
    drawings: Path, tmp_path: Path
) -> None:
    settings = RUNS["classic"]
    whole = left_alone(drawings, tmp_path / "whole", settings)
    found = killed_on_the_way(drawings, tmp_path / "killed", settings, whole, dice(), most=3)
    assert found.differing == []


def test_runs_that_are_not_the_same_are_told_apart(
    tmp_path: Path, small_config: Config, finished_run: RunResult
) -> None:
    assert finished_run.run_folder is not None
    whole = RunFolder(Path(finished_run.run_folder))
    other = train(small_config(seed=1), out=tmp_path)
    assert other.run_folder is not None
    found = differences(RunFolder(Path(other.run_folder)), whole)
    assert {"metrics", "calibration", "best.head.2.weight", "last.head.2.weight"} <= set(found)
    assert differences(whole, whole) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", RUNS)
def test_ten_kills_beside_another_program_change_no_bit(name: str, drawings: Path, tmp_path: Path) -> None:
    settings, moments = RUNS[name], TEN_KILLS[name]
    whole = left_alone(drawings, tmp_path / "whole", settings)
    with another_program():
        found = killed_at(moments, drawings, tmp_path / "killed", settings, whole, dice())
    assert found.differing == []
    assert found.kills == Counter(moments)
