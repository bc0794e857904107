"""Sorting, undoing and watching as people use them: real processes."""

import shutil
import signal
import subprocess
from pathlib import Path

from tests.cli.command import CLI, as_json, run
from tests.sorting.faults import tree
from trainer.sorting.journal import list_journals


def heap_of(drawings: Path, folder: Path) -> Path:
    folder.mkdir()
    for kind in ("cats", "dogs"):
        for path in sorted((drawings / kind).iterdir())[:4]:
            shutil.copy2(path, folder / f"{kind}-{path.name}")
    (folder / "broken.jpg").write_bytes(b"no photo")
    return folder


def test_photos_are_previewed_sorted_and_put_back(drawings: Path, finished_model: Path, tmp_path: Path) -> None:
    heap, to = heap_of(drawings, tmp_path / "heap"), tmp_path / "sorted"
    before = tree(heap)
    asked = ("sort", heap, "--to", to, "--model", finished_model)
    preview = run(*asked, "--dry-run", code=1)
    assert "broken.jpg" in preview.stderr
    assert "Room:" in preview.stdout
    assert not to.exists()
    plan = as_json(*asked, "--dry-run", code=1)["plan"]
    assert sum(plan["photos"].values()) == 8
    refused = run(*asked, "--move", code=2)
    assert "Add --yes" in refused.stderr
    done = as_json(*asked, "--move", "--yes", code=1)
    assert (done["result"]["photos"], [Path(each["path"]).name for each in done["problems"]]) == (8, ["broken.jpg"])
    assert sorted(tree(heap)) == ["broken.jpg"]
    assert "8 photos" in run("undo", "--list").stdout
    assert as_json("undo", "--list")[0]["state"] == "sorted"
    assert "8 files are as they were before" in run("undo").stderr
    assert tree(heap) == before
    assert not to.exists()
    assert "Nothing was sorted" in run("undo", code=2).stderr


def test_verdicts_become_keywords_and_levels_only_where_asked(
    drawings: Path, finished_model: Path, tmp_path: Path
) -> None:
    heap, to = heap_of(drawings, tmp_path / "heap"), tmp_path / "sorted"
    asked = ("sort", heap, "--to", to, "--model", finished_model, "--by", "certainty")
    run(*asked, code=1)
    assert not list(to.rglob("*.xmp"))
    assert all(path.parent.parent.parent == to or path.parent.name == "not sure" for path in to.rglob("*.jpg"))
    run("undo")
    run(*asked, "--write-keywords", "--link", code=1)
    sure = [path for path in to.rglob("*.jpg") if path.parent.name != "not sure"]
    assert sure
    assert all(path.with_name(f"{path.name}.xmp").is_file() for path in sure)


def test_wrong_requests_are_refused(tmp_path: Path) -> None:
    assert "exclude each other" in run("sort", tmp_path, "--to", tmp_path, "--move", "--link", code=2).stderr
    assert "is not known" in run("sort", tmp_path, "--to", tmp_path, "--by", "colour", code=2).stderr
    assert "no photos" in run("sort", tmp_path, "--to", tmp_path / "x", code=1).stderr
    assert "no folder" in run("watch", tmp_path / "none", "--to", tmp_path, code=1).stderr
    assert "cannot be read" in run("undo", tmp_path / "none.jsonl", code=1).stderr


def test_a_watch_sorts_what_arrives_until_ctrl_c(drawings: Path, finished_model: Path, tmp_path: Path) -> None:
    inbox, to = tmp_path / "inbox", tmp_path / "sorted"
    inbox.mkdir()
    args = ["watch", inbox, "--to", to, "--move", "--model", finished_model]
    process = subprocess.Popen([*CLI, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "Watching" in process.stderr.readline()
    shutil.copy2(min((drawings / "cats").iterdir()), inbox / "arrived.jpg")
    assert process.stdout is not None
    assert "arrived.jpg" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert output == ""
    assert "1 photo was sorted" in errors
    assert list_journals()[0].state == "sorted"
    run("undo")
    assert (inbox / "arrived.jpg").is_file()
