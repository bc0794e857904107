"""`catdog-cli sort` and `catdog-cli undo`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from trainer.cli.console import AsJson, interruptible, print_json, progress_bar, say, say_error, say_note, size
from trainer.cli.photo_choice import Device, Model, default_model, find_given
from trainer.core.errors import SettingError
from trainer.core.text import plural
from trainer.dataset.records import Problem
from trainer.sorting.items import ACTIONS, BYS, SortOptions, items_of
from trainer.sorting.journal import Journal, latest_journal, list_journals
from trainer.sorting.plan import SortPlan, plan_sort
from trainer.sorting.sort import SortResult
from trainer.sorting.sort import sort as carry_out
from trainer.sorting.undo import undo as take_back

Target = Annotated[
    Path,
    typer.Option("--to", metavar="DIR", help="Where the class folders are made.", show_default=False, readable=False),
]
Move = Annotated[bool, typer.Option("--move", help="Move the photos instead of copying them.")]
Link = Annotated[bool, typer.Option("--link", help="Make hard links instead of copies: they take no room.")]
By = Annotated[str, typer.Option(help="verdict (cats, dogs, not sure) or certainty (the same, by how probable).")]
KeepStructure = Annotated[
    bool, typer.Option("--keep-structure", help="Make the folders below SOURCE again below the class folders.")
]
Keywords = Annotated[
    bool, typer.Option("--write-keywords", help="Write the class into an .xmp file beside each sorted photo.")
]


def sort(
    source: Annotated[
        list[Path],
        typer.Argument(metavar="SOURCE...", help="Photos, or folders of them.", show_default=False, readable=False),
    ],
    *,
    to: Target,
    move: Move = False,
    link: Link = False,
    model: Model = None,
    by: By = "verdict",
    keep_structure: KeepStructure = False,
    write_keywords: Keywords = False,
    recursive: Annotated[bool, typer.Option(help="Search subfolders too.")] = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before photos are moved.")] = False,
    device: Device = "auto",
    json: AsJson = False,
) -> None:
    """Sort photos into folders by their verdicts: cats, dogs, not sure.

    Photos are copied, with their times and permissions, and with the files that belong to them (.xmp, .aae, the RAW or
    the video of the same name). Nothing is ever overwritten, and catdog-cli undo takes all of it back.
    """
    options = sort_options(move=move, link=link, by=by, keep_structure=keep_structure, keywords=write_keywords)
    with interruptible() as control, progress_bar("Looking at photos") as progress:
        photos, problems = find_given(source, recursive=recursive, cancelled=control.should_stop)
        from trainer.inference.predictor import Predictor  # noqa: PLC0415 - torch takes seconds; --help must not

        predictor = Predictor.load(model or default_model(), device=device)
        predictions = []
        for found in predictor.predict(photos, cancelled=control.should_stop):
            predictions.append(found)
            progress(len(predictions), len(photos))
        items, unreadable = items_of(predictions, options, [each.absolute() for each in source])
        plan = plan_sort(items, to, options, cancelled=control.should_stop)
    left = [*problems, *unreadable, *plan.problems]
    if not json:
        show_plan(plan)
    if dry_run or not plan.steps:
        _end(plan, None, left, json=json)
        return
    if options.action == "move" and not yes:
        _ask(plan)
    with interruptible() as control, progress_bar("Sorting") as progress:
        result = carry_out(plan, progress=progress, cancelled=control.should_stop)
    _end(plan, result, [*left, *result.problems], json=json)


def sort_options(*, move: bool, link: bool, by: str, keep_structure: bool, keywords: bool) -> SortOptions:
    """Return what the command line asks for. Raises SettingError."""
    if move and link:
        raise SettingError("--move and --link exclude each other.", remedy="Leave one of them away.")
    if by not in BYS:
        raise SettingError(f"--by {by} is not known.", remedy=f"Try {' or '.join(BYS)}.")
    return SortOptions(
        action=ACTIONS[2 if move else 1 if link else 0],
        by=BYS[BYS.index(by)],
        keep_structure=keep_structure,
        keywords=keywords,
    )


def show_plan(plan: SortPlan) -> None:
    """Print the preview."""
    for folder, count in plan.photos.items():
        say(f"{count:>8,}  {Path(plan.to, folder)}")
    if plan.sidecars:
        say(plural(plan.sidecars, "%n other file goes along.", "%n other files go along."))
    if plan.already:
        say(plural(len(plan.already), "%n photo is there already.", "%n photos are there already."))
    if plan.bytes_needed:
        say(f"Room: {size(plan.bytes_needed)} of {size(plan.bytes_free)} that are free")
    if not plan.steps:
        say("There is nothing to sort.")


def _ask(plan: SortPlan) -> None:
    """Ask whether photos may be moved. Raises SettingError where nobody can answer, and Exit for a no."""
    if not sys.stdin.isatty():
        raise SettingError("Photos are moved only after a yes.", remedy="Add --yes, or leave --move away to copy them.")
    count = sum(plan.photos.values())
    if not typer.confirm(plural(count, "Move %n photo?", "Move %n photos?"), err=True):
        raise typer.Exit(1)


def _end(plan: SortPlan, result: SortResult | None, left: list[Problem], *, json: bool) -> None:
    for problem in left:
        say_error(f"{problem.path}: {problem.reason}")
    if json:
        print_json({"plan": plan, "result": result, "problems": left})
    if result is not None:
        say_sorted(result)
    if left or (result is not None and result.stopped):
        raise typer.Exit(1)


def say_sorted(result: SortResult) -> None:
    """Say what was done, and how to take it back."""
    if result.stopped:
        say_error(result.stopped)
    words = plural(result.photos, "%n photo was sorted.", "%n photos were sorted.")
    say_note(f"{words} To take it back: catdog-cli undo")


def undo(
    journal: Annotated[
        Path | None,
        typer.Argument(
            metavar="[JOURNAL]",
            help="Which sorting; see --list. By default: the latest.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    *,
    show: Annotated[bool, typer.Option("--list", help="Show what was sorted, and undo nothing.")] = False,
    json: AsJson = False,
) -> None:
    """Take a sorting back: copies are removed, moved photos return. What was changed since is left and named."""
    if show:
        _list(json=json)
        return
    path = journal or latest_journal()
    with interruptible() as control, progress_bar("Undoing") as progress:
        result = take_back(path, progress=progress, cancelled=control.should_stop)
    for problem in result.kept:
        say_error(f"{problem.path}: {problem.reason}")
    if json:
        print_json(result)
    say_note(plural(result.restored, "%n file is as it was before.", "%n files are as they were before."))
    if result.kept:
        raise typer.Exit(1)


def _list(*, json: bool) -> None:
    journals = list_journals()
    if json:
        print_json([_summary(journal) for journal in journals])
        return
    for found in journals:
        photos = plural(found.photos, "%n photo", "%n photos")
        say(f"{found.begun.created[:16].replace('T', ' ')}  {found.state:<13} {photos:>14} in {found.begun.to}")
        say(f"    {found.path}")
    if not journals:
        say("Nothing was sorted yet.")


def _summary(journal: Journal) -> dict[str, object]:
    begun = journal.begun
    return {
        "journal": str(journal.path),
        "created": begun.created,
        "action": begun.action,
        "to": begun.to,
        "state": journal.state,
        "photos": journal.photos,
    }
