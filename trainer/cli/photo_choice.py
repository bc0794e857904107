"""How the commands are told which photos to look at, and with which model."""

from pathlib import Path
from typing import Annotated

import typer

from trainer.cli.console import say_note
from trainer.core.errors import DatasetError, ModelFileError
from trainer.core.progress import Cancelled
from trainer.dataset.photo_finder import find_photos
from trainer.dataset.records import Problem
from trainer.storage.run_list import list_runs
from trainer.storage.starter import starter_model

GivenPhotos = Annotated[
    list[Path],
    typer.Argument(
        metavar="PHOTO_OR_FOLDER...", help="Photos, or folders of them.", show_default=False, readable=False
    ),
]
Model = Annotated[
    Path | None,
    typer.Option(
        help="The model to use. By default: the one that comes with CatDog.", show_default=False, readable=False
    ),
]
Recursive = Annotated[bool, typer.Option("--recursive", "-r", help="Search subfolders too.")]
Device = Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")]


def find_given(given: list[Path], *, recursive: bool, cancelled: Cancelled) -> tuple[list[Path], list[Problem]]:
    """Return the photos among the given files and in the given folders, and what could not be looked into.

    Raises DatasetError for a folder without any photo, and CancelledError.
    """
    photos: list[Path] = []
    problems: list[Problem] = []
    for path in given:
        before = len(photos) + len(problems)
        for found in find_photos([path], recursive=recursive, cancelled=cancelled):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                photos.append(found)
        if len(photos) + len(problems) == before:
            deeper = "" if recursive else " Try --recursive to search its subfolders too."
            raise DatasetError(f"There are no photos in {path}.", remedy=f"Name a folder of photos.{deeper}", path=path)
    return photos, problems


def default_model() -> Path:
    """Return the starter model; in a copy of CatDog without one, that of the latest run. Raises ModelFileError."""
    starter = starter_model()
    if starter is not None:
        return starter
    for run in list_runs():
        if run.model is not None:
            say_note(f"Using the model of your latest run, {run.model}.")
            return run.model
    raise ModelFileError(
        "There is no model yet.", remedy="Train one with catdog-cli train DATASET, or name one with --model."
    )
