"""`catdog-cli runs`: the runs on this computer, with their settings, epochs and notes."""

from pathlib import Path
from typing import Annotated, Any

import typer

from trainer.cli.console import AsJson, percent, print_json, say, say_note
from trainer.cli.kept_table import RunsFolder, accuracy, delete_kept, photos, show_table, when
from trainer.core.errors import CheckpointError
from trainer.core.results import EpochMetrics
from trainer.core.setting_values import values_of
from trainer.files.paths import runs_folder
from trainer.storage.collection import Kept, list_kept
from trainer.storage.notes import write_note
from trainer.storage.run_folder import METRICS_COLUMNS, RunFolder
from trainer.storage.run_history import read_history
from trainer.storage.run_list import read_summary

runs = typer.Typer(
    help="List the runs on this computer, look at them again, and delete them.", invoke_without_command=True
)

RunName = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's folder, or its name in the list.", show_default=False)
]
RunNames = Annotated[
    list[str], typer.Argument(metavar="RUN…", help="Folders of runs, or their names in the list.", show_default=False)
]


@runs.callback()
def list_all(context: typer.Context, *, runs: RunsFolder = None, json: AsJson = False) -> None:
    """List the runs on this computer, the newest first, also those that were stopped, failed or cut off."""
    if context.invoked_subcommand is not None:
        return
    found = [kept for kept in list_kept(runs) if kept.is_of_run]
    if json:
        print_json([_row(kept) for kept in found])
    elif found:
        show_table(
            ("run", "title", "made", "status", "recipe", "dataset", "photos", "accuracy", "note"),
            [_cells(kept) for kept in found],
        )
    else:
        say("There are no runs yet. Start one with: catdog-cli train DATASET")


@runs.command()
def show(run: RunName, *, json: AsJson = False) -> None:
    """Show how a run was set and how its epochs went."""
    folder = find_run(run)
    summary, state = read_summary(folder), read_history(folder)
    history = state.history
    values = values_of(summary.config)
    if json:
        settings = {value.name: value.value for value in values}
        print_json({"run": str(folder), "status": summary.status, "settings": settings, "epochs": history})
        return
    say(
        f"{folder.name}: {summary.config.recipe} on {summary.config.dataset}, {when(summary.created)}, {summary.status}"
    )
    if summary.evaluation is not None:
        low, high = summary.evaluation.accuracy_interval
        say(
            f"Right on {percent(summary.evaluation.accuracy)} of {summary.evaluation.photos:,} test photos "
            f"(likely {percent(low)} to {percent(high)})."
        )
    show_table(
        ("setting", "value", "usual"),
        [(value.title, str(value.value), str(value.usual) if value.changed else "") for value in values],
    )
    if history:
        say("")
        show_table(METRICS_COLUMNS[:6], [_epoch(row) for row in history])
    if state.damage:
        say(state.damage)


@runs.command()
def note(
    run: RunName, words: Annotated[str, typer.Argument(metavar="TEXT", help='The note; "" takes it away.')]
) -> None:
    """Keep a note on a run. Lists show it, in the window too."""
    folder = RunFolder(find_run(run))
    write_note(folder.model, words)
    say(f"The note on {folder.path.name} is kept." if words.strip() else f"{folder.path.name} has no note any more.")


@runs.command(name="import")
def import_run(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The run's folder.", show_default=False, readable=False)
    ],
    *,
    runs: RunsFolder = None,
) -> None:
    """Take in a run that was trained elsewhere (see `prepare`): its folder is checked and copied to the other runs."""
    from trainer.training.take_back import take_back  # noqa: PLC0415 - torch takes seconds

    path = take_back(folder, runs, note=say_note)
    say(f"The run is now {path}")
    model = RunFolder(path).model
    if model.is_file():
        say(f"Its model is {model}")


@runs.command()
def delete(
    run: RunNames, *, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False
) -> None:
    """Delete runs with everything in their folders: model, curves and checkpoint. It asks first."""
    folders = [RunFolder(find_run(name)) for name in run]
    delete_kept([folder.model for folder in folders], [str(folder.path) for folder in folders], yes=yes)


def find_run(name: str) -> Path:
    """Return the folder of a run by its path, or by its name in the list. Raises CheckpointError where it is none."""
    path = Path(name)
    if not RunFolder(path).is_run() and RunFolder(runs_folder() / name).is_run():
        path = runs_folder() / name
    if not RunFolder(path).is_run():
        raise CheckpointError(f"There is no run {name}.", remedy="Look for it with: catdog-cli runs", path=path)
    return path


def _row(kept: Kept) -> dict[str, Any]:
    return {
        "path": str(kept.path.parent),
        "title": kept.title,
        "created": kept.made,
        "status": kept.status,
        "damage": kept.damage,
        "recipe": kept.recipe,
        "dataset": kept.dataset,
        "training_photos": kept.learnt_from,
        "test_photos": kept.test.photos if kept.test else None,
        "accuracy": kept.test.accuracy if kept.test else None,
        "accuracy_interval": kept.test.accuracy_interval if kept.test else None,
        "model": str(kept.path) if kept.model else None,
        "note": kept.note,
    }


def _cells(kept: Kept) -> tuple[str, ...]:
    return (
        kept.path.parent.name,
        kept.title,
        when(kept.made),
        kept.status,
        kept.recipe,
        kept.dataset,
        photos(kept),
        accuracy(kept),
        kept.damage or " ".join(kept.note.split()),
    )


def _epoch(row: EpochMetrics) -> tuple[str, ...]:
    return (
        str(row.epoch),
        f"{row.train_loss:.4f}",
        percent(row.train_accuracy),
        f"{row.val_loss:.4f}",
        percent(row.val_accuracy),
        f"{row.learning_rate:.2g}",
    )
