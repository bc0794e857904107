"""What the tests of several ranks share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def few_drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return 58 drawings: of 42 for training, the last batch has fewer shards than the others."""
    from trainer.drawings.samples import draw_dataset

    folder = tmp_path_factory.mktemp("few") / "set"
    draw_dataset(folder, count=58, seed=3)
    return folder
