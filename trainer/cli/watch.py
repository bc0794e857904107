"""`catdog-cli watch`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from trainer.cli.console import interruptible, say_error, say_note
from trainer.cli.photo_choice import Device, Model, default_model
from trainer.cli.predict import say_prediction
from trainer.cli.sort import By, KeepStructure, Keywords, Link, Move, Target, say_sorted, sort_options
from trainer.core.errors import CancelledError
from trainer.core.results import Prediction
from trainer.sorting.watch import Arrived
from trainer.sorting.watch import watch as watch_folder


def watch(
    folder: Annotated[Path, typer.Argument(help="The folder in which photos arrive.", show_default=False)],
    *,
    to: Target,
    move: Move = False,
    link: Link = False,
    model: Model = None,
    by: By = "verdict",
    keep_structure: KeepStructure = False,
    write_keywords: Keywords = False,
    device: Device = "auto",
) -> None:
    """Sort the photos in a folder, and those that arrive there, until Ctrl+C.

    A photo is taken once it is complete. catdog-cli undo takes back what was sorted since the start.
    """
    options = sort_options(move=move, link=link, by=by, keep_structure=keep_structure, keywords=write_keywords)
    with interruptible() as control:
        from trainer.inference.predictor import Predictor  # noqa: PLC0415 - torch takes seconds; --help must not

        predictor = Predictor.load(model or default_model(), device=device)

        def classify(photos: Sequence[Path]) -> list[Prediction]:
            try:
                return list(predictor.predict(photos, cancelled=control.should_stop))
            except CancelledError:
                return []

        say_note(f"Watching {folder}. End it with Ctrl+C.")
        classes = predictor.description.classes
        result = watch_folder(folder, to, options, classes, classify, emit=_show, cancelled=control.should_stop)
    say_sorted(result)
    if result.stopped and not control.should_stop():
        raise typer.Exit(1)


def _show(arrived: Arrived) -> None:
    for prediction in arrived.predictions:
        say_prediction(prediction)
    for problem in arrived.problems:
        say_error(f"{problem.path}: {problem.reason}")
