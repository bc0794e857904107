"""A run prepared for another machine, and taken back from it: what goes out, what comes in, what is refused."""

import json
import os
import pickle
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import safetensors.torch
import torch

from trainer.core.config import TrainConfig
from trainer.core.errors import CheckpointError, DatasetError, TrainerError
from trainer.core.results import RunResult
from trainer.files.paths import runs_folder
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_list import list_runs
from trainer.training.elsewhere import README, SCRIPT, prepare_elsewhere
from trainer.training.loop import resume, train
from trainer.training.take_back import take_back


@pytest.fixture
def trained(finished_run: RunResult, tmp_path: Path) -> RunFolder:
    """Return a run as it comes back, to be harmed."""
    assert finished_run.run_folder is not None
    shutil.copytree(finished_run.run_folder, tmp_path / "usb" / "run")
    return RunFolder(tmp_path / "usb" / "run")


def test_what_goes_out_is_all_but_the_photos(small_config: Callable[..., TrainConfig], tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = prepare_elsewhere(small_config(), tmp_path, progress=lambda done, total: told.append((done, total)))
    folder = RunFolder(path)
    assert {file.name for file in path.iterdir()} == {"config.json", "split.json", README, SCRIPT}
    record = folder.read_record()
    assert record.config == small_config()
    assert not record.has_begun
    assert {photo.split for photo in folder.read_dataset().photos} == {"train", "validation", "test"}
    assert "80 photos" in (path / README).read_text()
    assert told[-1] == (80, 80)


def test_settings_that_cannot_be_trained_leave_no_folder(
    small_config: Callable[..., TrainConfig], tmp_path: Path
) -> None:
    with pytest.raises(DatasetError):
        prepare_elsewhere(small_config(dataset=str(tmp_path / "gone")), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_prepared_run_ends_with_the_numbers_of_one_that_was_trained_here(
    small_config: Callable[..., TrainConfig], drawings: Path, tmp_path: Path
) -> None:
    config = small_config(epochs=1)
    here = train(config, out=tmp_path / "here")
    assert here.run_folder is not None
    path = prepare_elsewhere(config, tmp_path)
    shutil.copytree(drawings, tmp_path / "server" / "photos")
    assert resume(path, photos=tmp_path / "server" / "nothing").status == "failed"
    there = resume(path, photos=tmp_path / "server" / "photos")
    assert (there.status, there.error) == ("completed", None)
    record = RunFolder(path).read_record()
    assert (record.has_begun, record.device, record.precision) == (True, "cpu", "float32")
    assert record.config.dataset == str(drawings)
    back = RunFolder(take_back(path, note=pytest.fail))
    first, second = (safetensors.torch.load_file(folder.model) for folder in (RunFolder(Path(here.run_folder)), back))
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.skipif(os.name != "posix", reason="a script for sh")
def test_the_script_starts_what_the_readme_says(small_config: Callable[..., TrainConfig], tmp_path: Path) -> None:
    path = prepare_elsewhere(small_config(), tmp_path / "a b")
    for name in ("python", "torchrun"):
        stub = tmp_path / "bin" / name
        stub.parent.mkdir(exist_ok=True)
        stub.write_text(f'#!/bin/sh\necho {name} "$@"\n')
        stub.chmod(0o755)
    places = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}

    def say(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            ["sh", path / SCRIPT, *arguments], env=places, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout.strip()

    assert say("/data/my pets") == (0, f"python -m trainer train --resume {path} /data/my pets")
    several = "torchrun --master-addr first --master-port 29500 --nnodes 3 --node-rank 1 --nproc-per-node 1"
    assert say("/data", "first", "3", "1") == (0, f"{several} -m trainer train --resume {path} /data")
    code, help_text = say()
    assert code == 2
    assert "sh train.sh PHOTOS FIRST_MACHINE MACHINES NUMBER" in help_text


def test_a_finished_run_comes_back_whole_and_stands_with_the_others(trained: RunFolder) -> None:
    before = {file.name: file.read_bytes() for file in trained.path.iterdir()}
    trained.report.write_text("<script>alert(1)</script>")
    (trained.path / "autorun.inf").write_text("evil")
    copy = RunFolder(take_back(trained.path, note=pytest.fail))
    [run] = list_runs()
    assert run.folder == copy.path
    assert run.folder.parent == runs_folder()
    assert (run.status, run.epochs, run.extendable) == ("completed", 2, True)
    for name in ("config.json", "split.json", "last.ckpt", "model.safetensors", "evaluation.json", "events.jsonl"):
        assert (copy.path / name).read_bytes() == before[name]
    assert copy.metrics.read_bytes() == before["metrics.csv"]
    assert copy.training_photos.read_bytes() == before["training_photos.safetensors"]
    assert "alert(1)" not in copy.report.read_text()
    assert not (copy.path / "autorun.inf").exists()
    second = take_back(trained.path, note=pytest.fail)
    assert second != copy.path


def test_what_has_not_begun_is_not_taken(small_config: Callable[..., TrainConfig], tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="has not begun"):
        take_back(prepare_elsewhere(small_config(), tmp_path), note=pytest.fail)


class Evil:
    """Runs when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (os.environ["CATDOG_EVIL"],)


def _pickle(folder: RunFolder) -> None:
    folder.checkpoint.write_bytes(pickle.dumps(Evil()))


def _torch_pickle(folder: RunFolder) -> None:
    torch.save({"format": 2, "progress": Evil()}, folder.checkpoint)


def _other_checkpoint(folder: RunFolder) -> None:
    torch.save([1, 2], folder.checkpoint)


def _link(folder: RunFolder) -> None:
    folder.evaluation.unlink()
    folder.evaluation.symlink_to("/etc/passwd")


def _pipe(folder: RunFolder) -> None:
    folder.events.unlink()
    os.mkfifo(folder.events)


def _other_model(folder: RunFolder) -> None:
    folder.model.write_bytes(b"\x08\0\0\0\0\0\0\0{}      ")


def _climbing_photo(folder: RunFolder) -> None:
    split = json.loads(folder.split.read_bytes())
    split["photos"][0]["path"] = "../../secret.jpg"
    folder.split.write_text(json.dumps(split))


def _no_split(folder: RunFolder) -> None:
    folder.split.unlink()


def _other_events(folder: RunFolder) -> None:
    folder.events.write_text('{"event": "Elsewhere"}\n')


def _other_health(folder: RunFolder) -> None:
    folder.health.write_text('{"sentences": 7}')


def _other_config(folder: RunFolder) -> None:
    folder.config.write_text('{"name": "another program"}')


@pytest.mark.skipif(os.name != "posix", reason="pipes and links as POSIX has them")
@pytest.mark.parametrize(
    "harm",
    [
        _pickle,
        _torch_pickle,
        _other_checkpoint,
        _link,
        _pipe,
        _other_model,
        _climbing_photo,
        _no_split,
        _other_events,
        _other_health,
        _other_config,
    ],
)
def test_a_folder_with_anything_else_in_it_is_refused_and_leaves_nothing(
    harm: Callable[[RunFolder], None], trained: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = tmp_path / "evil"
    monkeypatch.setenv("CATDOG_EVIL", str(evil))
    harm(trained)
    with pytest.raises(TrainerError) as refused:
        take_back(trained.path, note=pytest.fail)
    assert str(trained.path) in refused.value.sentence
    assert refused.value.remedy
    assert not evil.exists()
    assert list(runs_folder().iterdir()) == [] if runs_folder().exists() else True


def test_training_photos_of_another_model_are_left_behind(trained: RunFolder) -> None:
    trained.training_photos.write_bytes(b"no")
    assert not RunFolder(take_back(trained.path, note=pytest.fail)).training_photos.exists()
