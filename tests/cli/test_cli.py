"""The command line as people and programs use it: its output, and how it ends."""

import csv
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path

import openpyxl
import pytest

from tests.cli.command import CLI, as_json, run, run_alone
from trainer.cli import predict
from trainer.core.errors import ModelFileError
from trainer.dataset.records import Problem
from trainer.storage.run_folder import RunFolder
from trainer.storage.starter import starter_model


def test_help_explains_every_command() -> None:
    text = run("--help").stdout
    for command in ("samples", "inspect", "train", "evaluate", "predict", "explain", "info", "models", "runs", "cache"):
        assert command in text
        assert "Usage" in run(command, "--help").stdout


def test_the_cache_is_listed_and_cleared(drawings: Path, tmp_path: Path) -> None:
    run("train", drawings, "--epochs", "1", "--image-size", "48", "--out", tmp_path)
    kept, thumbs = as_json("cache", "list")
    assert (kept["kind"], thumbs["kind"]) == ("arrays", "other")
    assert kept["bytes"] == 80 * 48 * 48 * 3
    assert Path(kept["path"]).stat().st_size == kept["bytes"]
    assert "0.6 MB" in run("cache", "list").stdout
    thumbnail = Path(kept["path"]).parents[1] / "thumbnails" / "ab" / "cd.jpg"
    thumbnail.parent.mkdir(parents=True)
    thumbnail.write_bytes(bytes(1_000_000))
    assert as_json("cache", "list")[1]["bytes"] == 1_000_000
    freed = (kept["bytes"] + thumbs["bytes"] + 1_000_000) / 1e6
    assert "Thumbnails" in run("cache", "list").stdout
    assert f"{freed:.1f} MB freed" in run("cache", "clear").stdout
    assert not thumbnail.exists()
    assert as_json("cache", "list") == []
    assert not Path(kept["path"]).exists()


def test_models_are_listed_added_and_renamed(finished_model: Path, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    shutil.copytree(finished_model.parent, runs / "one")
    own = runs / "one" / "model.safetensors"
    run("models", "rename", own, "Mittens")
    imported = Path(run("models", "import", own).stdout.strip())
    listed = {Path(row["path"]): row for row in as_json("models", "--runs", runs)}
    assert listed[own]["title"] == "Mittens"
    assert listed[imported]["title"] == "Classic · set"
    assert listed[own]["classes"] == ["cat", "dog"]
    assert 0 <= listed[own]["accuracy"] <= 1
    assert listed[own]["bytes"] == own.stat().st_size
    assert not any(listed[path]["starter"] for path in (own, imported))
    text = run("models", "--runs", runs).stdout
    assert "Mittens" in text
    assert f" {own} " in text  # whole, to be handed to another command


def test_the_version() -> None:
    from trainer import __version__

    assert run_alone("--version").stdout == f"catdog {__version__}\n"


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["trian", "x"], "No such command 'trian'"),
        (["train"], "No dataset was named"),
        (["train", "x", "--epochs", "0"], "Epochs must be a whole number from 1 to 10000, and 0 was given"),
        (["train", "x", "--epochs", "many"], "unable to parse string as an integer"),
        (["train", "x", "--recipe", "clasic"], "Did you mean classic?"),
        (["train", "x", "--augment", "strog"], "Did you mean strong?"),
        (["train", "x", "--optimiser", "rmsprob"], "Did you mean rmsprop?"),
        (["train", "x", "--rotation", "400"], "Rotation must be a number from 0 to 180"),
        (["train", "x", "--split", "70/30"], "Write it as 70/15/15"),
        (["train", "x", "--split", "70/70/70"], "must add up to 1"),
        (["train", "x", "--epoks", "3"], "No such option: --epoks"),
        (["evaluate", "m", "d", "--robustness", "--threshold", "0.7"], "--robustness is a measurement of its own"),
        (["predict"], "Missing argument"),
        (["samples", "d", "--count", "3"], "20"),
    ],
)
def test_wrong_use_ends_with_2_and_a_remedy(args: list[str], sentence: str) -> None:
    said = " ".join(run(*args, code=2).stderr.replace("│", " ").split())
    assert sentence in said


@pytest.mark.parametrize(
    "args", [["inspect", "nowhere"], ["train", "nowhere"], ["info", "nowhere"], ["evaluate", "nowhere", "nowhere"]]
)
def test_what_is_not_there_ends_with_1_and_its_name(args: list[str]) -> None:
    done = run(*args, code=1)
    assert "nowhere" in done.stderr
    assert done.stderr.count("\n") <= 2


@pytest.mark.slow
@pytest.mark.timeout(900)  # draws and trains for real, perhaps beside something else
def test_from_nothing_to_right_verdicts(tmp_path: Path) -> None:
    """The path that README shows: draw, look, train, test, and have new drawings told apart."""
    said = run("samples", tmp_path / "s", "--count", "1000").stdout
    assert f'train "{tmp_path / "s"}"' in said
    looked = as_json("inspect", tmp_path / "s")
    assert looked["classes"] == {"cat": looked["photos"] // 2, "dog": looked["photos"] // 2}

    done = run("train", tmp_path / "s", "--epochs", "6", "--image-size", "64", "--json", "--out", tmp_path / "runs")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events[-1]["event"] == "RunCompleted"
    result = events[-1]["result"]
    assert Path(result["run_folder"]).parent == tmp_path / "runs"
    assert result["evaluation"]["accuracy"] >= 0.9
    model = result["model"]

    run("samples", tmp_path / "new", "--seed", "99", "--count", "40")
    found = as_json("predict", tmp_path / "new", "--recursive", "--model", model)
    right = sum((row["class"] or "not sure") in Path(row["path"]).name for row in found)
    assert (len(found), right >= 36) == (40, True)

    tested = as_json("evaluate", model, tmp_path / "s")
    assert (tested["split"], tested["accuracy"]) == ("test", result["evaluation"]["accuracy"])
    on_validation = run("evaluate", model, tmp_path / "s", "--split", "validation").stdout
    assert "95 % interval" in on_validation
    assert "Tested on too few photos" not in on_validation
    assert "← the model's own" in on_validation

    copy = tmp_path / "strict.safetensors"
    run("evaluate", model, tmp_path / "s", "--strictness", "2", "--save-as", copy)
    stricter = as_json("evaluate", copy, tmp_path / "s")
    assert (stricter["accuracy"], stricter["not_sure"] >= tested["not_sure"]) == (tested["accuracy"], True)
    other = run("evaluate", model, tmp_path / "s", "--threshold", "1").stdout
    assert re.search(r"^With those limits: \d+ more photos? of dog (is|are) called cat", other, re.MULTILINE)
    assert re.search(r"^ROC AUC between 0\.\d{4} and \d\.\d{4} \(95 % interval\)$", other, re.MULTILINE)
    assert "--save-as needs other limits" in run("evaluate", model, tmp_path / "s", "--save-as", copy, code=2).stderr
    again = run("evaluate", model, tmp_path / "s", "--strictness", "2", "--save-as", copy, code=2)
    assert "exists already" in again.stderr
    compared = run("evaluate", model, tmp_path / "s", "--against", copy).stdout
    assert f"Both models are right and wrong on the same of these {tested['photos']} photos." in compared
    assert as_json("evaluate", model, tmp_path / "s", "--against", copy)["p_value"] == 1

    assert as_json("info", model)["classes"] == ["cat", "dog"]
    assert "cat and dog" in run("info", model).stdout


def test_robustness_is_told_and_kept(finished_model: Path, drawings: Path, tmp_path: Path) -> None:
    shutil.copytree(finished_model.parent, tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    found = as_json("evaluate", folder.model, drawings, "--robustness")
    assert (found["split"], found["photos"], len(found["harms"])) == ("test", 12, 17)
    shown = run("evaluate", folder.model, drawings, "--robustness").stdout
    assert re.search(r"^ +as they are .*\n +Blurred by 0\.5 % +\d", shown, re.MULTILINE)
    kept = folder.read_robustness()
    assert kept is not None
    assert kept.right == found["right"]


def test_inspect_names_what_is_wrong(drawings: Path, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    shutil.copytree(drawings, folder)
    (folder / "cats" / "brok[en].jpg").write_bytes(b"")
    table = as_json("inspect", folder)
    assert table["photos"] == 80
    assert table["splits"]["train"] == {"cat": 28, "dog": 28}
    assert table["splits_in_folders"] == []
    [problem] = table["problems"]
    assert (problem["path"], problem["kind"]) == ("cats/brok[en].jpg", "empty")
    said = run("inspect", folder).stdout
    assert "brok[en].jpg" in said
    assert "1 file cannot be used (1 empty)" in said


def test_inspect_looks_at_too_few_photos_too(drawings: Path, tmp_path: Path) -> None:
    for name in ("cats", "dogs"):
        (tmp_path / "set" / name).mkdir(parents=True)
        shutil.copy(next((drawings / name).iterdir()), tmp_path / "set" / name)
    table = as_json("inspect", tmp_path / "set")
    assert (table["photos"], table["splits"]) == (2, {})
    assert table["notes"]


def test_predict_marks_bad_photos_and_goes_on(drawings: Path, finished_model: Path, tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.jpg", tmp_path / "good [1].jpg"
    bad.write_text("no photo")
    shutil.copy(next((drawings / "cats").iterdir()), good)
    found = as_json("predict", bad, good, "--model", finished_model, code=1)
    assert [set(row) for row in found] == [
        {"path", "class", "probability", "probabilities", "nearest_class", "reason", "error"}
    ] * 2
    assert [row["path"] for row in found] == [str(bad), str(good)]
    assert found[0]["class"] is None
    assert found[0]["error"]
    assert found[1]["error"] is None
    assert 0 <= found[1]["probability"] <= 1

    done = run_alone("predict", bad, good, "--model", finished_model, code=1)
    assert "good [1].jpg" in done.stdout
    assert "bad.jpg" in done.stderr

    done = run("predict", tmp_path, "--model", finished_model, "--csv", tmp_path / "table.csv", code=1)
    assert f"Error: {bad}: " in done.stderr
    with (tmp_path / "table.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["path"] for row in rows] == [str(bad), str(good)]
    assert float(rows[1]["probability_cat"]) + float(rows[1]["probability_dog"]) == pytest.approx(1)


def test_predict_keeps_a_table_where_it_cannot_look_at_any_photo(
    finished_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "table.csv"
    table.write_text("path,class,probability\n")
    problem = Problem(path="photos", kind="unreadable", reason="This cannot be read (Input/output error).")
    monkeypatch.setattr(predict, "find_given", lambda *_args, **_given: ([], [problem]))
    done = run("predict", tmp_path, "--model", finished_model, "--csv", table, code=1)
    assert done.stderr == "Error: photos: This cannot be read (Input/output error).\n"
    assert table.read_text() == "path,class,probability\n"


def test_predict_writes_a_spreadsheet_and_leaves_others_alone(
    drawings: Path, finished_model: Path, tmp_path: Path
) -> None:
    photo = next((drawings / "cats").iterdir())
    file = tmp_path / "table.xlsx"
    args = ["predict", photo, "--model", finished_model, "--xlsx", file]
    assert "1 row is in" in run(*args).stderr
    sheet = openpyxl.load_workbook(file).active
    assert sheet["B2"].value == str(photo)
    assert len(sheet._images) == 1  # noqa: SLF001 - there is no other way to them
    run(*args)  # a table of verdicts may be replaced
    openpyxl.Workbook().save(file)
    before = file.read_bytes()
    assert "Name another file after --xlsx." in run(*args, code=2).stderr
    assert file.read_bytes() == before


def test_predict_without_a_model_asks_the_one_that_comes_with_catdog(drawings: Path, finished_model: Path) -> None:
    assert "Try --recursive" in run("predict", drawings, code=1).stderr
    found = as_json("predict", drawings / "cats")
    assert len(found) == 40
    assert found == as_json("predict", drawings / "cats", "--model", starter_model())
    assert all(verdict["error"] is None for verdict in found)
    assert any(verdict["class"] is None and verdict["reason"] for verdict in found)  # drawings are no photos


def test_a_copy_without_a_starter_model_asks_the_latest_run_and_says_so(
    finished_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from trainer.cli import photo_choice

    monkeypatch.setattr(photo_choice, "starter_model", lambda: None)
    monkeypatch.setenv("CATDOG_HOME", str(tmp_path))
    with pytest.raises(ModelFileError, match="Train one with"):
        photo_choice.default_model()
    folder = tmp_path / "data" / "runs" / finished_model.parent.name
    shutil.copytree(finished_model.parent, folder)
    assert photo_choice.default_model() == folder / "model.safetensors"
    assert "Using the model of your latest run" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.real
def test_the_starter_model_tells_real_photos_apart(real_photos: Path) -> None:
    for name in ("cat", "dog"):
        found = as_json("predict", real_photos / "test" / f"{name}s")
        assert len(found) == 500
        assert sum(verdict["class"] == name for verdict in found) >= 480
        assert all({"class", "probability", "nearest_class", "reason"} <= verdict.keys() for verdict in found)


def test_ctrl_c_stops_in_order_and_resume_goes_on(drawings: Path, tmp_path: Path) -> None:
    args = ["train", drawings, "--epochs", "40", "--image-size", "64", "--out", tmp_path, "--threads", "1", "--json"]
    process = subprocess.Popen([*CLI, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "EpochFinished":
            break
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=100)
    assert process.returncode == 130
    result = json.loads(output.splitlines()[-1])["result"]
    assert (result["status"], result["best_epoch"]) == ("stopped", 1)

    refused = run("train", "--resume", result["run_folder"], "--batch-size", "8", code=2)
    assert "another value was given for --batch-size" in " ".join(refused.stderr.split())
    done = len(result["history"]) + 1
    same, other = ("--image-size", "64"), ("--epochs", str(done), "--threads", "2")
    ended = run("train", drawings, "--resume", result["run_folder"], *same, *other)
    assert f"epoch   {done}/{done}" in ended.stderr
    assert "accuracy" in ended.stdout
    assert RunFolder(Path(result["run_folder"])).read_record().config.threads == 2

    again = " ".join(run("train", "--resume", result["run_folder"]).stderr.split())
    assert f"The run's {done} epochs are done: its model is tested once more." in again


def test_a_failed_run_ends_with_1(drawings: Path, tmp_path: Path) -> None:
    args = [
        "--optimiser",
        "sgd",
        "--learning-rate",
        "10",
        "--epochs",
        "50",
        "--patience",
        "0",
        "--image-size",
        "48",
        "--out",
        tmp_path,
    ]
    done = run("train", drawings, *args, code=1)
    assert "no longer a finite number" in done.stderr
    assert "--resume" in done.stdout


def test_a_terminal_gets_bars(drawings: Path) -> None:
    """In a pipe there is none of that; on a terminal a bar moves."""
    parent, child = pty.openpty()
    process = subprocess.Popen([*CLI, "inspect", str(drawings)], stdout=subprocess.PIPE, stderr=child)
    os.close(child)
    seen, deadline = b"", time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([parent], [], [], 0.1)[0]:
            try:
                seen += os.read(parent, 4096)
            except OSError:
                break
        elif process.poll() is not None:
            break
    process.communicate(timeout=60)
    os.close(parent)
    assert b"Reading photos" in seen
    assert run("inspect", drawings).stderr == ""


@pytest.mark.slow
@pytest.mark.real
def test_the_zip_of_real_photos_is_inspected_as_it_is(real_zip: Path) -> None:
    table = as_json("inspect", real_zip)
    assert table["classes"] == {"cat": 8000, "dog": 8000}
    assert table["splits"]["test"] == {"cat": 1200, "dog": 1200}
    assert table["problems"] == []


def test_classes_are_chosen_and_photos_left_out(drawings: Path, tmp_path: Path) -> None:
    root = tmp_path / "animals"
    shutil.copytree(drawings / "cats", root / "cats")
    shutil.copytree(drawings / "dogs", root / "dogs")
    shutil.copytree(drawings / "dogs", root / "wolves")
    assert "3 classes were found: cat, dog, wolves." in run("inspect", root, code=1).stderr
    out = sorted(path.relative_to(root).as_posix() for path in (root / "cats").iterdir())[:2]
    which = ["--class-folder", "cats", "--class-folder", "wolves/"]
    without = ["--leave-out", out[0], "--leave-out", root / out[1]]
    table = as_json("inspect", root, *which, *without)
    assert table["classes"] == {"cat": 38, "wolves": 40}
    assert (table["class_folders"], table["left_out"]) == (["cats", "wolves"], out)
    assert as_json("inspect", root / "dogs", root / "cats")["classes"] == {"cat": 40, "dog": 40}
    refusal = run("inspect", root / "dogs", root / "cats", *which, code=2).stderr
    assert "Two folders are two classes by themselves." in refusal

    quick = ["--epochs", "1", "--image-size", "48", "--recipe", "classic", "--threads", "1", "--out", tmp_path]
    run("train", root, *which, *without, *quick)
    [folder] = [path.parent for path in tmp_path.glob("*/config.json")]
    split = json.loads((folder / "split.json").read_text())
    assert {photo["path"].split("/")[0] for photo in split["photos"]} == {"cats", "wolves"}
    assert not {photo["path"] for photo in split["photos"]} & set(out)
    model = folder / "model.safetensors"
    assert as_json("evaluate", model, root, *which, *without)["photos"] == 12  # the model's own test photos
    assert (
        "Tested on too few photos. 12 test photos say little" in run("evaluate", model, root, *which, *without).stdout
    )
    shutil.rmtree(root / "dogs")  # is none of the run's business
    assert "No dataset was named." in run("train", "--resume", folder, *which, code=2).stderr
    refusal = run("train", root, "--resume", folder, *without[:2], code=2).stderr
    assert "another value was given for --leave-out" in refusal
    done = run("train", root, *which, *without, "--resume", folder, "--epochs", "2", "--json").stdout
    assert json.loads(done.splitlines()[-1])["result"]["status"] == "completed"
