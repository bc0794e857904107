"""`catdog-cli models`: the models on this computer."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from trainer.cli.console import AsJson, ModelPath, percent, print_json, say, shown
from trainer.storage.model_changes import import_model, rename_model
from trainer.storage.model_list import ModelEntry, list_models

_WIDE = 10_000

models = typer.Typer(help="List the models on this computer, rename them, and add others.", invoke_without_command=True)


@models.callback()
def list_all(
    context: typer.Context,
    *,
    runs: Annotated[
        Path | None,
        typer.Option(help="Folder with the runs, where it is not the usual one.", show_default=False, readable=False),
    ] = None,
    json: AsJson = False,
) -> None:
    """List the models on this computer, the newest first and the starter model last."""
    if context.invoked_subcommand is not None:
        return
    found = list_models(runs)
    if json:
        print_json([_row(entry) for entry in found])
    elif found:
        _show(found)
    else:
        say("There are no models yet. Train one, or add a file with: catdog-cli models import MODEL")


@models.command("import")
def import_file(model: ModelPath) -> None:
    """Copy a model file to the other models, so that it is listed here and in the window."""
    say(str(import_model(model)))


@models.command()
def rename(
    model: ModelPath, title: Annotated[str, typer.Argument(help='What lists call it from now on; "" for the usual.')]
) -> None:
    """Give a model another title. Its file keeps its name."""
    rename_model(model, title)


def _row(entry: ModelEntry) -> dict[str, Any]:
    description = entry.description
    return {
        "path": str(entry.path),
        "title": entry.title,
        "starter": entry.is_starter,
        "created": description.origin.created,
        "recipe": description.recipe,
        "dataset": description.origin.dataset,
        "classes": description.classes,
        "accuracy": entry.accuracy,
        "bytes": entry.bytes,
    }


def _show(found: list[ModelEntry]) -> None:
    table = Table("title", "made", "recipe", "accuracy", "size", "file", box=None)
    for entry in found:
        description = entry.description
        table.add_row(
            shown(entry.title),
            shown(description.origin.created[:10]),
            shown(description.recipe),
            percent(entry.accuracy),
            f"{entry.bytes / 1e6:.1f} MB",
            shown(str(entry.path)),
        )
    # A path is there to be handed to other commands: the terminal may wrap it, but it is neither cut nor folded here.
    Console(width=_WIDE, highlight=False, markup=False, emoji=False).print(table)
