"""The event log: every event at once, and a line that a kill cut off harms no other."""

import os
from pathlib import Path

import pytest

from trainer.core.events import CheckpointSaved, Noted, RunCompleted, RunPaused
from trainer.core.results import EpochMetrics, RunResult
from trainer.storage.event_log import EventLog, last_event
from trainer.storage.log_lines import sealed_line

FIRST, SECOND = Noted(text="one\ntwo – ネコ"), CheckpointSaved(epoch=3, batch=0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def test_events_are_there_as_soon_as_they_happen(path: Path) -> None:
    assert last_event(path) is None
    with EventLog(path) as log:
        assert last_event(path) is None
        log.write(FIRST)
        assert last_event(path) == FIRST
        log.write(SECOND)
    assert path.read_bytes() == sealed_line(FIRST) + sealed_line(SECOND)
    assert last_event(path) == SECOND


def test_a_cut_off_line_is_passed_over_and_the_next_one_is_whole(path: Path) -> None:
    with EventLog(path) as log:
        log.write(FIRST)
        log.write(SECOND)
    path.write_bytes(path.read_bytes()[:-5])
    assert last_event(path) == FIRST
    with EventLog(path) as log:
        log.write(RunPaused())
    assert path.read_bytes() == sealed_line(FIRST) + sealed_line(RunPaused())
    assert last_event(path) == RunPaused()


@pytest.mark.parametrize("epochs", [1, 300, 1_200, 10_000])
def test_the_end_of_a_run_is_found_however_long_its_history_is(path: Path, epochs: int) -> None:
    row = EpochMetrics(
        epoch=1,
        train_loss=0.6931471805599453,
        train_accuracy=0.5123456789012345,
        val_loss=0.6931471805599453,
        val_accuracy=0.5123456789012345,
        learning_rate=0.0009999999999999,
        seconds=12.345678901234567,
        photos_per_second=123.45678901234567,
    )
    end = RunCompleted(result=RunResult(status="completed", history=(row,) * epochs))
    with EventLog(path) as log:
        for number in range(100):
            log.write(Noted(text=f"{number} " + "x" * 2000))
        log.write(end)
    assert last_event(path) == end
    path.write_bytes(path.read_bytes()[:-5])  # the run was killed while it wrote this
    found = last_event(path)
    assert isinstance(found, Noted)
    assert found.text.startswith("99 ")


@pytest.mark.skipif(os.name != "posix", reason="elsewhere the hole would take room")
def test_only_the_end_of_a_long_log_is_read(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**40)  # a hole that takes no room; reading it would take minutes and all memory
    with EventLog(path) as log:
        log.write(SECOND)
    assert last_event(path) == SECOND


def test_a_log_that_cannot_be_read_has_no_last_event(path: Path) -> None:
    path.mkdir()
    assert last_event(path) is None
