"""A run whose model file is gone goes on from its checkpoints, and says what that cost."""

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import torch

from tests.training.run_numbers import assert_equal_runs, weights
from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.events import AnyEvent, BatchFinished, Noted
from trainer.core.results import RunResult
from trainer.inference.outputs import LossAndAccuracy
from trainer.storage import model_file
from trainer.storage.model_description import read_description
from trainer.storage.run_folder import RunFolder
from trainer.training import checkpoint, loop
from trainer.training.loop import resume, train


class Told(NamedTuple):
    """What came of a run that went on, and its notes about its model."""

    result: RunResult
    notes: list[str]


@pytest.fixture
def losses(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return what prescribes the validation losses of the next epochs."""

    def prescribe(*values: float) -> None:
        following: Iterator[float] = iter(values)
        monkeypatch.setattr(loop, "loss_and_accuracy", lambda _logits, _targets: LossAndAccuracy(next(following), 0.5))

    return prescribe


def usual(drawings: Path, epochs: int) -> TrainConfig:
    small = {"image_size": 48, "batch_size": 16, "threads": 1, "precision": "float32"}
    return TrainConfig.from_mapping({"dataset": str(drawings), "epochs": epochs, **small})


def without_model(result: RunResult, place: Path) -> RunFolder:
    assert result.run_folder is not None
    shutil.copytree(result.run_folder, place)
    folder = RunFolder(place)
    folder.model.unlink()
    return folder


def go_on(folder: RunFolder, epochs: int | None = None, *, stop_at_batch: int = 0) -> Told:
    notes: list[str] = []
    control = RunControl()

    def emit(event: AnyEvent) -> None:
        if isinstance(event, Noted) and re.match("The (run's model|model file) ", event.text):
            notes.append(str(event.text))
        if isinstance(event, BatchFinished) and event.batch == stop_at_batch:
            control.stop()

    return Told(resume(folder.path, epochs=epochs, emit=emit, control=control), notes)


def test_a_damaged_model_is_set_aside_and_written_again(drawings: Path, tmp_path: Path) -> None:
    whole = train(usual(drawings, 2), out=tmp_path / "runs")
    assert whole.run_folder is not None
    folder = RunFolder(Path(shutil.copytree(whole.run_folder, tmp_path / "run")))
    content = bytearray(folder.model.read_bytes())
    content[-100] ^= 1
    folder.model.write_bytes(content)
    refused = resume(folder.path, epochs=1)
    assert refused.error is not None
    assert folder.model.read_bytes() == content  # who is refused finds all as it was
    told = go_on(folder)
    assert_equal_runs(told.result, whole)
    aside = folder.path / "model.safetensors.damaged"
    assert aside.read_bytes() == content
    assert told.notes[0] == f"The model file {folder.model} is damaged or cut off. It is now called {aside.name}."


def test_a_model_that_cannot_be_read_just_now_is_not_called_damaged(
    drawings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))

    whole = train(usual(drawings, 1), out=tmp_path)
    assert whole.run_folder is not None
    folder = RunFolder(Path(whole.run_folder))
    content = folder.model.read_bytes()
    with monkeypatch.context() as failing:
        failing.setattr(model_file, "read_regular", refuse)
        result = go_on(folder).result
    assert result.error is not None
    assert f"{folder.model} cannot be read ({os.strerror(errno.EIO)})" in result.error.sentence
    assert folder.model.read_bytes() == content
    assert go_on(folder).result.status == "completed"


@pytest.mark.parametrize("validated", [(0.7, 0.6, 0.5), (0.7, 0.5, 0.6)], ids=["last", "the one before"])
def test_a_model_that_a_checkpoint_still_has_is_written_again(
    validated: tuple[float, ...], losses: Callable[..., None], drawings: Path, tmp_path: Path
) -> None:
    losses(*validated)
    whole = train(usual(drawings, 3), out=tmp_path / "runs")
    folder = without_model(whole, tmp_path / "run")
    losses(*validated[2:])
    told = go_on(folder)
    assert told.result.error is None
    assert_equal_runs(told.result, whole)
    assert told.notes == [f"The run's model {folder.model} was gone. It was written again from the checkpoint."]


def test_where_no_checkpoint_has_the_best_epoch_the_model_is_the_last_one_s_and_gets_better_again(
    losses: Callable[..., None], drawings: Path, tmp_path: Path
) -> None:
    losses(0.5, 0.9, 0.8)
    folder = without_model(train(usual(drawings, 3), out=tmp_path / "runs"), tmp_path / "run")
    told = go_on(folder)
    assert (told.result.status, told.result.best_epoch) == ("completed", 3)
    assert "the model is now that of epoch 3" in told.notes[0]
    assert read_description(folder.model).origin.epoch.epoch == 3
    saved = checkpoint.read(folder.checkpoint).network
    assert all(torch.equal(tensor, saved[name]) for name, tensor in weights(told.result).items() if name in saved)
    losses(0.85, 0.7)  # worse than the model of epoch 3, then better
    told = go_on(folder, 5)
    assert told.notes == []
    assert (told.result.status, told.result.best_epoch) == ("completed", 5)
    assert read_description(folder.model).origin.epoch.epoch == 5
    losses(0.4)
    assert go_on(folder, 6).result.best_epoch == 6


def test_in_the_middle_of_an_epoch_the_model_comes_with_the_next_one(
    losses: Callable[..., None], drawings: Path, tmp_path: Path
) -> None:
    losses(0.5, 0.9)
    folder = without_model(train(usual(drawings, 2), out=tmp_path / "runs"), tmp_path / "run")
    folder.previous_checkpoint.unlink()
    go_on(folder, 3, stop_at_batch=1)
    folder.model.unlink()
    folder.previous_checkpoint.unlink()
    stopped = go_on(folder, stop_at_batch=2)
    assert (stopped.result.status, stopped.result.model) == ("stopped", None)
    assert "there will be a model when this epoch, 3, has ended" in stopped.notes[0]
    losses(0.95)
    told = go_on(folder)
    assert (told.result.status, told.result.best_epoch) == ("completed", 3)
    assert read_description(folder.model).origin.epoch.epoch == 3
