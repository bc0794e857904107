"""The shipped files, as the window's parts ask for them."""

from trainer.files.resources import resource

__all__ = ["resource"]
