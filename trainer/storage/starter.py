"""The model that comes with CatDog, so that it is useful before anybody has trained anything."""

from pathlib import Path

from trainer.files.resources import resource

NAME = "starter.safetensors"
TITLE = "Starter model"


def starter_model() -> Path | None:
    """Return the starter model's file, or None in a copy of CatDog without one."""
    path = resource("models", NAME)
    return path if path.is_file() else None
