"""`catdog-cli models` and `catdog-cli runs`: list, show, note, delete, and a word on what was done."""

import shutil
from pathlib import Path

import pytest

from tests.cli.command import as_json, run
from tests.storage.test_run_list import interrupted_run
from trainer.files.paths import runs_folder


@pytest.fixture
def runs(finished_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the usual runs folder of this test's home, with a finished run, a killed one and a damaged one."""
    monkeypatch.setenv("CATDOG_HOME", str(tmp_path / "home"))
    folder = runs_folder()
    shutil.copytree(finished_model.parent, folder / "one")
    interrupted_run(folder)
    shutil.copytree(finished_model.parent, folder / "broken")
    (folder / "broken" / "model.safetensors").write_bytes(finished_model.read_bytes()[:-9])
    return folder


def test_models_are_listed_the_best_first_with_photos_and_interval(runs: Path, finished_model: Path) -> None:
    rows = as_json("models")
    low = [row["accuracy_interval"][0] if row["accuracy_interval"] else -1 for row in rows]
    assert low == sorted(low, reverse=True)
    own = next(row for row in rows if row["path"] == str(runs / "one" / "model.safetensors"))
    assert (own["training_photos"], own["test_photos"]) == (56, 12)
    damaged = next(row for row in rows if row["path"] == str(runs / "broken" / "model.safetensors"))
    assert "damaged or cut off" in damaged["damage"]
    text = run("models").stdout
    assert "56 + 12 test" in text
    assert "damaged or cut off" in text


def test_rename_says_what_happened(runs: Path) -> None:
    own = runs / "one" / "model.safetensors"
    assert run("models", "rename", own, "Mittens").stdout == "It is called Mittens from now on.\n"
    assert run("models", "rename", own, "").stdout == "It has its usual title again: Classic · set.\n"


def test_runs_are_listed_shown_and_noted(runs: Path) -> None:
    killed = next(path for path in runs.iterdir() if path.name not in {"one", "broken"})
    assert run("runs", "note", "one", "with Anna's photos").stdout == "The note on one is kept.\n"
    rows = {Path(row["path"]).name: row for row in as_json("runs")}
    assert {name: row["status"] for name, row in rows.items()} == {
        "one": "completed",
        killed.name: "interrupted",
        "broken": "damaged",
    }
    assert rows["one"]["note"] == "with Anna's photos"
    assert rows[killed.name]["model"] is None
    text = run("runs").stdout
    assert "with Anna's photos" in text
    assert killed.name in text
    shown = as_json("runs", "show", "one")
    assert shown["settings"]["epochs"] == 2
    assert [row["epoch"] for row in shown["epochs"]] == [1, 2]
    text = run("runs", "show", runs / "one").stdout
    assert "Learning rate" in text
    assert "test photos" in text
    assert "has no note any more" in run("runs", "note", "one", "").stdout
    assert "There is no run nowhere" in run("runs", "show", "nowhere", code=1).stderr


def test_runs_are_deleted_after_a_question(runs: Path) -> None:
    refused = run("runs", "delete", "one", code=1)  # nobody answers
    assert "Delete this for good?" in refused.stderr
    assert (runs / "one").is_dir()
    assert run("runs", "delete", "one", "broken", "--yes").stdout == "2 were deleted.\n"
    assert not (runs / "one").exists()
    assert len(list(runs.iterdir())) == 1


def test_models_delete_takes_the_run_along_and_refuses_other_files(runs: Path, tmp_path: Path) -> None:
    thesis = tmp_path / "thesis.txt"
    thesis.write_text("years of work", encoding="utf-8")
    run("models", "delete", runs / "one" / "model.safetensors", thesis, "--yes", code=1)
    assert thesis.is_file()
    assert (runs / "one").is_dir()
    run("models", "delete", runs / "one" / "model.safetensors", runs / "broken" / "model.safetensors", "--yes")
    assert not (runs / "one").exists()
    assert not (runs / "broken").exists()
