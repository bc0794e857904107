"""`catdog-cli verify`."""

from pathlib import Path
from typing import Annotated

import typer

from trainer.cli.console import AsJson, ModelPath, interruptible, print_json, progress_bar, say, say_error, say_note
from trainer.cli.photo_choice import GivenPhotos, Recursive, find_given


def verify(
    export: Annotated[
        Path,
        typer.Argument(
            metavar="EXPORT", help="A file or a page that catdog-cli export wrote.", show_default=False, readable=False
        ),
    ],
    model: ModelPath,
    photos: GivenPhotos,
    *,
    recursive: Recursive = False,
    json: AsJson = False,
) -> None:
    """Compare an export with its model on photos: print by how much they differ, and fail where that is too much."""
    with interruptible() as control, progress_bar("Comparing with the model") as progress:
        chosen, problems = find_given(photos, recursive=recursive, cancelled=control.should_stop)
        from trainer.export.onnx_file import verify as compare  # noqa: PLC0415 - torch takes seconds; --help must not

        proof = compare(export, model, chosen, progress=progress, cancelled=control.should_stop, note=say_note)
    for problem in problems:
        say_error(f"{problem.path}: {problem.reason}")
    if json:
        print_json(proof)
    else:
        say(proof.sentence)
    if problems:
        raise typer.Exit(1)
