"""`catdog-cli predict`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from trainer.cli.console import AsJson, interruptible, percent, print_json, progress_bar, say, say_error, say_note
from trainer.core.errors import DatasetError, ModelFileError, SettingError
from trainer.core.progress import Cancelled
from trainer.core.results import Prediction
from trainer.core.text import plural
from trainer.dataset.photo_finder import find_photos
from trainer.dataset.records import Problem
from trainer.files.atomic import write_atomically
from trainer.inference.verdict_table import as_csv, is_csv_table
from trainer.storage.run_list import list_runs
from trainer.storage.starter import starter_model


def predict(
    photos: Annotated[
        list[Path],
        typer.Argument(
            metavar="PHOTO_OR_FOLDER...", help="Photos, or folders of them.", show_default=False, readable=False
        ),
    ],
    *,
    model: Annotated[
        Path | None,
        typer.Option(
            help="The model to use. By default: the one that comes with CatDog.", show_default=False, readable=False
        ),
    ] = None,
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Search subfolders too.")] = False,
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
    json: AsJson = False,
    table: Annotated[
        Path | None,
        typer.Option(
            "--csv", metavar="FILE", help="Write a table for spreadsheets.", show_default=False, readable=False
        ),
    ] = None,
    workbook: Annotated[
        Path | None,
        typer.Option(
            "--xlsx",
            metavar="FILE",
            help="Write a spreadsheet, with a small image of each photo.",
            show_default=False,
            readable=False,
        ),
    ] = None,
) -> None:
    """Classify photos: print the class of each with its probability, or that the model is not sure.

    In JSON and CSV, "probability" is that of the model's second class (for cats and dogs: dog), from 0 to 1; the
    probability of each class is given by name too. Where the model is not sure, "class" is empty, "nearest_class" is
    the more probable one, and "reason" says why. In CSV, a text that a spreadsheet would take for a formula has an
    apostrophe before it, and such a path has "./".
    """
    if table is not None:
        _refuse_overwriting(table, is_csv_table, "--csv")
    if workbook is not None:
        from trainer.inference.verdict_workbook import is_workbook  # noqa: PLC0415 - brings numpy along

        _refuse_overwriting(workbook, is_workbook, "--xlsx")
    path = model or default_model()
    with interruptible() as control, progress_bar("Looking at photos") as progress:
        chosen, problems = find_given(photos, recursive=recursive, cancelled=control.should_stop)
        from trainer.inference.predictor import Predictor  # noqa: PLC0415 - torch takes seconds; --help must not

        predictor = Predictor.load(path, device=device)
        found: list[Prediction] = []
        for prediction in predictor.predict(chosen, cancelled=control.should_stop):
            found.append(prediction)
            progress(len(found), len(chosen))
            if not json and table is None and workbook is None:
                say_prediction(prediction)
    for problem in problems:
        say_error(f"{problem.path}: {problem.reason}")
    if table is not None:
        write_atomically(table, as_csv(found, predictor.description.classes))
        _say_written(found, table)
    if workbook is not None:
        _write_workbook(workbook, found, predictor.description.classes)
    if json:
        print_json(found)
    if problems or any(prediction.error for prediction in found):
        raise typer.Exit(1)


def _refuse_overwriting(table: Path, is_one: Callable[[Path], bool], option: str) -> None:
    """Raise SettingError where the table would overwrite a file that is not a table of verdicts."""
    if not table.absolute().parent.is_dir():
        raise SettingError(f"There is no folder {table.absolute().parent} for the table.", remedy="Check its name.")
    if table.is_dir() or (table.exists() and not is_one(table)):
        raise SettingError(
            f"{table} exists and is not a table of verdicts, so it is left as it is.",
            remedy=f"Name another file after {option}.",
            path=table,
        )


def _write_workbook(path: Path, found: Sequence[Prediction], classes: tuple[str, str]) -> None:
    from trainer.inference.verdict_workbook import Row, write_workbook  # noqa: PLC0415 - as above

    with interruptible() as control, progress_bar("Writing the spreadsheet") as progress:
        rows = [Row(each, Path(each.path)) for each in found]
        write_workbook(path, rows, classes, progress=progress, cancelled=control.should_stop)
    _say_written(found, path)


def _say_written(found: Sequence[Prediction], table: Path) -> None:
    say_note(plural(len(found), "%n row is in {table}.", "%n rows are in {table}.", table=str(table)))


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


def say_prediction(prediction: Prediction) -> None:
    """Print one verdict."""
    shares, nearest = prediction.probabilities, prediction.nearest_class
    if shares is None:
        say_error(f"{prediction.path}: {prediction.error}")
    elif prediction.class_name is not None:
        say(f"{prediction.class_name:<8} {percent(shares[prediction.class_name]):>8}  {prediction.path}")
    else:
        near = f"nearest: {nearest}, {percent(shares[nearest])}. " if nearest else ""
        say(f"{'not sure':<8} {'':>8}  {prediction.path}  ({near}{prediction.reason})")
