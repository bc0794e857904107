"""What `--tensorboard` writes is what TensorBoard reads, and nothing about it can end a run."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.training.run_numbers import Config
from trainer.core.errors import SettingError
from trainer.core.results import RunResult
from trainer.storage.run_folder import RunFolder
from trainer.storage.tensorboard_log import TensorBoardLog
from trainer.training.loop import resume, train

accumulators = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")


def read(result: RunResult) -> dict[str, list[tuple[int, float]]]:
    """Return the steps and values of each tag, as TensorBoard shows them."""
    assert result.run_folder is not None
    found = accumulators.EventAccumulator(str(RunFolder(Path(result.run_folder)).tensorboard))
    found.Reload()
    return {tag: [(each.step, each.value) for each in found.Scalars(tag)] for tag in found.Tags()["scalars"]}


def expected(result: RunResult) -> dict[str, list[tuple[int, Any]]]:
    assert result.evaluation is not None
    assert result.best_epoch is not None
    rows = result.history
    return {
        "loss/train": [(row.epoch, pytest.approx(row.train_loss)) for row in rows],
        "loss/validation": [(row.epoch, pytest.approx(row.val_loss)) for row in rows],
        "accuracy/train": [(row.epoch, pytest.approx(row.train_accuracy)) for row in rows],
        "accuracy/validation": [(row.epoch, pytest.approx(row.val_accuracy)) for row in rows],
        "learning_rate": [(row.epoch, pytest.approx(row.learning_rate)) for row in rows],
        "loss/test": [(result.best_epoch, pytest.approx(result.evaluation.loss))],
        "accuracy/test": [(result.best_epoch, pytest.approx(result.evaluation.accuracy))],
    }


def test_each_epoch_and_the_test_are_written(tmp_path: Path, small_config: Config) -> None:
    result = train(small_config(), out=tmp_path, emit=TensorBoardLog(print).write)
    assert read(result) == expected(result)


@pytest.mark.parametrize("from_the_start", [True, False])
def test_a_run_that_goes_on_has_all_its_epochs_once(
    tmp_path: Path,
    small_config: Config,
    from_the_start: bool,  # noqa: FBT001
) -> None:
    log = TensorBoardLog(print)
    first = train(small_config(epochs=1), out=tmp_path, **({"emit": log.write} if from_the_start else {}))
    assert first.run_folder is not None
    result = resume(Path(first.run_folder), epochs=3, emit=TensorBoardLog(print).write)
    assert [step for step, _ in read(result)["loss/train"]] == [1, 2, 3]
    for tag in ("loss/train", "accuracy/validation"):
        assert read(result)[tag] == expected(result)[tag]


def test_a_disk_that_refuses_is_told_once_and_the_run_goes_on(
    tmp_path: Path, small_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    from torch.utils.tensorboard import SummaryWriter

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    notes: list[str] = []
    monkeypatch.setattr(SummaryWriter, "add_scalar", refuse)
    result = train(small_config(), out=tmp_path, emit=TensorBoardLog(notes.append).write)
    assert result.status == "completed"
    assert notes == ["Nothing more is written for TensorBoard (No space left on device). The run goes on."]


def test_where_it_is_missing_a_sentence_says_so_before_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(SettingError, match="TensorBoard is not installed here") as told:
        TensorBoardLog(print)
    assert told.value.remedy == "Install it with: pip install tensorboard"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(SettingError) as told:
        TensorBoardLog(print)
    assert "metrics.csv" in told.value.remedy


def test_the_command_line_writes_it(drawings: Path, tmp_path: Path) -> None:
    options = ["--epochs", "1", "--image-size", "48", "--threads", "1", "--tensorboard", "--out", str(tmp_path)]
    command = [sys.executable, "-m", "trainer", "train", str(drawings), *options]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    [run] = tmp_path.iterdir()
    assert list((run / "tensorboard").glob("events.out.tfevents.*"))
