"""Damaged files of every kind are answered with a sentence: those that once did harm, and a few new ones."""

import sys

import pytest

from tests.fuzz.kinds import KINDS, found_before, maker
from tests.fuzz.worker import run_cases

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded in Linux's way"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]
_CASES = {"run": 15, "model": 15, "checkpoint": 15}  # each takes long; 40 of the others
_SEED = 1


@pytest.mark.parametrize("name", KINDS)
def test_damaged_files_are_answered_with_a_sentence(name: str) -> None:
    kind = KINDS[name]
    before = found_before(kind)
    assert run_cases(kind, before.__getitem__, range(len(before))).faults == []
    outcome = run_cases(kind, maker(kind, _SEED), range(_CASES.get(name, 40)))
    assert outcome.faults == []
    assert outcome.taken > 0  # else nothing comes further than the first check
