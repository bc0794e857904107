"""`catdog-cli prepare`, `runs import`: out to another machine and back."""

import shutil
from pathlib import Path

from tests.cli.command import run
from trainer.core.config import AugmentConfig
from trainer.core.results import RunResult
from trainer.storage.run_folder import RunFolder


def test_a_run_is_prepared_for_another_machine(drawings: Path, tmp_path: Path) -> None:
    said = run("prepare", drawings, "--out", tmp_path, "--epochs", 3, "--augment", "light").stdout
    [path] = tmp_path.iterdir()
    assert str(path / "README.txt") in said.replace("\n", "")
    config = RunFolder(path).read_record().config
    assert (config.epochs, config.augment) == (3, AugmentConfig.level("light"))
    said = run("runs", "import", path, "--runs", tmp_path / "runs", code=1).stderr
    assert "has not begun" in said


def test_a_finished_run_is_imported(finished_run: RunResult, tmp_path: Path) -> None:
    assert finished_run.run_folder is not None
    shutil.copytree(finished_run.run_folder, tmp_path / "back")
    said = run("runs", "import", tmp_path / "back", "--runs", tmp_path / "runs").stdout
    [path] = (tmp_path / "runs").iterdir()
    assert str(path / "model.safetensors") in said.replace("\n", "")
    assert path.name in run("runs", "--runs", tmp_path / "runs").stdout
