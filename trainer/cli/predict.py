"""`catdog-cli predict`."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from trainer.cli.console import AsJson, interruptible, percent, print_json, progress_bar, say_error, say_note, stdout
from trainer.dataset.listing import is_junk
from trainer.errors import DatasetError, ModelFileError
from trainer.files import write_whole
from trainer.photo import PHOTO_ENDINGS
from trainer.results import Prediction
from trainer.run_list import list_runs


def predict(
    photos: Annotated[
        list[Path], typer.Argument(metavar="PHOTO_OR_FOLDER...", help="Photos, or folders of them.", show_default=False)
    ],
    *,
    model: Annotated[
        Path | None, typer.Option(help="The model to ask. Without it: that of your latest run.", show_default=False)
    ] = None,
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Look into folders within folders too.")] = False,
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
    json: AsJson = False,
    table: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write a table for spreadsheets.", show_default=False)
    ] = None,
) -> None:
    """Tell photos apart: for each, its class and how probable that is.

    In JSON and CSV, "probability" is that of the model's second class (for cats and dogs: dog), from 0 to 1; beside it
    stands the probability of each class by name.
    """
    chosen = list(_expand(photos, recursive=recursive))
    path = model or _latest_model()
    from trainer.predict import Predictor  # noqa: PLC0415 - torch takes seconds; --help must not

    predictor = Predictor.load(path, device=device)
    found: list[Prediction] = []
    with interruptible() as control, progress_bar("Looking at photos") as progress:
        for prediction in predictor.predict(chosen, cancelled=control.should_stop):
            found.append(prediction)
            progress(len(found), len(chosen))
            if not json and table is None:
                _show(prediction)
    if table is not None:
        write_whole(table, _as_csv(found, predictor.description.classes))
        say_note(f"{len(found)} rows are in {table}.")
    if json:
        print_json(found)
    if any(prediction.error for prediction in found):
        raise typer.Exit(1)


def _expand(given: list[Path], *, recursive: bool) -> Iterator[Path]:
    """Yield photos as they were named, and for each folder the photos in it by name."""
    for path in given:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(_photos_in(path, recursive=recursive))
        if not inside:
            deeper = "" if recursive else " Try --recursive if they lie in folders within it."
            raise DatasetError(f"There are no photos in {path}.", remedy=f"Name a folder of photos.{deeper}", path=path)
        yield from inside


def _photos_in(folder: Path, *, recursive: bool) -> Iterator[Path]:
    for path in folder.rglob("*") if recursive else folder.iterdir():
        inside = path.relative_to(folder).parts
        if path.suffix.lower() in PHOTO_ENDINGS and not path.is_dir() and not any(is_junk(part) for part in inside):
            yield path


def _latest_model() -> Path:
    for run in list_runs():
        if run.model is not None:
            say_note(f"Using the model of your latest run, {run.model}.")
            return run.model
    raise ModelFileError(
        "There is no model yet.", remedy="Train one with catdog-cli train DATASET, or name one with --model."
    )


def _show(prediction: Prediction) -> None:
    if prediction.error is not None or prediction.probabilities is None or prediction.class_name is None:
        say_error(f"{prediction.path}: {prediction.error}")
        return
    share = percent(prediction.probabilities[prediction.class_name])
    stdout.print(f"{prediction.class_name:<8} {share:>8}  {prediction.path}", markup=False)


def _as_csv(found: list[Prediction], classes: tuple[str, str]) -> str:
    lines: list[list[object]] = [
        ["path", "class", "probability", *(f"probability_{name}" for name in classes), "error"]
    ]
    for row in found:
        shares = [row.probabilities[name] if row.probabilities else None for name in classes]
        lines.append([row.path, row.class_name, row.probability, *shares, row.error])
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()
