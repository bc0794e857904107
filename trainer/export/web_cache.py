"""The page of the model in use, made when it is first wanted and kept: the window opens it for the camera."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from trainer.core.version import version
from trainer.export.onnx_file import unproven_onnx
from trainer.export.page_folder import PAGE
from trainer.export.web import write_page
from trainer.storage.model_description import read_metadata


def kept_page(model: Path, folder: Path, *, say: Callable[[str], str] = str, language: str = "en") -> Path:
    """Return the page of a model below a folder, made there unless this version of CatDog has in this language.

    It is not proved, which would take minutes: what is exported to be handed on is. Raises ModelFileError and
    DiskError.
    """
    read_metadata(model)  # which says what is wrong with a file that is no model
    digest = hashlib.sha256(model.read_bytes()).hexdigest()[:16]
    page = folder / f"{digest}-{version()}-{language}" / PAGE
    if not page.is_file():
        write_page(page.parent, *unproven_onnx(model), say=say, language=language)
    return page
