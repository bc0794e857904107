"""How `models` and `runs` list what is kept on this computer, and delete it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from trainer.cli.console import SafeConsole, percent, say, say_error, shown, stderr
from trainer.core.errors import CancelledError
from trainer.core.text import plural
from trainer.storage.collection import Kept
from trainer.storage.model_changes import delete_for_good, delete_models

_WIDE = 10_000

RunsFolder = Annotated[
    Path | None,
    typer.Option(help="Folder with the runs, where it is not the usual one.", show_default=False, readable=False),
]


def show_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under titles."""
    table = Table(*titles, box=None)
    for row in rows:
        table.add_row(*(shown(cell) for cell in row))
    # A path is there to be handed to other commands: the terminal may wrap it, but it is neither cut nor folded here.
    SafeConsole(width=_WIDE, soft_wrap=False).print(table)


def when(iso: str) -> str:
    """Return the day and the minute of an ISO 8601 text."""
    return iso[:16].replace("T", " ")


def photos(kept: Kept) -> str:
    """Return how many photos it learnt from, and with how many it was tested."""
    learnt = "–" if kept.learnt_from is None else f"{kept.learnt_from:,}"
    return f"{learnt} + {kept.test.photos:,} test" if kept.test else learnt


def accuracy(kept: Kept) -> str:
    """Return the accuracy with its interval."""
    if kept.test is None:
        return "–"
    low, high = kept.test.accuracy_interval
    return f"{percent(kept.test.accuracy)} ({100 * low:.1f}–{100 * high:.1f})"


def delete_kept(paths: Sequence[Path], names: Sequence[str], *, yes: bool) -> None:
    """Ask, then delete models with their runs. Exits with 1 where one of them could not be deleted."""
    for name in names:
        stderr.print(shown(name))
    question = plural(len(paths), "Delete this for good?", "Delete these %n for good?")
    if not yes and not typer.confirm(question, err=True):
        raise CancelledError("Nothing was deleted.")
    done = delete_models(paths, delete_for_good)
    for reason in done.refused.values():
        say_error(reason)
    say(plural(len(done.gone), "1 was deleted.", "%n were deleted."))
    if done.refused:
        raise typer.Exit(1)
