"""`catdog-cli evaluate`."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

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
from trainer.cli.photo_choice import Device
from trainer.core.dataset_choice import DatasetChoice
from trainer.core.errors import SettingError
from trainer.core.judgement import judge
from trainer.core.results import Evaluation, EvaluationMetrics
from trainer.core.robustness import HarmedAccuracy, Robustness
from trainer.core.text import join, text
from trainer.core.words import photos
from trainer.inference.coverage import at
from trainer.inference.operating_point import decide, what_changes

# The surest mistakes are the ones worth looking at.
SHOWN_MISTAKES = 10
# In logits, around the model's own limits.
SHOWN_STRICTNESS = (-2.0, -1.0, 0.0, 1.0, 2.0, 3.0)
LARGEST = 10.0
# What two models of the same file name are called.
AB = ("A", "B")

_Found = TypeVar("_Found")


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
    device: Device = "auto",
    against: Annotated[
        Path | None,
        typer.Option(metavar="MODEL", help="Another model, to judge by the same photos.", show_default=False),
    ] = None,
    strictness: Annotated[
        float | None,
        typer.Option(
            help="What limits of “not sure” so much stricter would change, in logits; bolder below 0.",
            min=-LARGEST,
            max=LARGEST,
            show_default=False,
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            help="What would change if photos were called the second class from this probability on.",
            min=0.0,
            max=1.0,
            show_default=False,
        ),
    ] = None,
    save_as: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep a copy of the model with those limits.", dir_okay=False),
    ] = None,
    robustness: Annotated[
        bool,
        typer.Option(
            "--robustness",
            help="See how much worse it gets on such photos that are blurred, dark, turned, small or without colour.",
        ),
    ] = False,
    json: AsJson = False,
) -> None:
    """Test a model on photos whose class is known, and list those that it gets wrong."""
    # torch takes seconds; --help must not
    from trainer.inference.comparison import evaluate_both  # noqa: PLC0415
    from trainer.inference.evaluate import evaluate_model  # noqa: PLC0415

    if save_as is not None and strictness is None and threshold is None:
        raise SettingError(
            text("--save-as needs other limits to save."), remedy=text("Give --strictness or --threshold as well.")
        )
    if robustness and any(option is not None for option in (against, save_as, strictness, threshold)):
        raise SettingError(
            text("--robustness is a measurement of its own."), remedy=text("Leave the options about other models out.")
        )
    choice = choice_of(dataset, class_folder, leave_out)
    if robustness:
        _show_robustness(model, choice, split=split, device=device, as_json=json)
        return
    if against is not None:
        both = _watched(evaluate_both, model, against, choice, split=split, device=device)
        _show_comparison(*both, names=(model.name, against.name), as_json=json)
        return
    evaluation = _watched(evaluate_model, model, choice, split=split, device=device)
    if save_as is not None:
        from trainer.inference.model_copy import save_copy  # noqa: PLC0415 - torch

        save_copy(model, save_as, strictness=strictness or 0.0, threshold=threshold)
        say_note(f"The model with its new limits is {save_as}.")
    if json:
        print_json(evaluation)
        return
    show_metrics(evaluation)
    _show_area(evaluation)
    _show_coverage(evaluation, strictness)
    if strictness is not None or threshold is not None:
        other = decide(evaluation, threshold=threshold, strictness=strictness or 0.0)
        say(join([text("With those limits:"), what_changes(decide(evaluation), other)]))
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


def _show_area(found: Evaluation) -> None:
    from trainer.inference.curves import outcomes, roc  # noqa: PLC0415 - numpy, which --help does not need

    curve = roc(*outcomes(found))
    if curve is not None:
        low, high = curve.interval
        say(f"ROC AUC between {low:.4f} and {high:.4f} (95 % interval)")


def _show_mistakes(found: Evaluation) -> None:
    if found.wrong:
        say(f"{len(found.wrong):,} wrong, the surest first:")
    for photo in found.wrong[:SHOWN_MISTAKES]:
        positive = found.classes[1]
        share = photo.probability if photo.predicted == positive else 1 - photo.probability
        say(f"  {photo.path}: {photo.class_name}, said {photo.predicted} ({percent(share)})")


def _watched(look: Callable[..., _Found], *what: Path | DatasetChoice, split: str | None, device: str) -> _Found:
    """Return what one of the engine's evaluations finds, with a progress bar, and ended by Ctrl+C."""
    with interruptible() as control, progress_bar("Looking at photos") as progress:
        return look(*what, split=split, device=device, progress=progress, cancelled=control.should_stop, note=say_note)


def _show_comparison(one: Evaluation, other: Evaluation, *, names: tuple[str, str], as_json: bool) -> None:
    from trainer.inference.comparison import compare  # noqa: PLC0415 - torch

    found = compare(one, other, names=names if names[0] != names[1] else AB)
    if as_json:
        print_json(found)
        return
    for name, evaluation in ((found.first, one), (found.second, other)):
        low, high = evaluation.accuracy_interval
        say(f"{name}: {percent(evaluation.accuracy)} right (95 % interval {percent(low)} to {percent(high)})")
    say(found.sentence)
    for photo in found.changed:
        right = found.first if photo.first_right else found.second
        say(f"  {photo.path}: {photo.class_name}, only {right} is right")


def _show_robustness(model: Path, choice: DatasetChoice, *, split: str | None, device: str, as_json: bool) -> None:
    from trainer.inference.robustness import keep_robustness, measure_robustness  # noqa: PLC0415 - torch

    found = _watched(measure_robustness, model, choice, split=split, device=device)
    keep_robustness(model, found)
    if as_json:
        print_json(found)
        return
    say(found.sentence)
    table = Table("", "right", "95 %", "change", "p", "not sure", "wrong", box=None)
    rows: list[tuple[str, Robustness | HarmedAccuracy, tuple[str, str]]] = [("as they are", found, ("", ""))]
    rows += [(one.harm.title, one, _difference(found, one)) for one in found.harms]
    for title, one, difference in rows:
        low, high = one.accuracy_interval
        interval = f"{100 * low:.1f}–{percent(high)}"
        counts = (f"{one.not_sure:,}", f"{one.wrong_verdicts:,}")
        table.add_row(title, percent(one.accuracy), interval, *difference, *counts)
    for column in table.columns:
        column.no_wrap = True
    stdout.print(table)
    say("* clear at 5 % for all of them together (McNemar's exact test by pairs, Holm).")


def _difference(found: Robustness, one: HarmedAccuracy) -> tuple[str, str]:
    """Return the difference to the untouched photos in percentage points, and its p-value."""
    star = " *" if one.is_clear else ""
    return f"{100 * (one.accuracy - found.accuracy):+.1f}{star}", f"{one.p_value:.2g}"


def _show_coverage(found: Evaluation, strictness: float | None) -> None:
    """Print how many verdicts are given, and how many of them are right, for limits around the model's own."""
    table = Table("strictness", "get a verdict", "of those right", "wrong verdicts", box=None)
    for level in sorted({*SHOWN_STRICTNESS, strictness or 0.0}):
        point = at([*found.right, *found.wrong], level)
        mark = "  ← the model's own" if level == 0 else "  ← as asked" if level == strictness else ""
        table.add_row(f"{level:+g}", percent(point.coverage), percent(point.accuracy), f"{point.wrong:,}{mark}")
    stdout.print(table)
