"""Does once what CatDog can do with torch, and prints the name of every module that was imported on the way."""

# ruff: noqa: PLC0415 - the folder has to be set before the engine is imported

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def main() -> None:
    """Train, evaluate and classify drawings in a folder that is deleted afterwards."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["CATDOG_HOME"] = home
        _work(Path(home))
    sys.stdout.write("\n".join(sorted(sys.modules)) + "\n")


def _work(home: Path) -> None:
    from trainer.core.recipes import RECIPES, recipe
    from trainer.drawings.samples import draw_dataset
    from trainer.inference.predictor import Predictor
    from trainer.training import loop

    draw_dataset(home / "drawings", count=24)
    for name in RECIPES:
        result = loop.train(recipe(name).config(str(home / "drawings"), epochs=1, batch_size=8, image_size=64))
        assert result.model is not None, result.error
        Predictor.load(Path(result.model)).predict_one(next((home / "drawings").rglob("*.jpg")))


if __name__ == "__main__":
    main()
