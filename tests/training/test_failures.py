"""Runs that fail say why in a sentence, and what was good is kept."""

import hashlib
import shutil
from pathlib import Path

import pytest
import torch

from tests.training.run_numbers import Config
from trainer.core.errors import DiskError
from trainer.core.events import (
    AnyEvent,
    Noted,
    RunFailed,
    RunStarted,
)
from trainer.core.results import RunResult
from trainer.storage.run_folder import RunFolder
from trainer.training import checkpoint, loop
from trainer.training.loop import resume, train


def test_a_loss_that_runs_away_fails_and_keeps_the_last_good_state(tmp_path: Path, small_config: Config) -> None:
    events: list[AnyEvent] = []
    result = train(
        small_config(optimiser="sgd", learning_rate=10.0, epochs=50, patience=0), out=tmp_path, emit=events.append
    )
    assert result.status == "failed"
    assert result.error is not None
    assert "no longer a finite number" in result.error.what
    assert "lower learning rate" in result.error.remedy
    assert isinstance(events[-1], RunFailed)
    assert result.run_folder is not None
    path = RunFolder(Path(result.run_folder)).checkpoint
    if path.exists():
        assert all(weight.isfinite().all() for weight in checkpoint.read(path).network.values())


def test_weights_that_run_away_are_never_saved(
    tmp_path: Path, small_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", 0.0)
    good = torch.optim.RMSprop.step

    def step(self: torch.optim.RMSprop) -> None:
        good(self)
        if len(self.state[self.param_groups[0]["params"][0]]) and next(counter) == 5:
            with torch.no_grad():
                self.param_groups[0]["params"][0].fill_(float("nan"))

    counter = iter(range(100))
    monkeypatch.setattr(torch.optim.RMSprop, "step", step)
    result = train(small_config(), out=tmp_path)
    assert (result.status, result.best_epoch) == ("failed", 1)
    assert result.error is not None
    assert "The best epoch is kept." in result.error.what


def test_the_dataset_of_a_run_must_not_change(tmp_path: Path, drawings: Path, small_config: Config) -> None:
    folder = tmp_path / "set"
    shutil.copytree(drawings, folder)
    done = train(small_config(dataset=str(folder), epochs=1), out=tmp_path / "runs")
    assert done.run_folder is not None
    path = Path(done.run_folder)
    photo = folder / "cats" / "cat.0000.jpg"
    content = photo.read_bytes()

    photo.unlink()
    missing = resume(path, epochs=2)
    assert missing.error is not None
    assert "cats/cat.0000.jpg in" in missing.error.what
    photo.write_bytes(content[:-1] + b"x")
    assert resume(path, epochs=2).status == "failed"
    photo.write_bytes(content)  # another time, the same content
    assert resume(path, epochs=2).status == "completed"


@pytest.mark.parametrize("recipe", ["classic", "transfer"])
def test_a_photo_that_is_replaced_during_a_run_is_noted_once_although_what_was_made_of_it_is_kept(
    recipe: str, tmp_path: Path, drawings: Path, small_config: Config
) -> None:
    folder = tmp_path / "set"
    shutil.copytree(drawings, folder)
    notes: list[str] = []

    def watch(event: AnyEvent) -> None:
        if isinstance(event, RunStarted):
            for photo in (folder / "cats").iterdir():
                shutil.copyfile(folder / "dogs" / "dog.0001.jpg", photo)
        if isinstance(event, Noted):
            notes.append(event.text)

    config = small_config(dataset=str(folder), recipe=recipe, epochs=3)
    assert train(config, out=tmp_path / "runs", emit=watch).status == "completed"
    assert len([note for note in notes if "is another photo than when the dataset was read" in note]) == 1, notes


@pytest.mark.parametrize("name", ["config.json", "split.json", "last.ckpt"])
def test_a_damaged_run_is_refused_in_a_sentence(name: str, finished_run: RunResult, tmp_path: Path) -> None:
    assert finished_run.run_folder is not None
    copy = tmp_path / "run"
    shutil.copytree(finished_run.run_folder, copy)
    for damaged in (name, "previous.ckpt"):
        (copy / damaged).write_bytes((copy / damaged).read_bytes()[:100])
    result = resume(copy, epochs=3)
    assert result.status == "failed"
    assert result.error is not None
    assert name in result.error.sentence
    assert result.error.details == ""


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    result = resume(tmp_path)
    assert result.error is not None
    assert "is not a run folder" in result.error.sentence


def test_a_checkpoint_never_runs_code(finished_run: RunResult, tmp_path: Path) -> None:
    import pickle

    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "code-was-run",))

    assert finished_run.run_folder is not None
    copy = tmp_path / "run"
    shutil.copytree(finished_run.run_folder, copy)
    for content in (pickle.dumps(Evil()), None):
        for name in ("last.ckpt", "previous.ckpt"):
            if content is None:
                torch.save({"format": 1, "network": Evil()}, copy / name)
            else:
                (copy / name).write_bytes(content)
        result = resume(copy, epochs=3)
        assert result.error is not None
        assert "is damaged or not CatDog's" in result.error.what
    assert not (tmp_path / "code-was-run").exists()


def test_a_newer_checkpoint_is_refused(finished_run: RunResult, tmp_path: Path) -> None:
    assert finished_run.run_folder is not None
    copy = tmp_path / "run"
    shutil.copytree(finished_run.run_folder, copy)
    _, _, body = (copy / "last.ckpt").read_bytes().partition(b"\n")
    digest = hashlib.sha256(b"99\n" + body).hexdigest()
    (copy / "last.ckpt").write_bytes(f"CatDog checkpoint 99 {digest}\n".encode() + body)
    result = resume(copy, epochs=3)
    assert result.error is not None
    assert "newer CatDog" in result.error.sentence


def test_a_dataset_that_is_none_fails_in_a_sentence(tmp_path: Path, small_config: Config) -> None:
    events: list[AnyEvent] = []
    result = train(small_config(dataset=str(tmp_path / "nowhere")), out=tmp_path, emit=events.append)
    assert [type(event) for event in events] == [RunFailed]
    assert result.error is not None
    assert "nowhere" in result.error.sentence
    assert result.error.details == ""


def test_an_unexpected_error_keeps_its_traceback(
    tmp_path: Path, small_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("as planned")

    monkeypatch.setattr(loop, "step", broken)
    result = train(small_config(), out=tmp_path)
    assert (result.status, result.model) == ("failed", None)
    assert result.error is not None
    assert "ZeroDivisionError: as planned" in result.error.what
    assert "in broken" in result.error.details


def test_a_full_disk_fails_in_a_sentence(tmp_path: Path, small_config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise DiskError("x cannot be written (No space left on device).", remedy="Free some space.")

    monkeypatch.setattr(checkpoint, "save", full)
    result = train(small_config(), out=tmp_path)
    assert result.error is not None
    assert "No space left" in result.error.sentence
