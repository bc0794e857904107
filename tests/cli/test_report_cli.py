"""`catdog-cli report`: where it goes, what it leaves alone, and what it says."""

import shutil
from pathlib import Path

import pytest

from tests.cli.command import run
from trainer.files.paths import runs_folder


@pytest.fixture
def one(finished_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a run called "one" in the usual runs folder, without a report."""
    monkeypatch.setenv("CATDOG_HOME", str(tmp_path / "home"))
    folder = Path(shutil.copytree(finished_model.parent, runs_folder() / "one"))
    (folder / "report.html").unlink()
    return folder


def test_a_report_lies_in_the_runs_folder_or_where_it_was_asked_for(one: Path, tmp_path: Path) -> None:
    assert run("report", "one").stdout == f"{one / 'report.html'}\n"
    whole = (one / "report.html").read_text(encoding="utf-8")
    assert "data:image/jpeg" in whole
    out = tmp_path / "to hand on.html"
    run("report", one, "--private", "--out", out)
    assert "data:image/jpeg" not in out.read_text(encoding="utf-8")
    assert (one / "report.html").read_text(encoding="utf-8") == whole
    run("report", "one", "--private", "--out", out)


def test_what_is_refused_in_a_sentence(one: Path, tmp_path: Path) -> None:
    thesis = tmp_path / "thesis.html"
    thesis.write_text("years of work", encoding="utf-8")
    said = run("report", "one", "--out", thesis, code=2).stderr
    assert "is there already, and is no report of CatDog." in said
    assert thesis.read_text(encoding="utf-8") == "years of work"
    run("report", "one", "--out", thesis, "--force")
    assert "years of work" not in thesis.read_text(encoding="utf-8")
    assert "There is no run nowhere" in run("report", "nowhere", code=1).stderr
    (one / "config.json").write_text("{}", encoding="utf-8")
    assert "is damaged" in run("report", "one", code=1).stderr
