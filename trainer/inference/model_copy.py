"""Copies of models with other limits of "not sure", or with another threshold between the classes."""

from pathlib import Path

from trainer.core.text import text
from trainer.inference.coverage import moved
from trainer.storage.model_changes import new_model_file, rename_model
from trainer.storage.model_description import read_description
from trainer.storage.model_file import save_with_limits
from trainer.storage.model_list import describe_model


def save_copy(model: Path, target: Path, *, strictness: float = 0.0, threshold: float | None = None) -> None:
    """Save a copy of a model whose limits are so many logits stricter; bolder below 0. None keeps its threshold.

    Raises ModelFileError, SettingError where the target exists, and DiskError.
    """
    limits = read_description(model).limits
    save_with_limits(model, target, moved(limits, strictness) if strictness else limits, threshold)


def copy_with_strictness(model: Path, strictness: float) -> Path:
    """Save such a copy beside the models that were imported, called after the model, and return its path.

    It never takes the place of another. Raises ModelFileError and DiskError.
    """
    title, amount = describe_model(model).title, f"{abs(strictness):g}"
    target = new_model_file("stricter" if strictness > 0 else "bolder")
    save_copy(model, target, strictness=strictness)
    longer = text("{title}, stricter by {amount}", title=title, amount=amount)
    shorter = text("{title}, bolder by {amount}", title=title, amount=amount)
    rename_model(target, str(longer if strictness > 0 else shorter))
    return target


def copy_with_threshold(model: Path, threshold: float) -> Path:
    """Save a copy with this threshold in the same way. Raises ModelFileError and DiskError."""
    target = new_model_file("threshold")
    save_copy(model, target, threshold=threshold)
    named = {"title": describe_model(model).title, "class_name": read_description(model).classes[1]}
    rename_model(target, str(text("{title}, {class_name} from {threshold:.0%}", threshold=threshold, **named)))
    return target
