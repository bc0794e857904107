"""`catdog-cli samples`."""

from pathlib import Path
from typing import Annotated

import typer

from trainer.cli.console import interruptible, progress_bar, say
from trainer.drawings.samples import DEFAULT_COUNT, draw_dataset


def samples(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="A new folder for the drawings.", show_default=False, readable=False),
    ],
    count: Annotated[int, typer.Option(help="How many drawings to make, half of them cats.")] = DEFAULT_COUNT,
    seed: Annotated[int, typer.Option(help="Another number gives other drawings.")] = 0,
) -> None:
    """Draw a small practice dataset of cartoon cats and dogs, to try training without any photos."""
    with interruptible() as control, progress_bar("Drawing") as progress:
        drawn = draw_dataset(folder, count=count, seed=seed, progress=progress, cancelled=control.should_stop)
    say(f"{drawn:,} drawings are in {folder.resolve()}. Now try:")
    say(f'  catdog-cli train "{folder}" --epochs 3 --image-size 64')
