"""Pausing, stopping and going on: nothing is lost, and the numbers stay the same."""

import threading
from pathlib import Path

import pytest

from tests.training.run_numbers import Config, assert_equal_runs, numbers
from trainer.core.control import RunControl
from trainer.core.events import (
    AnyEvent,
    BatchFinished,
    EpochFinished,
    RunContinued,
    RunPaused,
    StageProgressed,
)
from trainer.core.results import RunResult
from trainer.storage.model_description import read_description
from trainer.storage.run_list import list_runs
from trainer.training import loop
from trainer.training.loop import resume, train
from trainer.training.shard_result import ShardResult


def test_a_stop_keeps_the_best_and_resume_ends_with_the_same_numbers(tmp_path: Path, small_config: Config) -> None:
    whole = train(small_config(epochs=3), out=tmp_path)
    for after in (1, 4, 6):  # in the first epoch, at its end, in the second
        control = RunControl()
        seen: list[AnyEvent] = []

        def emit(
            event: AnyEvent, after: int = after, control: RunControl = control, seen: list[AnyEvent] = seen
        ) -> None:
            seen.append(event)
            if sum(isinstance(event, BatchFinished) for event in seen) == after:
                control.stop()

        stopped = train(small_config(epochs=3), out=tmp_path, emit=emit, control=control)
        assert stopped.status == "stopped"
        assert (stopped.model is None) == (after <= 4)
        assert stopped.run_folder is not None
        [summary] = [run for run in list_runs(tmp_path) if str(run.folder) == stopped.run_folder]
        assert (summary.status, summary.resumable) == ("stopped", True)
        resumed = resume(Path(stopped.run_folder))
        assert resumed.status == "completed"
        assert_equal_runs(resumed, whole)


def test_a_run_that_overflowed_goes_on_in_float32_after_a_stop_too(
    tmp_path: Path, small_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, seen = loop._is_finite, [0]  # noqa: SLF001 - where an overflow would be seen

    def overflows_once(results: list[ShardResult]) -> bool:
        seen[0] += 1
        return seen[0] != 3 and real(results)  # the second batch, in bfloat16

    monkeypatch.setattr(loop, "_is_finite", overflows_once)
    whole = train(small_config(precision="bfloat16"), out=tmp_path)
    seen[0] = 0
    control = RunControl()

    def emit(event: AnyEvent) -> None:
        if isinstance(event, BatchFinished) and event.batch == 3:
            control.stop()

    stopped = train(small_config(precision="bfloat16"), out=tmp_path, emit=emit, control=control)
    assert stopped.run_folder is not None
    assert_equal_runs(resume(Path(stopped.run_folder)), whole)
    seen[0] = 9
    assert numbers(train(small_config(precision="bfloat16"), out=tmp_path)) != numbers(whole)


def test_resume_can_add_epochs_and_is_then_the_longer_run(tmp_path: Path, small_config: Config) -> None:
    short = train(small_config(epochs=1), out=tmp_path)
    assert short.run_folder is not None
    assert_equal_runs(resume(Path(short.run_folder), epochs=3), train(small_config(epochs=3), out=tmp_path))


def test_resuming_a_completed_run_changes_nothing(tmp_path: Path, small_config: Config) -> None:
    done = train(small_config(), out=tmp_path)
    assert done.run_folder is not None
    assert_equal_runs(resume(Path(done.run_folder)), done)


def test_a_pause_waits_and_goes_on_to_the_same_numbers(tmp_path: Path, small_config: Config) -> None:
    control, paused, ended = RunControl(), threading.Event(), threading.Event()
    events: list[AnyEvent] = []

    def emit(event: AnyEvent) -> None:
        events.append(event)
        if isinstance(event, BatchFinished) and (event.epoch, event.batch) == (1, 2):
            control.pause()
        if isinstance(event, RunPaused):
            paused.set()

    results: list[RunResult] = []

    def work() -> None:
        results.append(train(small_config(), out=tmp_path, emit=emit, control=control))
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert paused.wait(60)
    batches = sum(isinstance(event, BatchFinished) for event in events)
    assert not ended.wait(0.2)
    assert sum(isinstance(event, BatchFinished) for event in events) == batches == 2
    control.unpause()
    thread.join(60)
    assert sum(isinstance(event, RunContinued) for event in events) == 1
    assert numbers(results[0]) == numbers(train(small_config(), out=tmp_path))


def test_a_stop_ends_a_pause(tmp_path: Path, small_config: Config) -> None:
    control = RunControl()
    control.pause()

    def emit(event: AnyEvent) -> None:
        if isinstance(event, RunPaused):
            control.stop()

    assert train(small_config(), out=tmp_path, emit=emit, control=control).status == "stopped"


def test_a_stop_before_the_first_batch_leaves_no_run(tmp_path: Path, small_config: Config) -> None:
    control = RunControl()
    control.stop()
    result = train(small_config(), out=tmp_path / "runs", control=control)
    assert (result.status, result.run_folder, result.model) == ("stopped", None, None)
    assert not (tmp_path / "runs").exists()


def test_a_stop_while_photos_are_decoded_leaves_no_folder(tmp_path: Path, small_config: Config) -> None:
    control = RunControl()

    def emit(event: AnyEvent) -> None:
        if isinstance(event, StageProgressed) and event.stage == "decode":
            control.stop()

    result = train(small_config(), out=tmp_path / "runs", emit=emit, control=control)
    assert (result.status, result.run_folder) == ("stopped", None)
    assert list((tmp_path / "runs").iterdir()) == []


def test_the_last_looks_tell_how_far_they_are_and_can_be_skipped(tmp_path: Path, small_config: Config) -> None:
    control, told = RunControl(), []

    def emit(event: AnyEvent) -> None:
        if isinstance(event, StageProgressed) and event.stage == "evaluate":
            told.append((event.done, event.total))
            control.stop()

    result = train(small_config(), out=tmp_path, emit=emit, control=control)
    assert len(told) < told[0][1]
    assert (result.status, result.evaluation) == ("stopped", None)
    assert len(result.history) == 2
    assert result.model is not None
    assert read_description(Path(result.model)).test is None
    assert result.run_folder is not None
    told.clear()
    again = resume(Path(result.run_folder), emit=told.append)
    assert again.evaluation is not None
    steps = [(event.done, event.total) for event in told if isinstance(event, StageProgressed)]
    evaluated = [step for step in steps if step[1] == steps[-1][1]]
    assert evaluated == sorted(evaluated)
    assert evaluated[-1][0] == evaluated[-1][1]


def test_two_stops_during_the_training_skip_the_test_at_once(tmp_path: Path, small_config: Config) -> None:
    control = RunControl()

    def emit(event: AnyEvent) -> None:
        if isinstance(event, EpochFinished):
            control.stop()
            control.stop()

    result = train(small_config(epochs=3), out=tmp_path, emit=emit, control=control)
    assert (result.status, len(result.history), result.evaluation) == ("stopped", 1, None)
    assert result.model is not None
