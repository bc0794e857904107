"""What several tests of datasets begin with."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def folder(drawings: Path, tmp_path: Path) -> Path:
    """Return a small dataset of one's own, five drawings of each class, to be changed."""
    for name in ("cats", "dogs"):
        (tmp_path / "set" / name).mkdir(parents=True)
        for photo in sorted((drawings / name).iterdir())[:5]:
            shutil.copy(photo, tmp_path / "set" / name)
    return tmp_path / "set"
