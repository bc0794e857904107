"""`catdog-cli models`: the models on this computer."""

from pathlib import Path
from typing import Annotated, Any

import typer

from trainer.cli.console import AsJson, ModelPath, print_json, say
from trainer.cli.kept_table import RunsFolder, accuracy, delete_kept, photos, show_table, when
from trainer.storage.collection import Kept, best_first, list_kept
from trainer.storage.model_changes import belongs_to_run, import_model, rename_model
from trainer.storage.model_list import describe_model
from trainer.storage.notes import write_note

models = typer.Typer(
    help="List the models on this computer, rename and delete them, and add others.", invoke_without_command=True
)


@models.callback()
def list_all(context: typer.Context, *, runs: RunsFolder = None, json: AsJson = False) -> None:
    """List the models on this computer, the best first.

    The best is the one whose accuracy most likely lies highest: 100 % of 4 photos say less than 99 % of 1,000.
    """
    if context.invoked_subcommand is not None:
        return
    found = best_first(kept for kept in list_kept(runs) if kept.model is not None or kept.damage)
    if json:
        print_json([_row(kept) for kept in found])
    elif found:
        show_table(
            ("title", "made", "recipe", "dataset", "photos", "accuracy", "size", "note", "file"),
            [_cells(kept) for kept in found],
        )
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
    now = describe_model(model).title
    say(f"It is called {now} from now on." if title.strip() else f"It has its usual title again: {now}.")


@models.command()
def note(
    model: ModelPath, words: Annotated[str, typer.Argument(metavar="TEXT", help='The note; "" takes it away.')]
) -> None:
    """Keep a note on a model. Lists show it, in the window too."""
    title = describe_model(model).title
    write_note(model, words)
    say(f"The note on {title} is kept." if words.strip() else f"{title} has no note any more.")


@models.command()
def delete(
    model: Annotated[
        list[Path], typer.Argument(metavar="MODEL…", help="Saved models.", show_default=False, readable=False)
    ],
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
) -> None:
    """Delete models. The model of a run takes its run with it. It asks first. Other files are refused."""
    known = {kept.path.resolve() for kept in list_kept()}  # among them damaged ones, which no longer say what they are
    for path in model:
        if path.resolve() not in known:
            describe_model(path)
    names = [f"{path.parent} (the whole run)" if belongs_to_run(path) else str(path) for path in model]
    delete_kept(model, names, yes=yes)


def _row(kept: Kept) -> dict[str, Any]:
    return {
        "path": str(kept.path),
        "title": kept.title,
        "starter": kept.is_starter,
        "created": kept.made,
        "recipe": kept.recipe,
        "dataset": kept.dataset,
        "classes": kept.model.description.classes if kept.model else None,
        "training_photos": kept.learnt_from,
        "test_photos": kept.test.photos if kept.test else None,
        "accuracy": kept.test.accuracy if kept.test else None,
        "accuracy_interval": kept.test.accuracy_interval if kept.test else None,
        "bytes": kept.model.bytes if kept.model else None,
        "note": kept.note,
        "damage": kept.damage,
    }


def _cells(kept: Kept) -> tuple[str, ...]:
    return (
        kept.title,
        when(kept.made),
        kept.recipe,
        kept.dataset,
        photos(kept),
        accuracy(kept),
        f"{kept.model.bytes / 1e6:.1f} MB" if kept.model else "damaged",
        kept.damage or " ".join(kept.note.split()),
        str(kept.path),
    )
