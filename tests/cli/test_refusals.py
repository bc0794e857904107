"""What the command line says where something may not be read or written, and where an option does not exist."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.cli.command import run, run_together
from trainer.cli.console import shown
from trainer.cli.options import meant
from trainer.core.results import RunResult
from trainer.core.text import text

# Root may read everything, unless it gives up that right.
_AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
_WITHOUT_RIGHTS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if _AS_ROOT else []
needs_permissions = pytest.mark.skipif(
    os.name != "posix" or (_AS_ROOT and shutil.which("setpriv") is None), reason="permissions must count"
)


@pytest.fixture
def place(drawings: Path, finished_model: Path) -> Iterator[Path]:
    """Return a folder with files and folders that nobody may read, and one that nobody may write to."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(drawings / "cats" / "cat.0000.jpg", folder / "photo.jpg")
        shutil.copy(finished_model, folder / "model.safetensors")
        (folder / "set.zip").write_bytes(b"PK")
        (folder / "table.csv").write_bytes(b"path,class,probability\n")
        (folder / "locked").mkdir()
        (folder / "fixed").mkdir()
        for path in folder.iterdir():
            path.chmod(0)
        (folder / "fixed").chmod(0o555)
        yield folder
        for path in folder.iterdir():
            path.chmod(0o755)


def refused(*commands: Sequence[str | Path], code: int) -> list[str]:
    """Return the one sentence that each of some commands ends with, without the right to read everything."""
    said = []
    for done in run_together(*commands, within=_WITHOUT_RIGHTS):
        assert done.returncode == code, done.stdout + done.stderr
        assert done.stderr.startswith("Error: ")
        assert done.stderr.count("\n") == 1
        said.append(done.stderr)
    return said


@needs_permissions
def test_what_may_not_be_read_is_one_sentence_with_the_remedy(
    place: Path, drawings: Path, finished_model: Path
) -> None:
    asked: list[tuple[list[str | Path], str]] = [
        (["inspect", place / "set.zip"], "set.zip"),
        (["inspect", place / "locked"], "locked"),
        (["train", place / "set.zip"], "set.zip"),
        (["predict", place / "photo.jpg", "--model", finished_model], "photo.jpg"),
        (["predict", place / "locked", "--model", finished_model], "locked"),
        (["predict", drawings / "cats", "--model", place / "model.safetensors"], "model.safetensors"),
        (["info", place / "model.safetensors"], "model.safetensors"),
        (["evaluate", place / "model.safetensors", drawings], "model.safetensors"),
        (["models", "import", place / "model.safetensors"], "model.safetensors"),
    ]
    for said, (_, named) in zip(refused(*(args for args, _ in asked), code=1), asked, strict=True):
        assert named in said
        assert "permissions" in said


@needs_permissions
def test_a_table_that_may_not_be_read_is_left_as_it_is(place: Path, drawings: Path, finished_model: Path) -> None:
    args = ["predict", drawings / "cats", "--model", finished_model, "--csv", place / "table.csv"]
    [said] = refused(args, code=2)
    assert "Name another file after --csv." in said


@needs_permissions
def test_a_folder_for_runs_that_may_not_be_written_to_is_named_with_the_remedy(place: Path, drawings: Path) -> None:
    [said] = refused(["train", drawings, "--epochs", "1", "--image-size", "48", "--out", place / "fixed"], code=1)
    assert str(place / "fixed") in said
    assert "permissions" in said
    assert "--out" in said


@needs_permissions
def test_a_model_that_may_not_be_deleted_is_named_with_the_remedy(place: Path, finished_model: Path) -> None:
    kept = place / "kept"
    kept.mkdir()
    shutil.copy(finished_model, kept / "mine.safetensors")
    kept.chmod(0o555)
    [done] = run_together(["models", "delete", "--yes", kept / "mine.safetensors"], within=_WITHOUT_RIGHTS)
    assert done.returncode == 1
    assert f"{kept / 'mine.safetensors'} cannot be deleted" in done.stderr
    assert "change the permissions of its folder" in done.stderr
    assert (kept / "mine.safetensors").exists()


@needs_permissions
def test_a_run_that_may_not_be_written_to_is_not_resumed_and_says_why(place: Path, finished_run: RunResult) -> None:
    run = place / "run"
    shutil.copytree(str(finished_run.run_folder), run)
    files = [run, *run.iterdir()]
    for path in files:
        path.chmod(0o555)
    [said] = refused(["train", "--resume", run, "--epochs", "3"], code=1)
    assert f"{run} cannot be written to" in said
    assert "Change its permissions, or copy it to a folder that you may write to." in said
    run.chmod(0)
    [said] = refused(["train", "--resume", run], code=1)
    assert "Change its permissions." in said
    for path in files:
        path.chmod(0o755)


@pytest.mark.parametrize(
    ("given", "options"),
    [
        ("--lr", ["--learning-rate"]),
        ("--bs", ["--batch-size"]),
        ("--rate", ["--learning-rate"]),
        ("--learning", ["--learning-rate"]),
        ("--rotatoin", ["--rotation"]),
        ("--batchsize", ["--batch-size"]),
        ("--foo", []),
    ],
)
def test_only_options_that_may_have_been_meant_are_suggested(given: str, options: list[str]) -> None:
    known = ["--learning-rate", "--batch-size", "--rotation", "--crop", "--flip", "--help", "-h", "--blending"]
    assert meant(given, known) == options


def test_the_suggestion_is_said() -> None:
    done = run("train", "x", "--lr", "1", code=2)
    assert "Possible options: --learning-rate)" in done.stderr


def test_a_sentence_keeps_its_own_lines_and_a_name_in_it_has_none() -> None:
    assert (
        shown(text("In {name}:\n{what}", name=Path("a\nb"), what=text("so\n{x}", x="\x1b"))) == "In a\\nb:\nso\n\\x1b"
    )
    assert shown("a\nb") == "a\\nb"
