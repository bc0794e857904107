"""Learning from corrections on the command line."""

from pathlib import Path

import pytest

from tests.cli.command import as_json, run
from trainer.drawings.samples import draw_dataset
from trainer.labelling.collection import remember
from trainer.storage.starter import starter_model

pytestmark = pytest.mark.skipif(starter_model() is None, reason="this copy has no starter model")


def test_corrections_make_a_run_and_show_before_and_after(tmp_path: Path, finished_model: Path) -> None:
    assert "no corrections" in run("learn", code=1).stderr
    draw_dataset(tmp_path / "drawn", count=20)
    remember(("cat", "dog"), "first", sorted((tmp_path / "drawn" / "cats").rglob("*.jpg")))
    remember(("cat", "dog"), "second", sorted((tmp_path / "drawn" / "dogs").rglob("*.jpg")))
    shown = run("learn", "--out", tmp_path / "runs")
    assert "old photos" in shown.stdout
    assert "corrections" in shown.stdout
    made = as_json("learn", "--out", tmp_path / "runs")
    assert made["judgement"] in ("better", "same")
    assert made["report"]["old"]["photos"] == 500
    verdicts = as_json("predict", tmp_path / "drawn" / "cats", "--model", made["model"], "--recursive")
    assert sum(verdict["class"] == "cat" for verdict in verdicts) >= 8
    assert "whole network" in run("learn", "--model", finished_model, code=1).stderr
