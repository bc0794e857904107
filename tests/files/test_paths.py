"""Where things are kept: the system's folders, or all below CATDOG_HOME."""

from pathlib import Path

import platformdirs
import pytest

from trainer.files import paths


def test_the_systems_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CATDOG_HOME")
    assert paths.runs_folder() == platformdirs.user_data_path("CatDog", appauthor=False) / "runs"
    assert paths.models_folder() == platformdirs.user_data_path("CatDog", appauthor=False) / "models"
    assert paths.cache_folder() == platformdirs.user_cache_path("CatDog", appauthor=False)
    assert paths.log_folder() == platformdirs.user_log_path("CatDog", appauthor=False)


def test_a_home_of_ones_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CATDOG_HOME", str(tmp_path))
    folders = {paths.runs_folder(), paths.models_folder(), paths.cache_folder(), paths.log_folder()}
    assert len(folders) == 4
    assert all(folder.is_relative_to(tmp_path) for folder in folders)
