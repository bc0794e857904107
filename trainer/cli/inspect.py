"""`catdog-cli inspect`."""

from collections import Counter
from typing import Annotated, Any

import typer
from rich.table import Table

from trainer.cli.console import AsJson, interruptible, print_json, progress_bar, say, say_note, stdout
from trainer.cli.dataset_choice import ClassFolders, DatasetPaths, LeftOut, choice_of
from trainer.cli.health import Answers, AnswersTo, check, show_health, take_answers
from trainer.cli.photo_choice import Device
from trainer.core.errors import DatasetError
from trainer.dataset.records import Dataset
from trainer.dataset.scan import scan
from trainer.dataset.split import cut

# More than these are counted, not listed, unless JSON is asked for.
SHOWN_PROBLEMS = 10


def inspect(
    dataset: DatasetPaths,
    *,
    class_folder: ClassFolders = None,
    leave_out: LeftOut = None,
    health: Annotated[
        bool, typer.Option("--health", help="Also look for copies, leaks, poor photos and doubtful classes.")
    ] = False,
    answer: Answers = None,
    undo_answer: Annotated[bool, typer.Option("--undo-answer", help="Take the last answer back.")] = False,
    answers_to: AnswersTo = None,
    device: Device = "auto",
    json: AsJson = False,
) -> None:
    """Inspect a dataset: how many photos of each class, how they are split, and which files cannot be used."""
    with interruptible() as control, progress_bar("Reading photos") as progress:
        found = scan(choice_of(dataset, class_folder, leave_out), progress=progress, cancelled=control.should_stop)
    take_answers(found, answer or (), undo=undo_answer, to=answers_to)
    table = summary(found)
    if health:
        with interruptible() as control, progress_bar("Checking photos") as progress:
            table["health"] = check(found, device, progress=progress, cancelled=control.should_stop)
    if json:
        print_json(table)
        return
    if health:  # it says all that the scan noted, and more
        table["notes"] = [note for note in table["notes"] if note not in found.notes]
    _show(found, table)
    if health:
        show_health(table["health"])


def summary(found: Dataset) -> dict[str, Any]:
    """Return what `inspect --json` prints."""
    notes = list(found.notes)
    try:
        split = cut(found)
    except DatasetError as error:  # too few to train on, but they can be counted
        split = found
        notes.append(str(error))
    return {
        "dataset": found.root,
        "layout": found.layout,
        "photos": len(found.photos),
        "classes": found.class_counts(),
        "splits": split.split_counts(),
        "splits_in_folders": sorted(found.split_counts()),
        "unclassified": found.unclassified,
        "class_folders": found.class_folders,
        "left_out": found.left_out,
        "notes": notes,
        "problems": found.problems,
    }


def _show(found: Dataset, table: dict[str, Any]) -> None:
    say(f"{found.root}: {len(found.photos)} photos ({found.layout})")
    grid = Table("split", *found.classes, box=None, header_style="bold")
    for split, counts in table["splits"].items():
        given = "" if split in table["splits_in_folders"] else " (to be split off)"
        grid.add_row(split + given, *(str(number) for number in counts.values()))
    grid.add_row("all", *(str(number) for number in table["classes"].values()))
    stdout.print(grid)
    if found.unclassified:
        say_note(f"{found.unclassified} photos have no class, so they are left out.")
    if found.left_out:
        say_note(f"Left out, as you chose: {', '.join(found.left_out)}")
    for note in table["notes"]:
        say_note(note)
    for problem in found.problems[:SHOWN_PROBLEMS]:
        say(f"{problem.path}: {problem.reason}")
    if found.problems:
        kinds = Counter(problem.kind for problem in found.problems)
        total = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
        count = len(found.problems)
        say(f"{count} {'file' if count == 1 else 'files'} cannot be used ({total}).")
