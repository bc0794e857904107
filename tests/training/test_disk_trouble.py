"""A disk that refuses, fills, or goes away: what was saved stays good, and the run can go on."""

import errno
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest
import torch

from tests.training.run_numbers import assert_equal_runs
from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.events import AnyEvent, BatchFinished, CheckpointSaved, EpochFinished, Noted, RunContinued, RunPaused
from trainer.core.results import RunResult
from trainer.core.run_state import RunState, reduce
from trainer.files import atomic
from trainer.storage.event_log import EventLog
from trainer.storage.run_folder import RunFolder
from trainer.training import checkpoint, disk_room, run
from trainer.training.disk_room import Room
from trainer.training.loop import resume, train
from trainer.training.training_state import TrainingState


class Disk:
    """Refuses to write files of some names, for as long as it is full."""

    def __init__(self, number: int = errno.ENOSPC) -> None:
        self.full: set[str] = set()
        self.number = number

    def sync(self, path: Path) -> None:
        if any(path.name.startswith(f".{name}.") for name in self.full):
            raise OSError(self.number, os.strerror(self.number))


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(atomic, "sync_file", disk.sync)
    return disk


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, drawings: Path) -> RunResult:
    place = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CATDOG_HOME", str(place / "home"))
        return train(usual(drawings), out=place / "runs")


def usual(drawings: Path) -> TrainConfig:
    small = {"epochs": 2, "image_size": 48, "batch_size": 16, "threads": 1, "precision": "float32"}
    return TrainConfig.from_mapping({"dataset": str(drawings), **small})


@pytest.mark.parametrize("name", ["metrics.csv", "model.safetensors", "last.ckpt", "evaluation.json"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_failed_write_is_a_sentence_and_the_run_goes_on_to_the_same_numbers(
    name: str, number: int, disk: Disk, drawings: Path, tmp_path: Path, whole: RunResult
) -> None:
    disk.number = number

    def fill_after_an_epoch(event: AnyEvent) -> None:
        if isinstance(event, CheckpointSaved):
            disk.full = {name}

    failed = train(usual(drawings), out=tmp_path, emit=fill_after_an_epoch)
    assert failed.error is not None
    assert failed.error.what.endswith(f"{name} cannot be written ({os.strerror(number)}).")
    assert failed.error.remedy
    assert failed.run_folder is not None
    assert not list(Path(failed.run_folder).glob(".*.part"))
    disk.full = set()
    assert_equal_runs(resume(Path(failed.run_folder)), whole)


def test_where_somebody_can_free_the_disk_the_run_waits_for_that(
    disk: Disk, drawings: Path, tmp_path: Path, whole: RunResult
) -> None:
    control, state, told = RunControl(waits_for_disk=True), RunState(), []

    def emit(event: AnyEvent) -> None:
        nonlocal state
        state = reduce(state, event)
        told.append(event)
        if isinstance(event, EpochFinished):
            disk.full = {"last.ckpt"}
        if isinstance(event, RunPaused):
            assert event.reason.startswith("The disk is full: free ")
            assert (state.phase, state.pause_reason) == ("paused", event.reason)
            disk.full = set()
            control.unpause()
        if isinstance(event, RunContinued):
            assert (state.phase, state.pause_reason) == ("training", "")

    assert_equal_runs(train(usual(drawings), out=tmp_path, emit=emit, control=control), whole)
    assert sum(isinstance(event, RunPaused) for event in told) == 2


def test_a_long_wait_between_two_epochs_is_not_taken_off_the_next_one_s_time(
    disk: Disk, drawings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = 0.0

    def wait(control: RunControl) -> None:
        nonlocal late
        late += 3600
        disk.full = set()
        control.unpause()

    def emit(event: AnyEvent) -> None:
        if isinstance(event, EpochFinished) and event.metrics.epoch == 1:
            disk.full = {"last.ckpt"}

    monkeypatch.setattr(run, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + late))
    monkeypatch.setattr(RunControl, "wait_while_paused", wait)
    result = train(usual(drawings), out=tmp_path, emit=emit, control=RunControl(waits_for_disk=True))
    assert late == 3600
    assert (result.status, result.error) == ("completed", None)
    assert all(0 < row.seconds < 1800 and row.photos_per_second > 0 for row in result.history)


def test_a_stop_while_it_waits_for_the_disk_ends_it_with_the_reason(disk: Disk, drawings: Path, tmp_path: Path) -> None:
    control = RunControl(waits_for_disk=True)
    disk.number = errno.EACCES

    def emit(event: AnyEvent) -> None:
        if isinstance(event, EpochFinished):
            disk.full = {"last.ckpt"}
        if isinstance(event, RunPaused):
            assert "Mend this and go on" in event.reason
            control.stop()

    result = train(usual(drawings), out=tmp_path, emit=emit, control=control)
    assert (result.status, len(result.history)) == ("failed", 1)
    assert result.error is not None
    assert "last.ckpt cannot be written" in result.error.what


def test_a_run_whose_folder_is_deleted_says_so_and_makes_no_new_one(drawings: Path, tmp_path: Path) -> None:
    def emit(event: AnyEvent) -> None:
        if isinstance(event, BatchFinished) and event.epoch == 2:
            for folder in tmp_path.iterdir():
                shutil.rmtree(folder)

    result = train(usual(drawings), out=tmp_path, emit=emit)
    assert result.error is not None
    assert "is gone" in result.error.what
    assert (result.run_folder, result.model) == (None, None)
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_cannot_be_written_ends_no_run_and_misses_nothing(
    drawings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: RunResult
) -> None:
    real, told = EventLog._append, []  # noqa: SLF001 - where the disk is asked

    def refuse(self: EventLog, lines: bytes) -> None:
        if sum(isinstance(event, EpochFinished) for event in told) == 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(self, lines)

    monkeypatch.setattr(EventLog, "_append", refuse)
    result = train(usual(drawings), out=tmp_path, emit=told.append)
    assert_equal_runs(result, whole)
    notes = [event.text for event in told if isinstance(event, Noted) and "events.jsonl" in event.text]
    assert len(notes) == 1
    lines = RunFolder(Path(result.run_folder or "")).events.read_bytes().splitlines()
    assert sum(b'"EpochFinished"' in line for line in lines) == 2


@pytest.mark.skipif(os.name != "posix", reason="links and pipes as POSIX has them")
def test_a_log_that_leads_elsewhere_is_not_followed(drawings: Path, tmp_path: Path, whole: RunResult) -> None:
    shutil.copytree(whole.run_folder or "", tmp_path / "run")
    folder, mine = RunFolder(tmp_path / "run"), tmp_path / "mine.txt"
    mine.write_text("mine")
    folder.events.unlink()
    folder.events.symlink_to(mine)
    result = resume(folder.path)
    assert result.error is not None
    assert "is a link" in result.error.what
    assert "Delete the link." in result.error.remedy
    assert mine.read_text() == "mine"
    folder.events.unlink()
    os.mkfifo(folder.events)
    result = resume(folder.path)
    assert result.error is not None
    assert "events.jsonl cannot be written" in result.error.what


class Usage(NamedTuple):
    free: int


def test_the_room_on_the_disk_is_looked_at_before_the_first_batch(
    drawings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[AnyEvent] = []
    monkeypatch.setattr(disk_room.shutil, "disk_usage", lambda _path: Usage(1_000))
    result = train(usual(drawings), out=tmp_path, emit=told.append)
    assert result.error is not None
    assert "has 0 MB left, and the run needs" in result.error.what
    assert "choose another folder for runs" in result.error.remedy
    assert not any(isinstance(event, BatchFinished) for event in told)
    assert list(tmp_path.iterdir()) == []
    told.clear()
    monkeypatch.setattr(disk_room.shutil, "disk_usage", lambda _path: Usage(25_000_000))
    assert train(usual(drawings), out=tmp_path, emit=told.append).status == "completed"
    assert any(isinstance(event, Noted) and "has 25 MB left" in event.text for event in told)


@pytest.mark.parametrize("with_ema", [False, True])
@pytest.mark.parametrize("kind", [torch.optim.RMSprop, torch.optim.Adam, torch.optim.SGD])
def test_the_room_that_is_foreseen_is_what_the_files_take(
    kind: Callable[..., torch.optim.Optimizer], *, with_ema: bool, tmp_path: Path
) -> None:
    network = torch.nn.Linear(400, 400)
    network.bias.requires_grad_(requires_grad=False)
    ema = torch.nn.Linear(400, 400) if with_ema else None
    given = {"momentum": 0.9} if kind is torch.optim.SGD else {}
    optimiser = kind([network.weight], lr=0.01, **given)
    foreseen = Room.of(network, ema, optimiser)
    network(torch.ones(1, 400)).sum().backward()
    optimiser.step()
    folder = RunFolder(tmp_path)
    checkpoint.save(folder.checkpoint, network, ema, optimiser, TrainingState())
    assert folder.checkpoint.stat().st_size == pytest.approx(foreseen.checkpoint, rel=0.02)
    before = foreseen.most(folder)
    checkpoint.save(folder.checkpoint, network, ema, optimiser, TrainingState(), former=folder.previous_checkpoint)
    assert before - foreseen.most(folder) == foreseen.checkpoint
