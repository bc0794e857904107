"""`catdog-cli learn`."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trainer.cli.console import AsJson, interruptible, percent, print_json, progress_bar, say, say_error, say_note
from trainer.cli.photo_choice import Device, default_model
from trainer.core.errors import DatasetError
from trainer.dataset.label_file import LabelFile
from trainer.storage.model_description import read_description

if TYPE_CHECKING:
    from trainer.labelling.corrections import Judged


def learn(
    labels: Annotated[
        Path | None,
        typer.Argument(
            metavar="[LABELS]",
            help="Labels to learn from. By default: your corrections.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    *,
    model: Annotated[
        Path | None,
        typer.Option(help="The model to begin with. By default: the one that comes with CatDog.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the run's folder is made.", show_default=False)
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the new model even if it is worse on old photos.")] = False,
    device: Device = "auto",
    json: AsJson = False,
) -> None:
    """Let a model learn from your corrections, and see what that does to old and new photos.

    The model's old photos are kept in mind, so that nothing gets quietly worse: where it does, the new model is not
    kept, unless you say --keep. The old model stays as it is in any case.
    """
    path = (model or default_model()).absolute()
    from trainer.labelling.collection import collection_path  # noqa: PLC0415 - numpy and Pillow; --help must not

    collection = labels or collection_path(read_description(path).classes)
    if not collection.is_file():
        raise DatasetError(
            f"There are no corrections at {collection}.",
            remedy="Correct verdicts in the window, or name labels made by catdog-cli label.",
        )
    from trainer.labelling.correction_run import save_run  # noqa: PLC0415 - torch takes seconds
    from trainer.labelling.corrections import learn as learn_from  # noqa: PLC0415

    began = time.monotonic()
    with LabelFile.open(collection) as file, interruptible() as control:
        with progress_bar("Looking at photos") as progress:
            learnt = learn_from(path, file, device=device, progress=progress, cancelled=control.should_stop)
        report = learnt.report
        kept = keep or report.judgement != "worse"
        seconds = time.monotonic() - began
        folder = save_run(learnt, file, path, out, seconds=seconds, note=say_note) if kept else None
    if json:
        model_path = str(folder.model) if folder is not None else None
        print_json({"judgement": report.judgement, "model": model_path, "report": report})
    else:
        for name, judged in (("old photos", report.old), ("corrections", report.new)):
            if judged is not None:
                _show(name, judged)
        say(report.sentence)
    if folder is None:
        say_error("The new model was not kept. To keep it all the same: --keep.")
        raise typer.Exit(1)
    say_note(f"The new model is {folder.model}")


def _show(name: str, judged: "Judged") -> None:
    before, after = judged.right_before / judged.photos, judged.right_after / judged.photos
    low, high = judged.interval(judged.right_after)
    right = f"right before {percent(before)}, now {percent(after)} ({percent(low)} to {percent(high)})"
    say(f"{name:<12} {judged.photos:>6,}  {right}, not sure before {judged.unsure_before}, now {judged.unsure_after}")
