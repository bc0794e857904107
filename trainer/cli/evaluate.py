"""`catdog-cli evaluate`."""

from typing import Annotated

import typer
from rich.table import Table

from trainer.cli.console import (
    AsJson,
    ModelPath,
    interruptible,
    percent,
    print_json,
    progress_bar,
    say,
    say_note,
    stdout,
)
from trainer.cli.dataset_choice import ClassFolders, DatasetPaths, LeftOut, choice_of
from trainer.core.judgement import judge
from trainer.core.results import Evaluation, EvaluationMetrics
from trainer.core.text import join, text
from trainer.core.words import photos

# The surest mistakes are the ones worth looking at.
SHOWN_MISTAKES = 10


def evaluate(
    model: ModelPath,
    dataset: DatasetPaths,
    *,
    class_folder: ClassFolders = None,
    leave_out: LeftOut = None,
    split: Annotated[
        str | None,
        typer.Option(
            help="train, validation, test or all. By default: test, or all photos where none were kept back.",
            show_default=False,
        ),
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
    json: AsJson = False,
) -> None:
    """Test a model on photos whose class is known, and list those that it gets wrong."""
    from trainer.inference.evaluate import evaluate_model  # noqa: PLC0415 - torch takes seconds; --help must not

    with interruptible() as control, progress_bar("Looking at photos") as progress:
        evaluation = evaluate_model(
            model,
            choice_of(dataset, class_folder, leave_out),
            split=split,
            device=device,
            progress=progress,
            cancelled=control.should_stop,
            note=say_note,
        )
    if json:
        print_json(evaluation)
        return
    show_metrics(evaluation)
    judged = judge(evaluation)
    if not judged.is_good:
        say(join([text("{title}.", title=judged.title), judged.explanation]))
    _show_mistakes(evaluation)


def show_metrics(found: EvaluationMetrics) -> None:
    """Print the numbers of an evaluation."""
    low, high = found.accuracy_interval
    say(f"{photos(found.photos)} of {found.dataset} ({found.split})")
    grid = Table(box=None, show_header=False)
    grid.add_row("accuracy", f"{percent(found.accuracy)}   (95 % interval {percent(low)} to {percent(high)})")
    grid.add_row("baseline", f"{percent(found.baseline)}   (always saying the larger class)")
    grid.add_row("loss", f"{found.loss:.4f}")
    grid.add_row("not sure", f"{found.not_sure:,} of them (counted here under their nearest class)")
    if found.calibration_error is not None and found.calibration_error_before is not None:
        before = percent(found.calibration_error_before)
        grid.add_row("calibration", f"{percent(found.calibration_error)} off on average (uncalibrated {before})")
    grid.add_row("ROC AUC", "–" if found.roc_auc is None else f"{found.roc_auc:.4f}")
    stdout.print(grid)
    table = Table("", *(f"said {name}" for name in found.classes), "precision", "recall", "F1", box=None)
    for name, row in zip(found.classes, found.confusion, strict=True):
        metrics = found.per_class[name]
        shares = (metrics.precision, metrics.recall, metrics.f1)
        table.add_row(f"is {name}", *(f"{number:,}" for number in row), *(percent(share) for share in shares))
    stdout.print(table)


def _show_mistakes(found: Evaluation) -> None:
    if found.wrong:
        say(f"{len(found.wrong):,} wrong, the surest first:")
    for photo in found.wrong[:SHOWN_MISTAKES]:
        positive = found.classes[1]
        share = photo.probability if photo.predicted == positive else 1 - photo.probability
        say(f"  {photo.path}: {photo.class_name}, said {photo.predicted} ({percent(share)})")
