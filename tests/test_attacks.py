"""What went wrong once when people did odd things at the command line, and must not again."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import CLI, as_json, run
from trainer.core.config import TrainConfig
from trainer.core.control import RunControl
from trainer.core.events import AnyEvent, BatchFinished, RunPaused
from trainer.core.results import RunResult
from trainer.storage.run_folder import RunFolder
from trainer.storage.run_list import list_runs
from trainer.training.loop import resume, train


@pytest.fixture
def my_run(finished_run: RunResult, tmp_path: Path) -> RunFolder:
    """Return a copy of the finished run, to be harmed."""
    assert finished_run.run_folder is not None
    shutil.copytree(finished_run.run_folder, tmp_path / "run")
    return RunFolder(tmp_path / "run")


def test_a_table_never_takes_the_place_of_a_photo_or_model(
    drawings: Path, finished_model: Path, tmp_path: Path
) -> None:
    photo, model = tmp_path / "mine.jpg", tmp_path / "model.safetensors"
    shutil.copy(drawings / "cats" / "cat.0000.jpg", photo)
    shutil.copy(finished_model, model)
    before = photo.read_bytes(), model.read_bytes()
    for target in (photo, model, tmp_path, tmp_path / "no" / "folder.csv"):
        said = run("predict", photo, "--model", model, "--csv", target, code=2).stderr
        assert "Name another file" in said or "There is no folder" in said
    assert (photo.read_bytes(), model.read_bytes()) == before
    assert not (tmp_path / "no").exists()
    table = tmp_path / "table.csv"
    for _ in range(2):  # a table of ours may be written again
        run("predict", photo, "--model", model, "--csv", table)
    assert table.read_text().startswith(
        "path,class,probability,probability_cat,probability_dog,nearest_class,reason,error\n"
    )


def test_names_are_shown_as_they_are(tmp_path: Path, finished_model: Path) -> None:
    for name in ("nope\\[/a]", ":cat:", "a" * 300, "two\nlines"):
        said = run("inspect", tmp_path / name, code=1).stderr
        assert name.replace("\n", "\\n") in said.replace("\n", "")
        run("info", tmp_path / name, code=1)
        run("train", "--resume", tmp_path / name, code=1)
        run("predict", tmp_path / name, "--model", finished_model, code=1)


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX alone")
def test_a_name_that_is_no_unicode_loses_no_verdict(tmp_path: Path, drawings: Path, finished_model: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/bad\xff.jpg"
    shutil.copy(os.fsencode(drawings / "cats" / "cat.0000.jpg"), odd)
    done = subprocess.run(
        [*CLI, "predict", odd, "--model", finished_model, "--json"], capture_output=True, text=True, check=True
    )
    [row] = json.loads(done.stdout)
    assert row["path"].endswith("bad\\xff.jpg")
    assert row["class"] in {"cat", "dog"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
def test_a_full_or_closed_standard_output_is_one_sentence(drawings: Path, finished_model: Path, tmp_path: Path) -> None:
    small = ["--epochs", "1", "--image-size", "48", "--threads", "1", "--out", str(tmp_path)]
    for args, code in (
        (["inspect", str(drawings), "--json"], 1),
        (["predict", str(drawings / "cats"), "--model", str(finished_model)], 1),
        (["train", str(drawings), "--json", *small], 0),  # the run is what matters, and it goes on
    ):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run([*CLI, *args], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == code, done.stderr
        assert "No space left on device" in done.stderr
        assert "Traceback" not in done.stderr
        assert "Exception ignored" not in done.stderr
    [left] = list_runs(tmp_path)
    assert left.status == "completed"


# The command line, interrupted in the middle of its imports.
INTERRUPTED = """
import runpy, signal, sys
class CtrlC:
    def find_spec(self, name, *rest):
        if name == "typer":
            print("importing", flush=True)
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, CtrlC())
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests in the background has it ignored
sys.argv[1:] = ["info", "nothing"]
runpy.run_module("trainer", run_name="__main__", alter_sys=True)
"""


def test_ctrl_c_during_the_imports_is_130() -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False)
    assert done.stdout == "importing\n"
    assert (done.returncode, done.stderr) == (130, "")


def test_a_setting_refused_later_ends_with_2_too(my_run: RunFolder, drawings: Path, tmp_path: Path) -> None:
    import torch

    if not torch.cuda.is_available():
        run("train", drawings, "--device", "cuda", "--out", tmp_path / "none", code=2)
    before = my_run.config.read_bytes()
    run("train", "--resume", my_run.path, "--epochs", "0", code=2)
    said = run("train", "--resume", my_run.path, "--epochs", "1", code=2).stderr
    assert "has done 2 epochs already" in said
    assert "Do not use --out" in run("train", "--resume", my_run.path, "--out", tmp_path, code=2).stderr
    assert my_run.config.read_bytes() == before


def test_info_does_not_show_a_damaged_model_as_good(finished_model: Path, tmp_path: Path) -> None:
    bad = bytearray(finished_model.read_bytes())
    bad[-1] ^= 1
    (tmp_path / "bad.safetensors").write_bytes(bad)
    assert "damaged" in run("info", tmp_path / "bad.safetensors", code=1).stderr


def test_shares_may_be_written_as_fractions(drawings: Path, tmp_path: Path) -> None:
    events = run(
        *("train", drawings, "--split", "0.5/0.25/0.25", "--epochs", "1", "--image-size", "48", "--json"),
        *("--threads", "1", "--out", tmp_path),
    ).stdout.splitlines()
    started = next(json.loads(line) for line in events if '"RunStarted"' in line)
    assert {split: sum(row.values()) for split, row in started["photos"].items()} == {
        "train": 40,
        "validation": 20,
        "test": 20,
    }


def test_a_run_killed_before_its_first_checkpoint_notices_changed_photos(tmp_path: Path, drawings: Path) -> None:
    folder = tmp_path / "set"
    shutil.copytree(drawings, folder)
    done = train(TrainConfig(dataset=str(folder), epochs=1, image_size=48, threads=1), out=tmp_path / "runs")
    assert done.run_folder is not None
    run_folder = RunFolder(Path(done.run_folder))
    run_folder.checkpoint.unlink()
    run_folder.model.unlink()
    assert not run_folder.previous_checkpoint.exists()
    shutil.copyfile(folder / "dogs" / "dog.0001.jpg", folder / "cats" / "cat.0001.jpg")
    result = resume(run_folder.path)
    assert result.error is not None
    assert "has changed since the run began" in result.error.sentence


def test_a_finished_run_without_its_checkpoints_is_left_alone(my_run: RunFolder) -> None:
    model = my_run.model.read_bytes()
    my_run.checkpoint.unlink()
    my_run.previous_checkpoint.unlink()
    result = resume(my_run.path)
    assert result.error is not None
    assert "Both checkpoints in" in result.error.sentence
    assert my_run.model.read_bytes() == model


def test_a_run_of_a_newer_catdog_says_update(my_run: RunFolder) -> None:
    text = json.loads(my_run.config.read_text())
    text["config"]["something_new"] = 1
    my_run.config.write_text(json.dumps({**text, "format": 99}))
    result = resume(my_run.path)
    assert result.error is not None
    assert "made by a newer CatDog. Update CatDog." in result.error.sentence


def test_one_run_belongs_to_one_process_at_a_time(tmp_path: Path, drawings: Path) -> None:
    control = RunControl()
    refused: list[RunResult] = []
    statuses: list[str] = []

    def emit(event: AnyEvent) -> None:
        if isinstance(event, BatchFinished):
            control.pause()
        if isinstance(event, RunPaused):
            [live] = list_runs(tmp_path)
            statuses.append(live.status)
            refused.append(resume(live.folder))
            control.stop()

    config = TrainConfig(dataset=str(drawings), epochs=2, image_size=48, threads=1)
    assert train(config, out=tmp_path, emit=emit, control=control).status == "stopped"
    assert statuses == ["running"]
    assert refused[0].error is not None
    assert "is going on right now" in refused[0].error.sentence
    [after] = list_runs(tmp_path)
    assert (after.status, after.resumable) == ("stopped", True)


def test_a_log_that_cannot_be_written_is_one_sentence(my_run: RunFolder) -> None:
    my_run.events.unlink()
    my_run.events.mkdir()
    result = resume(my_run.path, epochs=3)
    assert result.error is not None
    assert "events.jsonl cannot be written" in result.error.sentence
    assert result.error.details == ""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_looked_into_is_named(tmp_path: Path, drawings: Path, finished_model: Path) -> None:
    shutil.copytree(drawings, tmp_path / "set")
    (tmp_path / "set" / "dogs").chmod(0)
    try:
        done = run("predict", "-r", tmp_path / "set", "--model", finished_model, code=1)
        assert "dogs" in done.stderr
        assert len(done.stdout.splitlines()) == 40
    finally:
        (tmp_path / "set" / "dogs").chmod(0o755)


def test_a_link_in_a_circle_is_named_and_the_rest_is_told_apart(
    tmp_path: Path, drawings: Path, finished_model: Path
) -> None:
    shutil.copytree(drawings / "cats", tmp_path / "set")
    (tmp_path / "set" / "round.jpg").symlink_to("round.jpg")
    done = run("predict", tmp_path / "set", "--model", finished_model, code=1)
    assert "round.jpg" in done.stderr
    assert len(done.stdout.splitlines()) == 40
    rows = as_json("predict", tmp_path / "set", "--model", finished_model, code=1)
    assert [Path(row["path"]).name for row in rows if row["error"]] == ["round.jpg"]
    assert len(rows) == 41
