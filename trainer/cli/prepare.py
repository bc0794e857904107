"""`catdog-cli prepare`."""

# ruff: noqa: ARG001 - typer makes the options from the signature; their values come through the context

from pathlib import Path
from typing import Annotated, Any

import typer

from trainer.cli.chosen_recipe import chosen_config
from trainer.cli.console import interruptible, progress_bar, say, say_note
from trainer.cli.dataset_choice import ClassFolders, DatasetPaths, LeftOut
from trainer.cli.settings import taking_settings
from trainer.cli.train import AugmentName, RecipeChoice, SplitParts, TimeGiven, given_settings


@taking_settings
def prepare(
    context: typer.Context,
    dataset: DatasetPaths,
    *,
    class_folder: ClassFolders = None,
    leave_out: LeftOut = None,
    recipe: RecipeChoice = "classic",
    time: TimeGiven = "",
    augment: AugmentName = "",
    split: SplitParts = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Make the folder in this one.", show_default=False, readable=False)
    ],
    **settings: Any,
) -> None:
    """Write a folder with all that a run needs but the photos, to train it elsewhere: on a server or several machines.

    Its README.txt says how. Bring it back with: catdog-cli runs import DIR.
    """
    given = given_settings(context, dataset, class_folder, leave_out)
    with interruptible() as control, progress_bar("Reading photos") as progress:
        chosen = chosen_config(given, note=say_note, progress=progress, cancelled=control.should_stop)
    from trainer.training.elsewhere import README, prepare_elsewhere  # noqa: PLC0415 - torch takes seconds

    with interruptible() as control, progress_bar("Reading photos") as progress:
        folder = prepare_elsewhere(
            chosen.config, out, known=chosen.known, progress=progress, cancelled=control.should_stop
        )
    say(f"The run is prepared in {folder}")
    say(f"How to train it: {folder / README}")
