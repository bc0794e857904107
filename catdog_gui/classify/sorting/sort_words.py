"""What the dialogs for sorting say."""

from collections.abc import Sequence
from typing import Final

from catdog_gui.look.language import tr, tr_n, translated
from catdog_gui.look.words import size
from trainer.dataset.records import Problem
from trainer.sorting.items import Action
from trainer.sorting.plan import SortPlan
from trainer.sorting.sort import SortResult
from trainer.sorting.undo import UndoResult

_SHOWN: Final = 4


def action_words(action: Action, photos: int) -> str:
    """Return what the button does."""
    if action == "copy":
        return tr_n(photos, "Copy %n photo", "Copy %n photos")
    if action == "link":
        return tr_n(photos, "Link %n photo", "Link %n photos")
    return tr_n(photos, "Move %n photo", "Move %n photos")


def preview_words(plan: SortPlan, left_out: int) -> str:
    """Return what would be done, a line each."""
    lines = [tr("{folder}: {count}", folder=folder, count=count) for folder, count in plan.photos.items()]
    if plan.sidecars:
        lines.append(
            tr_n(
                plan.sidecars,
                "%n file that belongs to a photo goes along.",
                "%n files that belong to photos go along.",
            )
        )
    if plan.already:
        lines.append(tr_n(len(plan.already), "%n photo is there already.", "%n photos are there already."))
    if left_out:
        lines.append(tr_n(left_out, "%n photo has no verdict or no file.", "%n photos have no verdict or no file."))
    if plan.bytes_needed:
        room, free = size(plan.bytes_needed), size(plan.bytes_free)
        lines.append(tr("Room: {needed} of {free} that are free", needed=room, free=free))
    if not plan.steps:
        lines.append(tr("There is nothing to sort."))
    return "\n".join([*lines, *_problems(plan.problems)])


def result_words(result: SortResult) -> str:
    """Return what was done."""
    lines = [tr_n(result.photos, "%n photo was sorted.", "%n photos were sorted.")]
    if result.stopped:
        lines.append(translated(result.stopped))
    return "\n".join([*lines, *_problems(result.problems)])


def undo_words(result: UndoResult) -> str:
    """Return what was put back."""
    lines = [tr_n(result.restored, "%n file is as it was before.", "%n files are as they were before.")]
    return "\n".join([*lines, *_problems(result.kept)])


def _problems(problems: Sequence[Problem]) -> list[str]:
    """Return the first problems, a line each, and how many more there are."""
    lines = [
        tr("{path}: {reason}", path=problem.path, reason=translated(problem.reason)) for problem in problems[:_SHOWN]
    ]
    more = len(problems) - _SHOWN
    if more > 0:
        lines.append(tr_n(more, "and %n more", "and %n more"))
    return lines
