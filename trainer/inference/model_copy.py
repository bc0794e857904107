"""Copies of models with other limits of "not sure"."""

from pathlib import Path

from trainer.core.text import text
from trainer.inference.coverage import moved
from trainer.storage.model_changes import new_model_file, rename_model
from trainer.storage.model_description import read_description
from trainer.storage.model_file import save_with_limits
from trainer.storage.model_list import describe_model


def save_with_strictness(model: Path, target: Path, strictness: float) -> None:
    """Save a copy of a model whose limits are so many logits stricter; bolder below 0.

    Raises ModelFileError, SettingError where the target exists, and DiskError.
    """
    save_with_limits(model, target, moved(read_description(model).limits, strictness))


def copy_with_strictness(model: Path, strictness: float) -> Path:
    """Save such a copy beside the models that were imported, called after the model, and return its path.

    It never takes the place of another. Raises ModelFileError and DiskError.
    """
    title, amount = describe_model(model).title, f"{abs(strictness):g}"
    target = new_model_file("stricter" if strictness > 0 else "bolder")
    save_with_strictness(model, target, strictness)
    longer = text("{title}, stricter by {amount}", title=title, amount=amount)
    shorter = text("{title}, bolder by {amount}", title=title, amount=amount)
    rename_model(target, str(longer if strictness > 0 else shorter))
    return target
