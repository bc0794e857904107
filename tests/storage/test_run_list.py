"""The list of runs: what each one's folder says of how it ended, and whether it can go on."""

import shutil
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.bad_files import public_folder, without_all_rights
from trainer.core.config import TrainConfig
from trainer.core.events import Noted, RunFailed, RunStopped
from trainer.core.results import RunResult
from trainer.storage.event_log import EventLog
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_list import RunSummary, list_runs
from trainer.storage.run_record import RunRecord


def interrupted_run(parent: Path) -> RunFolder:
    """Make the folder of a run that was killed after its first checkpoint."""
    folder = RunFolder.create(parent, "classic")
    folder.write_record(
        RunRecord(
            config=TrainConfig(dataset="photos"),
            fingerprint="",
            device="cpu",
            threads=1,
            precision="float32",
            created="2026-11-22T09:35:00+01:00",
            versions={},
        )
    )
    folder.checkpoint.write_bytes(b"")
    with EventLog(folder.events) as log:
        log.write(Noted(text="and then the power failed"))
    return folder


def only_run(parent: Path) -> RunSummary:
    [run] = list_runs(parent)
    return run


def test_a_run_that_was_killed_can_go_on(tmp_path: Path) -> None:
    interrupted_run(tmp_path)
    run = only_run(tmp_path)
    assert (run.status, run.resumable) == ("interrupted", True)


def test_a_run_without_a_checkpoint_begins_again_where_that_may_end_otherwise(tmp_path: Path) -> None:
    folder = interrupted_run(tmp_path)
    assert only_run(tmp_path).saved
    folder.checkpoint.rename(folder.previous_checkpoint)
    assert (only_run(tmp_path).resumable, only_run(tmp_path).saved) == (True, True)
    folder.previous_checkpoint.unlink()
    assert (only_run(tmp_path).resumable, only_run(tmp_path).saved) == (True, False)
    with EventLog(folder.events) as log:
        log.write(RunFailed(result=RunResult(status="failed")))
    assert not only_run(tmp_path).resumable


def test_a_run_that_somebody_works_on_is_running(tmp_path: Path) -> None:
    with interrupted_run(tmp_path).locked():
        run = only_run(tmp_path)
    assert (run.status, run.resumable) == ("running", False)


def test_a_run_whose_folder_cannot_be_written_to_is_interrupted_and_cannot_go_on() -> None:
    with public_folder() as parent:
        folder = interrupted_run(parent)
        folder.path.chmod(0o555)
        with without_all_rights():
            run = only_run(parent)
    assert (run.status, run.resumable) == ("interrupted", False)


@pytest.mark.parametrize("status", ["interrupted", "stopped"])
def test_a_run_that_cannot_be_locked_keeps_its_status_and_cannot_go_on(tmp_path: Path, status: str) -> None:
    folder = interrupted_run(tmp_path)
    (folder.path / ".lock").mkdir()  # stops root too
    if status == "stopped":
        with EventLog(folder.events) as log:
            log.write(RunStopped(result=RunResult(status="stopped")))
    run = only_run(tmp_path)
    assert (run.status, run.resumable) == (status, False)


def test_a_run_whose_events_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    interrupted_run(tmp_path)
    damaged = interrupted_run(tmp_path)
    damaged.events.unlink()
    damaged.events.mkdir()
    assert {run.status for run in list_runs(tmp_path)} == {"interrupted"}
    assert len(list_runs(tmp_path)) == 2


def test_to_list_runs_leaves_no_file_in_them(tmp_path: Path) -> None:
    folder = interrupted_run(tmp_path).path
    before = sorted(folder.iterdir())
    assert len(list_runs(tmp_path)) == 1
    assert sorted(folder.iterdir()) == before


def test_a_run_that_is_deleted_while_it_is_listed_does_not_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = interrupted_run(tmp_path).path
    (folder / ".lock").touch()
    locked = RunFolder.locked

    def deleted_first(self: RunFolder, *, patience: float) -> AbstractContextManager[None]:
        shutil.rmtree(folder)
        return locked(self, patience=patience)

    monkeypatch.setattr(RunFolder, "locked", deleted_first)
    list_runs(tmp_path)
    assert list(tmp_path.iterdir()) == []
