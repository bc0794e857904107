"""`catdog-cli export`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from trainer.cli.console import AsJson, ModelPath, interruptible, print_json, progress_bar, say, say_note, size


class Target(StrEnum):
    """What a model can be exported to."""

    ONNX = "onnx"


def export(
    model: ModelPath,
    *,
    to: Annotated[Target, typer.Option("--to", help="onnx: one file that ONNX Runtime reads.")] = Target.ONNX,
    int8: Annotated[bool, typer.Option("--int8", help="Keep the weights in eight bits: a smaller file.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where to write it. (default: a file named after the model, in the current folder)",
            show_default=False,
            readable=False,
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Write a model for other programs, and prove that it says what CatDog says.

    The file takes a decoded photo of any size and gives probability, likeness and verdict. Before it is written, model
    and export look at the test photos of the model's run, or at practice drawings, and at photos that are hard to read.
    Where they do not say the same, nothing is written.
    """
    assert to is Target.ONNX
    # torch takes seconds; --help must not
    from trainer.export.onnx_file import ENDING, export_onnx  # noqa: PLC0415

    place = out or Path(_name(model) + ENDING)
    with interruptible() as control, progress_bar("Comparing with the model") as progress:
        done = export_onnx(model, place, int8=int8, progress=progress, cancelled=control.should_stop, note=say_note)
    if json:
        print_json({"file": str(place), "bytes": len(done.data), "proof": done.proof})
        return
    say(done.proof.sentence)
    say(f"{place} ({size(len(done.data))})")


def _name(model: Path) -> str:
    from trainer.storage.model_list import OF_RUN  # noqa: PLC0415

    return model.absolute().parent.name if model.name == OF_RUN else model.stem
