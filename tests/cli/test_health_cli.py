"""`inspect --health` and answers on the command line."""

import shutil
from pathlib import Path

import pytest

from tests.cli.command import as_json, run
from trainer.storage.starter import starter_model


@pytest.fixture
def drawn(drawings: Path, tmp_path: Path) -> Path:
    """Return 80 drawings, of which one is in the wrong folder, and one in both."""
    folder = Path(shutil.copytree(drawings, tmp_path / "set"))
    (folder / "cats" / "cat.0005.jpg").rename(folder / "dogs" / "odd.jpg")
    shutil.copy(folder / "cats" / "cat.0007.jpg", folder / "dogs" / "both.jpg")
    return folder


@pytest.mark.skipif(starter_model() is None, reason="this copy has no starter model")
def test_health_is_checked_and_answered(drawn: Path, tmp_path: Path) -> None:
    table = as_json("inspect", drawn, "--health")
    health = table["health"]
    assert health["copies"] == [
        {
            "photos": ["cats/cat.0007.jpg", "dogs/both.jpg"],
            "exact": True,
            "in_both_classes": True,
            "in_several_splits": False,
        }
    ]
    assert {"dogs/odd.jpg", "dogs/both.jpg"} <= {doubt["path"] for doubt in health["doubts"]}
    shown = run("inspect", drawn, "--health").stdout
    assert "cats/cat.0007.jpg   =   dogs/both.jpg" in shown
    assert "dogs/odd.jpg: " in shown
    run("inspect", drawn, "--answer", "cat=dogs/odd.jpg", "--answer", "leave-out=dogs/both.jpg")
    answers = tmp_path / "answers.csv"
    assert "2 answers are in" in run("inspect", drawn, "--answers-to", answers).stderr
    assert "leave out" in answers.read_text()
    trained = run("train", drawn, "--epochs", "1", "--image-size", "48", "--out", tmp_path / "runs")
    said = "1 photo counts as the other class, as you said. 2 photos are left out, as you said."
    assert said in trained.stderr, "a copy has the same content, so the answer holds for both"
    run("inspect", drawn, "--undo-answer", "--answers-to", answers)
    assert "leave out" not in answers.read_text()


def test_an_answer_that_makes_no_sense_is_refused(drawn: Path) -> None:
    for answer, refusal in {
        "wolf=dogs/odd.jpg": "wolf is none of cat, dog, leave-out.",
        "dog=cats/no.jpg": "cats/no.jpg is no photo of this dataset.",
    }.items():
        assert refusal in run("inspect", drawn, "--answer", answer, code=2).stderr
