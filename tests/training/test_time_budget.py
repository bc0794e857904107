"""A run for a given time: what fits is decided twice, recorded, and never decided anew.

The clock of these runs stands still but for what happens in them, so they decide the same on any machine.
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.training.fake_time import FakeTime
from tests.training.run_numbers import Config, assert_equal_runs
from trainer.core.control import RunControl
from trainer.core.events import AnyEvent, BatchFinished, CheckpointSaved
from trainer.core.recipes import recipe
from trainer.core.results import RunResult
from trainer.core.time_plan import Decision
from trainer.report.command import command_line
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_record import RunRecord
from trainer.training import loop, prepare, take_up
from trainer.training.budget import Stopwatch
from trainer.training.loop import resume, train

BUDGET = 60


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[FakeTime], FakeTime]:
    """Return what lets the next run go by a clock."""

    def use(clock: FakeTime) -> FakeTime:
        for room in (prepare, take_up):
            monkeypatch.setattr(room, "Stopwatch", lambda: Stopwatch(clock))
        return clock

    return use


@pytest.fixture
def timed(small_config: Config) -> Config:
    def make(**given: object) -> object:
        return small_config(time_budget=BUDGET, epochs=30, schedule="cosine", patience=0, **given)

    return make  # type: ignore[return-value]


Use = Callable[[FakeTime], FakeTime]


def folder_of(result: RunResult) -> RunFolder:
    assert result.run_folder is not None, result.error
    return RunFolder(Path(result.run_folder))


def record_of(result: RunResult) -> RunRecord:
    return folder_of(result).read_record()


def test_a_run_fills_its_time_cooled_down_and_says_what_fits(tmp_path: Path, timed: Config, at: Use) -> None:
    clock = at(FakeTime())
    result = train(timed(), out=tmp_path, emit=clock.emit)
    assert result.status == "completed", result.error
    assert clock.now == pytest.approx(BUDGET, rel=0.1)
    assert result.history[-1].learning_rate < 0.05 * timed().learning_rate
    record = record_of(result)
    assert record.config.epochs == len(result.history) == clock.plans[-1].epochs
    assert record.config.time_budget == BUDGET
    first, measured, corrected = record.plan
    assert first == Decision(0, 30 * 4)
    assert 0 < measured.step < corrected.step < corrected.steps
    planned, final = (plan.epochs for plan in clock.plans)
    once_more = [f"Measured once more, halfway: about {final} epochs fit."] if final != planned else []
    assert clock.notes == [f"In 60 seconds about {planned} epochs fit.", *once_more]
    assert not result.stopped_early
    [*_, last] = [event for event in clock.events if isinstance(event, BatchFinished)]
    assert 3 < last.seconds_left < 10  # the epoch's end and the test
    assert f"--epochs {record.config.epochs} " in command_line(record)
    assert "--time" not in command_line(record)


def test_a_machine_that_becomes_slower_gets_fewer_epochs(tmp_path: Path, timed: Config, at: Use) -> None:
    clock = at(FakeTime(step=lambda done: 1.0 if done < 10 else 3.0))
    result = train(timed(), out=tmp_path, emit=clock.emit)
    assert clock.now == pytest.approx(BUDGET, rel=0.1)
    planned, corrected = clock.plans
    assert len(result.history) == corrected.epochs < planned.epochs
    assert clock.notes[-1] == f"Measured once more, halfway: about {corrected.epochs} epochs fit."


def test_less_than_an_epoch_fits(tmp_path: Path, timed: Config, at: Use) -> None:
    clock = at(FakeTime(step=lambda _done: 4.0, epoch_end=3.0, looks=0.14))
    result = train(timed(batch_size=4), out=tmp_path, emit=clock.emit)  # an epoch of 14 batches takes 56 s
    assert result.status == "completed"
    assert result.evaluation is not None
    assert [row.epoch for row in result.history] == [1]
    assert clock.now == pytest.approx(BUDGET, rel=0.1)
    assert record_of(result).plan[-1].steps == clock.done < 14
    assert "of the training photos, each once. More time would help." in clock.notes[0]


def test_where_looks_take_long_they_are_tried_before_the_first_step(
    tmp_path: Path, timed: Config, at: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, looks = prepare.seconds_a_photo, 0.28
    measured: list[float] = []

    def seconds_a_photo(*given: Any, **more: Any) -> float:
        began = time.perf_counter()
        measured.append(real(*given, **{**more, "clock": time.perf_counter}))
        assert 0 < measured[-1] < time.perf_counter() - began
        return looks

    monkeypatch.setattr(prepare, "seconds_a_photo", seconds_a_photo)
    # The clock counts the test's first and last stages, in which nothing is looked at, like all others.
    clock = at(FakeTime(epoch_end=12 * looks, looks=looks * 80 / 148))
    result = train(timed(), out=tmp_path, emit=clock.emit)
    assert result.status == "completed", result.error
    assert len(measured) == 1
    assert clock.now == pytest.approx(BUDGET, rel=0.1)


def test_a_time_that_is_too_short_is_told(tmp_path: Path, timed: Config, at: Use) -> None:
    clock = at(FakeTime(step=lambda _done: 30.0))
    result = train(timed(), out=tmp_path, emit=clock.emit)
    assert result.status == "completed"
    assert clock.done == 4
    assert clock.notes[0].startswith(
        "A run of 60 seconds is too short for these photos on this computer: it takes about"
    )


def test_no_more_epochs_than_help(tmp_path: Path, timed: Config, at: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.training.budget.MOST_TIMES", 0.1)
    clock = at(FakeTime(step=lambda _done: 0.3, epoch_end=0.0))
    result = train(timed(batch_size=8), out=tmp_path, emit=clock.emit)
    assert len(result.history) == 0.1 * recipe("classic").config("").epochs
    assert clock.notes[0].startswith("After 3 epochs nothing more is to be learnt, so the run ends after about")


def test_a_run_that_goes_on_keeps_what_was_decided(
    tmp_path: Path, timed: Config, at: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the checkpoint: before the plan, between plan and correction, after it, within the last epoch."""
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", -1.0)
    kept: dict[int, bytes] = {}
    clock = FakeTime()

    def keep(event: AnyEvent) -> None:
        if isinstance(event, CheckpointSaved):
            [folder] = tmp_path.iterdir()
            kept.setdefault(clock.done, (folder / "last.ckpt").read_bytes())
        clock.emit(event)

    at(clock)
    whole = train(timed(batch_size=10), out=tmp_path, emit=keep)
    plan = record_of(whole).plan
    assert len(plan) == 3
    source = folder_of(whole).path
    for done in (2, plan[1].step + 3, plan[2].step + 1, plan[2].steps - 1):
        again = at(FakeTime(step=lambda _done: 7.0))  # far slower: would be planned otherwise
        copy = tmp_path.parent / f"from-{done}"
        shutil.copytree(source, copy)
        (copy / "last.ckpt").write_bytes(kept[done])
        resumed = resume(copy, emit=again.emit)
        assert_equal_runs(resumed, whole)
        assert record_of(resumed).plan == plan
        assert [event.epochs for event in again.plans] == [len(whole.history)]


def test_a_stopped_run_has_the_rest_of_its_time(tmp_path: Path, timed: Config, at: Use) -> None:
    clock, control = at(FakeTime()), RunControl()

    def emit(event: AnyEvent) -> None:
        clock.emit(event)
        if clock.plans and isinstance(event, BatchFinished):
            control.stop()

    stopped = train(timed(), out=tmp_path, emit=emit, control=control)
    assert stopped.status == "stopped"
    rest = at(FakeTime())
    resumed = resume(folder_of(stopped).path, emit=rest.emit)
    assert resumed.status == "completed"
    assert clock.now + rest.now == pytest.approx(BUDGET, rel=0.1)


def test_other_epochs_end_the_time(tmp_path: Path, timed: Config, at: Use) -> None:
    clock = at(FakeTime(step=lambda _done: 4.5))
    timed_run = train(timed(), out=tmp_path, emit=clock.emit)
    longer = resume(folder_of(timed_run).path, epochs=len(timed_run.history) + 1)
    assert len(longer.history) == len(timed_run.history) + 1
    record = record_of(longer)
    assert (record.plan, record.config.time_budget) == ((), 0)


def test_pauses_do_not_count() -> None:
    clock = FakeTime()
    watch = Stopwatch(clock)
    clock.now += 50
    watch.add(-40)
    assert watch.seconds == 10
