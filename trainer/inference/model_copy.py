"""Copies of models with other limits of "not sure", kept beside the models that were imported."""

from pathlib import Path

from trainer.core.text import text
from trainer.files.paths import models_folder
from trainer.inference.coverage import moved
from trainer.storage.model_changes import rename_model
from trainer.storage.model_description import read_description
from trainer.storage.model_file import save_with_limits
from trainer.storage.model_list import ENDING, describe_model


def copy_with_strictness(model: Path, strictness: float) -> Path:
    """Save a copy of a model whose limits are so many logits stricter (bolder below 0), and return its path.

    It is called after the model and never takes the place of another. Raises ModelFileError and DiskError.
    """
    entry = describe_model(model)
    name = "stricter" if strictness > 0 else "bolder"
    folder, number = models_folder(), 1
    target = folder / f"{name}{ENDING}"
    while target.exists():
        number += 1
        target = folder / f"{name} {number}{ENDING}"
    save_with_limits(model, target, moved(read_description(model).limits, strictness))
    amount = f"{abs(strictness):g}"
    longer = text("{title}, stricter by {amount}", title=entry.title, amount=amount)
    shorter = text("{title}, bolder by {amount}", title=entry.title, amount=amount)
    rename_model(target, str(longer if strictness > 0 else shorter))
    return target
