"""The check of a dataset's health for `catdog-cli inspect`, and the user's answers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from trainer.cli.console import percent, say, say_note
from trainer.core.errors import ModelFileError, SettingError
from trainer.core.progress import Cancelled, Progress
from trainer.core.text import plain, plural
from trainer.dataset.answers import answer, export_answers, open_answers
from trainer.dataset.label_file import Label
from trainer.dataset.records import Dataset

Answers = Annotated[
    list[str] | None,
    typer.Option(
        "--answer",
        metavar="CLASS=PHOTO",
        help="Say of a doubtful photo, by its path in DATASET, which class it is of, for example dog=cats/7.jpg; or "
        "leave-out=PHOTO. Kept by its content, and used by the next run. Once for each photo.",
        show_default=False,
    ),
]
AnswersTo = Annotated[
    Path | None,
    typer.Option("--answers-to", metavar="FILE.csv", help="Write all answers as a table.", show_default=False),
]
_LEAVE_OUT = "leave-out"
_SHOWN = 10
"""More are counted, not listed, unless JSON is asked for."""


def take_answers(found: Dataset, given: Sequence[str], *, undo: bool, to: Path | None) -> None:
    """Take answers, take the last one back, and write all as a table. Raises SettingError, DatasetError, DiskError."""
    if given or undo:
        pairs = [_answer(found, each) for each in given]
        with open_answers(found.classes) as file:
            if undo and not file.undo():
                say_note("There was no answer to take back.")
            for label, path in pairs:
                answer(file, label, found, [photo for photo in found.photos if photo.path == path])
    if to is not None:
        count = export_answers(found.classes, to)
        say_note(plural(count, "%n answer is in {table}.", "%n answers are in {table}.", table=str(to)))


def _answer(found: Dataset, given: str) -> tuple[Label, str]:
    """Return what one `CLASS=PHOTO` says. Raises SettingError."""
    called, _, path = given.partition("=")
    labels: dict[str, Label] = {found.classes[0]: "first", found.classes[1]: "second", _LEAVE_OUT: "neither"}
    if called not in labels:
        raise SettingError(
            f"{called} is none of {', '.join(labels)}.", remedy=f"Write, for example, {found.classes[1]}=PHOTO."
        )
    if path not in {photo.path for photo in found.photos}:
        raise SettingError(f"{path} is no photo of this dataset.", remedy="Write its path below the dataset's folder.")
    return labels[called], path


def check(found: Dataset, device: str, *, progress: Progress, cancelled: Cancelled) -> dict[str, Any]:
    """Return what `inspect --health --json` prints of a dataset's health."""
    from trainer.labelling.eye import Eye  # noqa: PLC0415 - brings torch along
    from trainer.labelling.health_check import check_health  # noqa: PLC0415 - the same

    try:
        eye = Eye.choose(found.classes, device=device)
    except ModelFileError as error:
        say_note(str(error))
        eye = None
    checked = check_health(found, eye, progress=progress, cancelled=cancelled)
    table: dict[str, Any] = msgspec.to_builtins(checked, enc_hook=plain)
    return table


def show_health(health: dict[str, Any]) -> None:
    """Print it."""
    for sentence in health["sentences"]:
        say_note(sentence)
    for group in [each for each in health["copies"] if each["in_both_classes"] or each["in_several_splits"]][:_SHOWN]:
        say("   =   ".join(group["photos"]))
    for doubt in (health["doubts"] or ())[:_SHOWN]:
        sure = "probably" if doubt["likely_wrong"] else "perhaps"
        say(
            f"{doubt['path']}: {sure} {doubt['other_class']} ({percent(doubt['probability'], 0)}), not {doubt['class']}"
        )
    for poor in health["poor"][:_SHOWN]:
        say(f"{poor['path']}: {poor['reason']}")
    if not health["sentences"]:
        say("Nothing seems to be wrong with these photos.")
