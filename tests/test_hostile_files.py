"""Files that are not what their place says: pipes, devices, weights that are no numbers, names that are commands."""

import json
import os
import shutil
import sys
from pathlib import Path

import msgspec
import pytest
import safetensors.torch
import torch

from tests.cli.test_cli import run
from tests.storage.test_model_file import rewritten
from trainer.cli import console
from trainer.core.errors import ModelFileError, TrainerError
from trainer.core.results import RunResult
from trainer.dataset.label_file import read_labels
from trainer.dataset.sources.table_source import table_source
from trainer.files.regular import open_regular, read_regular
from trainer.inference.predictor import Predictor
from trainer.storage import model_file
from trainer.storage.model_changes import import_model
from trainer.storage.model_description import read_description
from trainer.storage.run_history import read_history, read_start

posix = pytest.mark.skipif(os.name != "posix", reason="pipes and devices with names are POSIX's")


@posix
@pytest.mark.timeout(20)
@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_only_plain_files_are_read(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "thing"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()
    for read in (read_regular, open_regular):
        with pytest.raises(OSError, match="directory" if kind == "folder" else "pipe or a device"):
            read(path)
    for reader in (read_description, model_file.load, import_model, read_labels, table_source):
        with pytest.raises(TrainerError) as caught:
            reader(path)
        assert str(path) in caught.value.sentence


@posix
@pytest.mark.timeout(20)
def test_a_run_whose_log_is_a_pipe_has_no_history(tmp_path: Path) -> None:
    for name in ("events.jsonl", "metrics.csv"):
        os.mkfifo(tmp_path / name)
    assert read_history(tmp_path).history == ()
    assert read_start(tmp_path) is None


def with_tensor(model: Path, path: Path, value: float) -> Path:
    """Save a copy in which one weight differs, with a digest that is right for it."""
    tensors = safetensors.torch.load_file(model)
    name = next(name for name, tensor in tensors.items() if name.endswith("weight") and tensor.ndim > 1)
    tensors[name].view(-1)[0] = value
    described = msgspec.json.encode(read_description(model)).decode()
    metadata = {"catdog": described, "catdog_sha256": model_file.digest_of(tensors, described)}
    path.write_bytes(safetensors.torch.save(tensors, metadata))
    return path


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(value: float, finished_model: Path, tmp_path: Path) -> None:
    path = with_tensor(finished_model, tmp_path / "bad.safetensors", value)
    with pytest.raises(ModelFileError, match="holds weights that are no numbers"):
        model_file.load(path)


@pytest.mark.parametrize("kind", [torch.complex64, torch.int64, torch.bool])
def test_weights_of_another_type_are_refused(kind: torch.dtype, finished_model: Path, tmp_path: Path) -> None:
    tensors = safetensors.torch.load_file(finished_model)
    name = next(name for name, tensor in tensors.items() if name.endswith("weight") and tensor.ndim > 1)
    tensors[name] = tensors[name].to(kind)
    described = msgspec.json.encode(read_description(finished_model)).decode()
    metadata = {"catdog": described, "catdog_sha256": model_file.digest_of(tensors, described)}
    (tmp_path / "odd.safetensors").write_bytes(safetensors.torch.save(tensors, metadata))
    with pytest.raises(ModelFileError, match="damaged"):
        model_file.load(tmp_path / "odd.safetensors")


def test_weights_too_large_to_compute_with_give_no_verdict(
    finished_model: Path, tmp_path: Path, drawings: Path
) -> None:
    model = model_file.load(finished_model)
    with torch.no_grad():
        for weights in model.network.parameters():
            weights.fill_(1e30)
    model_file.save(tmp_path / "huge.safetensors", model)
    with pytest.raises(ModelFileError, match="is no number"):
        Predictor.load(tmp_path / "huge.safetensors").predict_one(drawings / "cats" / "cat.0000.jpg")


@pytest.mark.parametrize(
    "changes",
    [
        {"classes": ["cat", "cat"]},
        {"classes": ["", "dog"]},
        {"parameters": -1},
        {"calibration": {"error_before": 7.0, "error_after": 0.1}},
    ],
)
def test_a_description_that_cannot_be_true_is_refused(
    changes: dict[str, object], finished_model: Path, tmp_path: Path
) -> None:
    with pytest.raises(ModelFileError, match="damaged"):
        read_description(rewritten(finished_model, tmp_path / "odd.safetensors", **changes))


COMMANDS = "\x1b[31mcat\x1b]0;owned\x07\x9b2J\u202e"


def test_names_of_classes_command_no_terminal(finished_model: Path, tmp_path: Path, drawings: Path) -> None:
    path = rewritten(finished_model, tmp_path / "evil.safetensors", classes=[COMMANDS, "dog"])
    photo = drawings / "cats" / "cat.0000.jpg"
    for command in (
        ("info", path),
        ("info", path, "--json"),
        ("predict", photo, "--model", path),
        ("predict", photo, "--model", path, "--json"),
    ):
        said = run(*command)
        assert not set(COMMANDS) & {letter for letter in said.stdout + said.stderr if not letter.isprintable()}
    assert json.loads(run("info", path, "--json").stdout)["classes"][0] == COMMANDS


def test_tables_and_lines_are_safe_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.table import Table

    table = Table("split", COMMANDS)
    table.add_row(COMMANDS, "two\nlines")
    console.SafeConsole().print(table)
    console.SafeConsole(stderr=True).print(COMMANDS)
    said = "".join(capsys.readouterr())
    assert "\x1b" not in said
    assert "\x9b" not in said
    assert "\\x1b[31mcat" in said


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are text")
def test_paths_that_are_no_text_are_named_or_work(finished_run: RunResult, drawings: Path, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff"))
    shutil.copytree(drawings, odd)
    small = ("--epochs", "1", "--image-size", "48", "--threads", "1")
    assert "is not valid text" in run("train", odd, *small, "--out", tmp_path / "out", code=1).stderr
    assert "is not valid text" in run("train", drawings, *small, "--out", odd, code=1).stderr
    assert "is not valid text" in run("label", odd).stderr
    assert finished_run.run_folder is not None
    shutil.copytree(finished_run.run_folder, odd / "run")
    assert "is not valid text" in run("train", "--resume", odd / "run", "--epochs", "3", code=1).stderr
    run("models", "import", odd / "run" / "model.safetensors")
    model = odd / "odd.safetensors"
    shutil.copy(odd / "run" / "model.safetensors", model)
    run("models", "import", model)
    titles = [row["title"] for row in json.loads(run("models", "--json").stdout)]
    assert "odd" in titles
    run("info", model)
    run("runs", "show", odd / "run")
    assert json.loads(run("runs", "--runs", odd, "--json").stdout)[0]["path"].endswith("run")
    run("export", model, "--to", "onnx", "--out", odd / "odd.onnx")


def test_a_home_that_cannot_be_made_stops_only_what_needs_one(
    drawings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder can be made in it")
    monkeypatch.setenv("CATDOG_HOME", str(tmp_path / "file" / "home"))
    small = ("--epochs", "1", "--image-size", "48", "--threads", "1")
    run("inspect", drawings)
    run("cache", "list")
    run("runs")
    run("train", drawings, *small, "--out", tmp_path / "out")
    for asked in (("train", drawings, *small), ("label", drawings), ("sort", drawings, "--to", tmp_path / "sorted")):
        said = run(*asked, code=1).stderr
        assert str(tmp_path / "file" / "home") in said
    assert not (tmp_path / "sorted").exists()
