"""`catdog-cli predict`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from trainer.cli.console import AsJson, interruptible, percent, print_json, progress_bar, say, say_error, say_note
from trainer.cli.photo_choice import Device, GivenPhotos, Model, Recursive, default_model, find_given
from trainer.core.errors import SettingError
from trainer.core.results import Prediction
from trainer.core.text import plural
from trainer.files.atomic import write_atomically
from trainer.inference.verdict_table import as_csv, is_csv_table


def predict(
    photos: GivenPhotos,
    *,
    model: Model = None,
    recursive: Recursive = False,
    device: Device = "auto",
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
    is_table = json or table is not None or workbook is not None
    with interruptible() as control, progress_bar("Looking at photos") as progress:
        chosen, problems = find_given(photos, recursive=recursive, cancelled=control.should_stop)
        from trainer.inference.predictor import Predictor  # noqa: PLC0415 - torch takes seconds; --help must not

        predictor = Predictor.load(path, device=device)
        found: list[Prediction] = []
        for prediction in predictor.predict(chosen, cancelled=control.should_stop):
            found.append(prediction)
            progress(len(found), len(chosen))
            if not is_table or prediction.error:
                say_prediction(prediction)
    for problem in problems:
        say_error(f"{problem.path}: {problem.reason}")
    if found:  # a table that is there stays where nothing could be looked at
        _write_tables(found, predictor.description.classes, table, workbook)
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


def _write_tables(
    found: Sequence[Prediction], classes: tuple[str, str], table: Path | None, workbook: Path | None
) -> None:
    if table is not None:
        write_atomically(table, as_csv(found, classes))
        _say_written(found, table)
    if workbook is not None:
        _write_workbook(workbook, found, classes)


def _write_workbook(path: Path, found: Sequence[Prediction], classes: tuple[str, str]) -> None:
    from trainer.inference.verdict_workbook import Row, write_workbook  # noqa: PLC0415 - as above

    with interruptible() as control, progress_bar("Writing the spreadsheet") as progress:
        rows = [Row(each, Path(each.path)) for each in found]
        write_workbook(path, rows, classes, progress=progress, cancelled=control.should_stop)
    _say_written(found, path)


def _say_written(found: Sequence[Prediction], table: Path) -> None:
    say_note(plural(len(found), "%n row is in {table}.", "%n rows are in {table}.", table=str(table)))


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
