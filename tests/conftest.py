"""What all tests share: a home of their own, a small drawn dataset, one short run, and the real photos."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from trainer.core.config import AugmentConfig, TrainConfig
from trainer.core.results import RunResult

# Where several processes share the tests, the threads of one would wait for those of another in every operation. To be
# set before torch is loaded.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# How long an example takes says more about what else the machine does.
settings.register_profile("untimed", parent=settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("untimed")

REAL = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's runs, caches and settings out of reach."""
    monkeypatch.setenv("CATDOG_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of 80 drawings, cats/ and dogs/."""
    from trainer.drawings.samples import draw_dataset

    folder = tmp_path_factory.mktemp("drawings") / "set"
    draw_dataset(folder, count=80, seed=7)
    return folder


@pytest.fixture
def small_config(drawings: Path) -> Callable[..., TrainConfig]:
    """Return a maker of settings for runs of seconds: 48 pixels, two epochs, one thread, float32."""

    def make(**given: Any) -> TrainConfig:
        usual: dict[str, Any] = {"epochs": 2, "image_size": 48, "batch_size": 16, "threads": 1, "precision": "float32"}
        return TrainConfig.from_mapping({"dataset": str(drawings), **usual, **given})

    return make


@pytest.fixture(scope="session")
def finished_run(drawings: Path, tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    """Return one completed run of two epochs on the drawings. Tests only read it, or copy its files."""
    from trainer.training.loop import train

    home = tmp_path_factory.mktemp("finished")
    before = os.environ.get("CATDOG_HOME")
    os.environ["CATDOG_HOME"] = str(home)
    try:
        config = TrainConfig(
            dataset=str(drawings), epochs=2, image_size=48, batch_size=16, threads=1, augment=AugmentConfig.level("off")
        )
        result = train(config, out=home / "runs")
    finally:
        if before is None:
            del os.environ["CATDOG_HOME"]
        else:
            os.environ["CATDOG_HOME"] = before
    assert result.status == "completed", result.error
    return result


@pytest.fixture
def finished_model(finished_run: RunResult) -> Path:
    """Return the model file of the finished run."""
    assert finished_run.model is not None
    return Path(finished_run.model)


@pytest.fixture(scope="session")
def real_photos() -> Path:
    """Return the small split of real photos, or skip."""
    return _there(REAL / "dogs-vs-cats-small")


@pytest.fixture(scope="session")
def real_zip() -> Path:
    """Return the zip of 16,000 real photos, or skip."""
    return _there(REAL / "dogs-vs-cats-16k-200px.zip")


def _there(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"the real photos are not on this machine ({path.name})")
    return path
