"""`catdog-cli report`."""

from pathlib import Path
from typing import Annotated

import typer

from trainer.cli.console import say, say_note
from trainer.cli.runs import RunName, find_run


def report(
    run: RunName,
    *,
    private: Annotated[
        bool, typer.Option("--private", help="Name no file or folder, and show no photo: for handing on.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where to write it. (default: report.html in the run's folder)",
            show_default=False,
            readable=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is no report, too.")] = False,
) -> None:
    """Write the report of a run: one HTML file to read, hand on and print, which needs nothing else.

    It shows what was trained on which data, the settings, the curves, the test with its worst mistakes, and the command
    that repeats the run. A browser that opens it asks nobody for anything. Every run writes one at its end.
    """
    folder = find_run(run)
    from trainer.report.write import write_report  # noqa: PLC0415 - torch takes seconds; --help must not

    say(str(write_report(folder, out, private=private, force=force, note=say_note)))
