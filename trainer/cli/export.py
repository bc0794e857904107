"""`catdog-cli export`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from trainer.cli.console import AsJson, ModelPath, interruptible, print_json, progress_bar, say, say_note, size


class Target(StrEnum):
    """What a model can be exported to."""

    ONNX = "onnx"
    WEB = "web"


def export(
    model: ModelPath,
    *,
    to: Annotated[
        Target,
        typer.Option(
            "--to",
            help="onnx: one file that ONNX Runtime reads. web: a page that tells photos apart in any browser, "
            "those of a camera too, without a network.",
        ),
    ] = Target.ONNX,
    int8: Annotated[bool, typer.Option("--int8", help="Keep the weights in eight bits: a smaller file.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="PATH",
            help="The file, or the folder of the page. (default: named after the model, in the current folder)",
            show_default=False,
            readable=False,
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Write a model for other programs, and prove that it says what CatDog says.

    An ONNX file takes a decoded photo of any size and gives probability, likeness and verdict. A page holds that and
    all it needs in one file, which opens by a double click. Before anything is written, model and export look at the
    test photos of the model's run, or at practice drawings, and at photos that are hard to read.
    Where they do not say the same, nothing is written.
    """
    # torch takes seconds; --help must not
    from trainer.export.onnx_file import ENDING, export_onnx  # noqa: PLC0415
    from trainer.export.page_folder import PAGE  # noqa: PLC0415
    from trainer.export.web import export_web  # noqa: PLC0415
    from trainer.storage.model_list import export_name  # noqa: PLC0415

    is_page = to is Target.WEB
    place = out or Path(export_name(model) + ("" if is_page else ENDING))
    write = export_web if is_page else export_onnx
    with interruptible() as control, progress_bar("Comparing with the model") as progress:
        done = write(model, place, int8=int8, progress=progress, cancelled=control.should_stop, note=say_note)
    file = place / PAGE if is_page else place
    written = file.stat().st_size
    if json:
        print_json({"file": str(file), "bytes": written, "proof": done.proof})
        return
    say(done.proof.sentence)
    say(f"{file} ({size(written)})")
