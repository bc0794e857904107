"""Whenever sorting or undoing is killed, nothing is lost and everything can be taken back."""

import os
from pathlib import Path

import pytest

from tests.sorting.faults import run_rounds

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 is a POSIX thing")


def test_a_kill_loses_nothing_and_undo_brings_everything_back(tmp_path: Path) -> None:
    found = run_rounds(5, tmp_path)
    assert sum(found.values()) in (10, 20)  # on one file system alone, where there is no second one


@pytest.mark.longer
@pytest.mark.timeout(1800)
def test_a_hundred_kills_of_each_kind(tmp_path: Path) -> None:
    found = run_rounds(100, tmp_path, seed=1000)
    assert sum(found.values()) in (200, 400)
    assert sum(count for kind, count in found.items() if "interrupted" in kind) > 20
