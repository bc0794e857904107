"""The number of threads follows the steps' own times; nothing here measures real time."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
import torch

from trainer.hardware import threads
from trainer.hardware.threads import ThreadTuner


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = torch.get_num_threads()
    monkeypatch.setattr(threads, "_ALL", 2)
    yield
    torch.set_num_threads(before)


def run(count: ThreadTuner, steps: int, seconds: Callable[[int], float]) -> list[int]:
    """Do that many steps, each as long as `seconds` says for its number of threads; return the numbers."""
    used = []
    for _ in range(steps):
        used.append(torch.get_num_threads())
        count.stepped(seconds(used[-1]))
    return used


def started(wanted: int) -> ThreadTuner:
    tuner = ThreadTuner(wanted)
    tuner.start()
    return tuner


def test_nothing_is_set_before_the_start() -> None:
    before = torch.get_num_threads()
    other = 1 if before > 1 else 2
    tuner = ThreadTuner(other)
    assert torch.get_num_threads() == before
    tuner.start()
    assert torch.get_num_threads() == other


def test_both_are_tried_in_turns_and_the_faster_one_stays() -> None:
    count = started(0)
    used = run(count, 20, lambda threads: 1.0 if threads == 1 else 1.5)
    assert used == [2, 1, 2, 1, 2, 1] + [1] * 14
    assert count.best == 1


def test_a_hopeless_choice_gets_no_second_step() -> None:
    count = started(0)
    used = run(count, 10, lambda threads: 0.1 if threads == 1 else 5.0)
    assert used.count(2) <= 2
    assert count.best == 1


def test_steps_that_become_slow_call_for_a_new_trial() -> None:
    count = started(0)
    run(count, 12, lambda threads: {1: 1.0, 2: 0.6}[threads])
    assert count.best == 2
    # Another program takes a core: two threads wait for one another.
    run(count, 30, lambda threads: {1: 1.0, 2: 30.0}[threads])
    assert count.best == 1


def test_one_slow_step_changes_nothing() -> None:
    count = started(0)
    run(count, 10, lambda threads: {1: 1.0, 2: 0.6}[threads])
    count.stepped(60.0)
    assert run(count, 20, lambda threads: {1: 1.0, 2: 0.6}[threads]) == [2] * 20


def test_trials_that_change_nothing_become_rare_but_come_back() -> None:
    count = started(0)
    used = run(count, 10_000, lambda threads: {1: 1.0, 2: 0.6}[threads])
    trials = [step for step in range(len(used)) if used[step] == 1 and 1 not in used[max(0, step - 3) : step]]
    rests = [later - sooner for sooner, later in pairwise(trials)]
    assert rests[:4] == [64 + 6, 128 + 6, 256 + 6, 512 + 6]
    assert set(rests[4:]) == {1024 + 6}


def test_a_core_that_becomes_free_is_used_again() -> None:
    count = started(0)
    run(count, 20, lambda threads: {1: 1.0, 2: 30.0}[threads])
    assert count.best == 1
    run(count, 80, lambda threads: {1: 1.0, 2: 0.6}[threads])
    assert count.best == 2


def test_a_number_that_was_asked_for_stays() -> None:
    count = started(1)
    assert run(count, 10, lambda _: 9.0) == [1] * 10
    assert count.best == 1
