"""Labelling from the command line: the state, what is said, what is accepted, and what comes of it."""

from pathlib import Path

import pytest

from tests.cli.command import as_json, run
from tests.cli.test_sort_cli import heap_of
from trainer.storage.starter import starter_model

pytestmark = pytest.mark.skipif(starter_model() is None, reason="this copy has no starter model")


def test_a_folder_is_labelled_exported_and_opened_as_a_dataset(drawings: Path, tmp_path: Path) -> None:
    heap = heap_of(drawings, tmp_path / "heap")
    shown = run("label", heap)
    assert "8 photos in" in shown.stdout
    assert "broken.jpg" in shown.stderr
    photos = sorted(heap.glob("*s-*"))
    said = [f"--say={'cat' if 'cats' in path.name else 'dog'}={path}" for path in photos[:3] + photos[-3:]]
    state = as_json("label", heap, *said, "--say", f"neither={photos[3]}", "--say", f"skipped={photos[4]}")
    assert state["labelled"] == {"cat": 3, "dog": 3, "neither": 1, "skipped": 1}
    assert (state["photos"], state["without_label"], state["most_helpful"]) == (8, 0, [])
    assert as_json("label", heap, "--undo")["without_label"] == 1
    labels = Path(state["labels"])
    assert "3" in run("inspect", labels).stdout
    run("label", labels, "--to-folders", tmp_path / "out", "--to-csv", tmp_path / "out.csv")
    assert len(list((tmp_path / "out" / "cats").iterdir())) == 3
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 7
    assert as_json("inspect", tmp_path / "out.csv")["classes"] == as_json("inspect", labels)["classes"]
    said = [each.replace("=cat=", "=kitten=").replace("=dog=", "=puppy=") for each in said]
    accepted = as_json("label", heap, "--name", "other", "--classes", "kitten,puppy", *said, "--accept", "50")
    assert accepted["without_label"] == 0


def test_wrong_requests_are_refused(drawings: Path, tmp_path: Path) -> None:
    heap = heap_of(drawings, tmp_path / "heap")
    assert "none of cat, dog" in run("label", heap, "--say", "cow=x.jpg", code=2).stderr
    assert "not among the photos" in run("label", heap, "--say", "cat=x.jpg", code=2).stderr
    (tmp_path / "mine.csv").write_text("mine")
    refused = run("label", heap, "--to-csv", tmp_path / "mine.csv", code=2)
    assert "left as it is" in refused.stderr
    assert (tmp_path / "mine.csv").read_text() == "mine"
    assert "two classes" in run("label", heap, "--name", "other", "--classes", "cat", code=2).stderr


def test_labels_may_begin_without_a_photo_that_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "heap").mkdir()
    (tmp_path / "heap" / "no photo.jpg").write_text("no photo")
    said = run("label", tmp_path / "heap")
    assert "no photo.jpg" in said.stderr
    assert "0 photos in" in said.stdout
