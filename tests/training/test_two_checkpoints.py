"""A run goes on from the newest checkpoint that is whole, and ends with the numbers of a run that was left alone."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import torch

from tests.training.run_numbers import Config, assert_equal_runs
from trainer.core.control import RunControl
from trainer.core.errors import CheckpointError, DiskError
from trainer.core.events import AnyEvent, CheckpointSaved, Noted, RunStarted
from trainer.core.results import RunResult
from trainer.storage.event_log import last_event
from trainer.storage.model_description import read_description
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_history import read_history
from trainer.storage.run_list import summarise
from trainer.training import checkpoint, find_checkpoint
from trainer.training.checkpoint import Expected
from trainer.training.distributed.team import Team
from trainer.training.hand_out import hand_out, take_over
from trainer.training.loop import resume, train
from trainer.training.training_state import TrainingState


@pytest.fixture
def my_run(finished_run: RunResult, tmp_path: Path) -> RunFolder:
    """Return a copy of the finished run, to be harmed."""
    assert finished_run.run_folder is not None
    shutil.copytree(finished_run.run_folder, tmp_path / "run")
    return RunFolder(tmp_path / "run")


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [cut_off, flip_a_bit, Path.unlink])
def test_the_older_checkpoint_leads_to_the_same_numbers_and_that_is_said(
    harm: Callable[[Path], None], my_run: RunFolder, finished_run: RunResult
) -> None:
    harm(my_run.checkpoint)
    told: list[AnyEvent] = []
    assert_equal_runs(resume(my_run.path, emit=told.append), finished_run)
    [note] = [event.text for event in told if isinstance(event, Noted) and "epoch 2, batch 0" in event.text]
    assert ("last.ckpt is damaged" in note) == (harm is not Path.unlink)
    assert checkpoint.read(my_run.checkpoint).progress.epoch == 3
    assert checkpoint.read(my_run.previous_checkpoint).progress.epoch == 2


def test_a_run_names_the_checkpoint_that_it_saved_last(my_run: RunFolder) -> None:
    saved = last_event(my_run.events, CheckpointSaved)
    assert isinstance(saved, CheckpointSaved)
    assert (saved.file, saved.sha256) == ("last.ckpt", checkpoint.read(my_run.checkpoint).sha256)


def test_an_earlier_checkpoint_in_the_last_one_s_place_is_noticed(my_run: RunFolder) -> None:
    my_run.previous_checkpoint.replace(my_run.checkpoint)
    found = find_checkpoint.find_checkpoint(
        my_run, Expected.of(my_run.read_record(), my_run.read_dataset()), has_model=my_run.model.is_file()
    )
    assert found.note is not None
    assert found.note.startswith("The checkpoint that the run saved last is gone")


def test_a_checkpoint_of_another_run_is_refused(my_run: RunFolder) -> None:
    expected = Expected.of(my_run.read_record(), my_run.read_dataset())
    other = msgspec.structs.replace(my_run.read_record(), created="2026-01-01T00:00:00+00:00")
    checkpoint.read(my_run.checkpoint, expected)
    with pytest.raises(CheckpointError, match="is of another run, or of other photos"):
        checkpoint.read(my_run.checkpoint, Expected.of(other, my_run.read_dataset()))


def test_a_disk_that_cannot_be_read_is_not_called_damage(my_run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))

    monkeypatch.setattr(checkpoint, "read_regular", refuse)
    result = resume(my_run.path)
    assert result.error is not None
    reason = os.strerror(errno.EIO)
    assert f"last.ckpt cannot be read ({reason})." in result.error.sentence
    assert f"previous.ckpt cannot be read ({reason}). Try again" in result.error.sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("epoch", 9), ("epoch", 2**70), ("batch", 1), ("batch", -1)),
        *(("seconds", -1.0), ("run_seconds", float("nan")), ("history", [])),
    ],
)
def test_a_place_where_the_run_cannot_be_is_not_believed(name: str, value: object, my_run: RunFolder) -> None:
    saved = checkpoint.read(my_run.checkpoint)
    expected = Expected.of(my_run.read_record(), my_run.read_dataset())
    setattr(saved.progress, name, value)
    network = torch.nn.Linear(1, 1)
    checkpoint.save(my_run.checkpoint, network, None, torch.optim.SGD(network.parameters()), saved.progress)
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.read(my_run.checkpoint, expected)


def test_what_is_damaged_beside_the_checkpoint_is_named_and_harms_nothing(
    my_run: RunFolder, finished_run: RunResult
) -> None:
    lines = my_run.events.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b"1", b"2")
    my_run.events.write_bytes(b"".join(lines))
    table = my_run.metrics.read_text()
    my_run.metrics.write_text(table.replace("0.", "1.", 1))
    assert read_history(my_run.path).damage == f"A line of {my_run.events} is damaged and was left out: line 2."
    told: list[AnyEvent] = []
    assert_equal_runs(resume(my_run.path, emit=told.append), finished_run)
    notes = [event.text for event in told if isinstance(event, Noted)]
    assert f"A line of {my_run.events} is damaged and was left out: line 2." in notes
    assert f"{my_run.metrics} is damaged, so it is written anew from the checkpoint." in notes
    assert my_run.metrics.read_text() == table


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300])
@pytest.mark.parametrize("of_average", [False, True])
def test_weights_that_are_no_numbers_are_not_believed(
    value: float, my_run: RunFolder, finished_run: RunResult, *, of_average: bool
) -> None:
    networks = [torch.nn.Linear(2, 1).double(), torch.nn.Linear(2, 1).double()]
    with torch.no_grad():
        networks[of_average].weight[0, 1] = value
    optimiser = torch.optim.SGD(networks[0].parameters())
    checkpoint.save(my_run.checkpoint, *networks, optimiser, TrainingState())
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.read(my_run.checkpoint)
    assert_equal_runs(resume(my_run.path), finished_run)  # from the one before


def test_no_run_is_before_its_first_epoch() -> None:
    assert TrainingState().can_be(epochs=1, batch_size=4, photos=8)
    assert not TrainingState(epoch=0).can_be(epochs=1, batch_size=4, photos=8)


def test_an_optimiser_without_its_memory_is_not_believed(tmp_path: Path) -> None:
    network = torch.nn.Linear(2, 1)
    optimiser = torch.optim.Adam(network.parameters())
    path = tmp_path / "last.ckpt"
    progress = TrainingState(batch=1, seen=1)
    checkpoint.save(path, network, None, optimiser, progress)
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.restore(checkpoint.read(path), network, None, optimiser, path)
    network(torch.ones(1, 2)).backward()
    optimiser.step()
    checkpoint.save(path, network, None, optimiser, progress)
    saved = checkpoint.read(path)
    checkpoint.restore(saved, network, None, optimiser, path)
    for strange in (torch.zeros(7), torch.zeros(1, 2, dtype=torch.int64), torch.full((1, 2), float("nan"))):
        saved.optimiser["state"][0]["exp_avg"] = strange
        with pytest.raises(CheckpointError, match="damaged"):
            checkpoint.restore(saved, network, None, optimiser, path)


def test_an_option_that_a_checkpoint_lacks_is_the_run_s(tmp_path: Path) -> None:
    network = torch.nn.Linear(2, 1)
    optimiser = torch.optim.Adam(network.parameters(), betas=(0.8, 0.9))
    path = tmp_path / "last.ckpt"
    network(torch.ones(1, 2)).backward()
    optimiser.step()
    checkpoint.save(path, network, None, optimiser, TrainingState(batch=1, seen=1))
    saved = checkpoint.read(path)
    del saved.optimiser["param_groups"][0]["betas"]
    checkpoint.restore(saved, network, None, optimiser, path)
    optimiser.step()
    assert optimiser.param_groups[0]["betas"] == (0.8, 0.9)
    saved.optimiser["param_groups"][0]["lr"] = "much"
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.restore(saved, network, None, optimiser, path)


def test_a_former_checkpoint_with_a_flipped_bit_is_not_believed(tmp_path: Path) -> None:
    former = Path(__file__).parents[1] / "fixtures" / "catdog-0.1" / "classic-stopped" / "last.ckpt"
    path = tmp_path / "last.ckpt"
    shutil.copy(former, path)
    assert checkpoint.read(path).progress.history
    flip_a_bit(path)
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.read(path)


def test_a_disk_that_fills_before_the_first_checkpoint_ends_no_run_for_good(
    tmp_path: Path, small_config: Config, monkeypatch: pytest.MonkeyPatch, finished_run: RunResult
) -> None:
    whole = train(small_config(epochs=1), out=tmp_path / "whole")
    save = checkpoint.save

    def full(path: Path, *_: object, **__: object) -> str:
        raise DiskError(f"{path} cannot be written (No space left on device).", remedy="Free some space.")

    monkeypatch.setattr(checkpoint, "save", full)
    failed = train(small_config(epochs=1), out=tmp_path / "killed")
    monkeypatch.setattr(checkpoint, "save", save)
    assert failed.error is not None
    assert failed.model is not None  # the first epoch's
    assert failed.run_folder is not None
    listed = summarise(Path(failed.run_folder))
    assert listed is not None
    assert listed.resumable
    told: list[AnyEvent] = []
    assert_equal_runs(resume(Path(failed.run_folder), emit=told.append), whole)
    assert any(isinstance(event, Noted) and "begins again with its first step" in event.text for event in told)


def test_a_run_killed_before_it_wrote_its_split_down_finds_the_same_photos(
    my_run: RunFolder, finished_run: RunResult
) -> None:
    for file in my_run.path.iterdir():
        if file != my_run.config:
            file.unlink()
    assert_equal_runs(resume(my_run.path), finished_run)


def test_a_run_without_its_split_refuses_other_photos(my_run: RunFolder, small_config: Config) -> None:
    record = my_run.read_record()
    my_run.write_record(msgspec.structs.replace(record, fingerprint="of other photos"))
    my_run.split.unlink()
    result = resume(my_run.path)
    assert result.error is not None
    assert "are not those that the run began with" in result.error.sentence


def test_a_model_of_a_later_epoch_than_the_older_checkpoint_keeps_its_name(
    my_run: RunFolder, finished_run: RunResult
) -> None:
    my_run.checkpoint.unlink()
    control = RunControl()

    def emit(event: AnyEvent) -> None:
        if isinstance(event, RunStarted):
            control.stop()

    stopped = resume(my_run.path, emit=emit, control=control)
    assert (stopped.status, len(stopped.history)) == ("stopped", 1)
    assert read_description(my_run.model).origin.epoch.epoch == finished_run.best_epoch


def test_other_ranks_get_the_checkpoint_that_the_run_goes_on_from(my_run: RunFolder, tmp_path: Path) -> None:
    class Two(Team):
        ranks, sent = 2, b""

        def from_leader(self, make: Callable[[], bytes]) -> bytes:
            self.sent = self.sent or make()
            return self.sent

    team, theirs = Two(), RunFolder(tmp_path)
    hand_out(team, my_run.read_record(), my_run, my_run.previous_checkpoint)
    take_over(team, theirs)
    assert theirs.checkpoint.read_bytes() == my_run.previous_checkpoint.read_bytes()
    assert theirs.read_record() == my_run.read_record()
    assert theirs.read_dataset() == my_run.read_dataset()
