"""Which model the benchmarks ask: the one named, else the starter model, else a classic one made for the purpose."""

import shutil
import tempfile
from pathlib import Path

from tests.benchmarks.harness import engine, options, subsets
from tests.benchmarks.harness.results import FOLDER
from trainer.storage.starter import starter_model

_CLASSIC = FOLDER / "classic.safetensors"
_PHOTOS_EACH = 100


def model_to_ask(named: Path | None, dataset: Path) -> Path:
    """Return a model file. How good it is does not matter here, so a classic one learns from a few photos only."""
    if named is not None:
        return named.absolute()
    starter = starter_model()
    if starter is not None:
        return starter
    if not _CLASSIC.is_file():
        options.say("There is no starter model; a classic one is trained for one epoch on a few photos.")
        with tempfile.TemporaryDirectory() as folder:
            few = subsets.few(dataset, Path(folder) / "few", each=_PHOTOS_EACH)
            model = engine.train(few, Path(folder), ["--recipe", "classic", "--epochs", "1"]).model
            assert model is not None
            FOLDER.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(model, _CLASSIC)
    return _CLASSIC


def title(model: Path) -> str:
    """Return what tables call a model."""
    return f"{model.stem} model"
