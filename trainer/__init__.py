"""CatDog's engine: from a folder of photos to a model that tells them apart. It never imports Qt.

What is named here is for programs of others, and stays: see resources/manual/programmers.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trainer.core.config import TrainConfig
    from trainer.core.errors import ModelFileError, PhotoError, TrainerError
    from trainer.core.results import Evaluation, Prediction, RunResult
    from trainer.inference.evaluate import evaluate_model
    from trainer.inference.predictor import Predictor
    from trainer.storage.starter import starter_model
    from trainer.training.loop import train

    __version__: str

__all__ = [
    "Evaluation",
    "ModelFileError",
    "PhotoError",
    "Prediction",
    "Predictor",
    "RunResult",
    "TrainConfig",
    "TrainerError",
    "evaluate_model",
    "starter_model",
    "train",
]

_PLACES = {
    "Evaluation": "core.results",
    "ModelFileError": "core.errors",
    "PhotoError": "core.errors",
    "Prediction": "core.results",
    "Predictor": "inference.predictor",
    "RunResult": "core.results",
    "TrainConfig": "core.config",
    "TrainerError": "core.errors",
    "__version__": "core.version",
    "evaluate_model": "inference.evaluate",
    "starter_model": "storage.starter",
    "train": "training.loop",
}


def __getattr__(name: str) -> Any:
    """Return a public name, loaded only when it is asked for: torch takes seconds."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "__version__":
        return import_module("trainer.core.version").version()
    return getattr(import_module(f"trainer.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names too, for those who look around."""
    return sorted({*globals(), *_PLACES})
