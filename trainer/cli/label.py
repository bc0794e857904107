"""`catdog-cli label`."""

from pathlib import Path
from typing import Annotated

import typer

from trainer.cli.console import AsJson, interruptible, percent, print_json, progress_bar, say, say_error, say_note
from trainer.cli.photo_choice import Device
from trainer.core.errors import SettingError
from trainer.core.text import plural
from trainer.dataset.label_file import LABELS, Label, LabelFile
from trainer.files.regular import read_regular
from trainer.labelling.open import open_labels

_ACCEPTED_FROM = 99.0


def label(
    photos: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER...",
            help="Folders of photos, or a file of labels.",
            show_default=False,
            readable=False,
        ),
    ],
    *,
    classes: Annotated[
        str | None, typer.Option(metavar="NAME,NAME", help="The two classes. By default: cat,dog.", show_default=False)
    ] = None,
    name: Annotated[str | None, typer.Option(help="What the labels are called.", show_default=False)] = None,
    say_class: Annotated[
        list[str] | None,
        typer.Option(
            "--say",
            metavar="CLASS=PHOTO",
            help="Label a photo: with a class, neither, skipped, or nothing. Once for each.",
            show_default=False,
        ),
    ] = None,
    accept: Annotated[
        float | None,
        typer.Option(
            metavar="PERCENT", help="Accept all suggested classes from this probability on.", show_default=False
        ),
    ] = None,
    take_back: Annotated[bool, typer.Option("--undo", help="Take the last act back.")] = False,
    to_folders: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Copy the photos into class folders.", show_default=False, readable=False),
    ] = None,
    link: Annotated[
        bool, typer.Option("--link", help="With --to-folders: make hard links, which take no room.")
    ] = False,
    to_csv: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a table of paths and classes.", show_default=False, readable=False),
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="The model that looks at the photos.", show_default=False, readable=False)
    ] = None,
    device: Device = "auto",
    json: AsJson = False,
) -> None:
    """Label photos of any folders, which stay where they are, and print how far that is.

    CatDog looks at the photos, suggests classes, and names those whose labels would help most. The labels are a small
    file in your data folder that opens wherever a dataset does, such as catdog-cli train LABELS.
    """
    file, given = open_labels(photos, classes.split(",") if classes else None, name)
    with file, interruptible() as control:
        from trainer.labelling.eye import Eye  # noqa: PLC0415 - torch takes seconds; --help must not
        from trainer.labelling.heap import look_at  # noqa: PLC0415
        from trainer.labelling.suggest import Suggester  # noqa: PLC0415

        with progress_bar("Looking at photos") as progress:
            eye = Eye.choose(file.classes, model, device=device)
            found = look_at(file, given, eye, progress=progress, cancelled=control.should_stop)
        for problem in found.problems:
            say_error(f"{problem.path}: {problem.reason}")
        if take_back and not file.undo():
            say_note("There is nothing to take back.")
        for each in say_class or ():
            _label_one(file, each)
        suggester = Suggester(found.heap, eye.judge(found.heap.outputs))
        suggested = suggester.suggest(file)
        if accept is not None:
            for found_label, digests in suggested.above(file, accept / 100).items():
                file.say(found_label, digests, accepted=True)
            suggested = suggester.suggest(file)
        _export(file, to_folders, to_csv, link=link)
        state = _state(file, suggested.above(file, _ACCEPTED_FROM / 100), suggested.helpful)
        if suggested.estimate is not None:
            state["accuracy"] = suggested.estimate.accuracy
            state["accuracy_interval"] = suggested.estimate.interval
        if json:
            print_json(state)
        else:
            _show(file, state)


def _label_one(file: LabelFile, given: str) -> None:
    """Take one `CLASS=PHOTO`. Raises SettingError."""
    called, _, photo = given.partition("=")
    first, second = file.classes
    known: dict[str, Label | None] = {first: "first", second: "second", "nothing": None}
    known |= {"neither": "neither", "skipped": "skipped"}
    if called not in known:
        raise SettingError(f"{called} is none of {', '.join(known)}.", remedy="Write, for example, cat=photo.jpg.")
    place = str(Path(photo).absolute())
    digest = next((each.digest for each in file.photos.values() if place == each.path or photo == each.key), None)
    if digest is None:
        raise SettingError(f"{photo} is not among the photos of these labels.", remedy="Name its folder first.")
    file.say(known[called], [digest])


def _export(file: LabelFile, to_folders: Path | None, to_csv: Path | None, *, link: bool) -> None:
    from trainer.labelling.export import TABLE_START, export_folders, export_table  # noqa: PLC0415 - seldom needed

    if to_folders is not None:
        result = export_folders(file, to_folders, link=link)
        for problem in result.problems:
            say_error(f"{problem.path}: {problem.reason}")
        say_note(plural(result.photos, "%n photo is in {to}.", "%n photos are in {to}.", to=str(to_folders)))
    if to_csv is not None:
        if to_csv.exists() and not (to_csv.is_file() and read_regular(to_csv).startswith(TABLE_START)):
            raise SettingError(f"{to_csv} exists and is not a table of labels, so it is left as it is.", path=to_csv)
        count = export_table(file, to_csv)
        say_note(plural(count, "%n row is in {table}.", "%n rows are in {table}.", table=str(to_csv)))


def _state(file: LabelFile, above: dict[Label, list[str]], helpful: tuple[str, ...]) -> dict[str, object]:
    called = dict(zip(LABELS, (*file.classes, "neither", "skipped"), strict=True))
    return {
        "labels": str(file.path),
        "classes": file.classes,
        "photos": len(file.photos),
        "labelled": {called[each]: count for each, count in file.counts().items()},
        "without_label": len(file.unlabelled),
        "accuracy": None,
        "accuracy_interval": None,
        "suggested": {called[each]: len(digests) for each, digests in above.items()},
        "most_helpful": [file.photos[digest].path for digest in helpful],
    }


def _show(file: LabelFile, state: dict[str, object]) -> None:
    say(f"{len(file.photos):,} photos in {file.path}")
    labelled, suggested = state["labelled"], state["suggested"]
    assert isinstance(labelled, dict)
    assert isinstance(suggested, dict)
    for called, count in {**labelled, "without a label": state["without_label"]}.items():
        say(f"{count:>8,}  {called}")
    accuracy, interval = state["accuracy"], state["accuracy_interval"]
    if isinstance(accuracy, float) and isinstance(interval, tuple):
        low, high = interval
        say(f"Right on labelled photos not learnt from: {percent(accuracy)} ({percent(low)} to {percent(high)})")
    if any(suggested.values()):
        words = ", ".join(f"{called} {count:,}" for called, count in suggested.items())
        say(f"Suggested from {_ACCEPTED_FROM:.0f} % on: {words}. To accept them: --accept {_ACCEPTED_FROM:.0f}")
    helpful = state["most_helpful"]
    assert isinstance(helpful, list)
    if helpful:
        say("These would help most:")
        for path in helpful:
            say(f"          {path}")
