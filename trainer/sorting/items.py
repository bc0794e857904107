"""What is to be sorted: photos with the folder that each belongs in."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import msgspec

from trainer.core.results import Prediction
from trainer.dataset.names import class_key
from trainer.dataset.records import Problem
from trainer.sorting.names import safe_name

Action = Literal["copy", "link", "move"]
By = Literal["verdict", "certainty"]
ACTIONS: tuple[Action, ...] = get_args(Action)
BYS: tuple[By, ...] = get_args(By)

NOT_SURE = "not sure"
_PLURALS = {"cat": "cats", "dog": "dogs"}


class SortOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How photos are sorted."""

    action: Action = "copy"
    by: By = "verdict"
    """By class alone, or within a class by how probable it is."""
    keep_structure: bool = False
    """Whether folders below the one that was named are made again below the class folders."""
    keywords: bool = False
    """Whether the verdict is written into an `.xmp` file beside the sorted photo."""


class Item(NamedTuple):
    """One photo with its place to be."""

    path: Path
    folder: str
    """Below the target, with forward slashes."""
    below: str = ""
    """The folders between the one that was named and the photo, with forward slashes."""
    keyword: str = ""
    """The class, for the photo's keywords; empty where the model is not sure."""


def items_of(
    predictions: Sequence[Prediction], options: SortOptions, roots: Sequence[Path] = ()
) -> tuple[list[Item], list[Problem]]:
    """Return what to sort, by verdicts, and the photos that could not be read, which stay where they are.

    `roots` are the folders in which the photos were looked for: where the structure is kept, it is that below them.
    """
    items: list[Item] = []
    problems: list[Problem] = []
    for found in predictions:
        if found.error:
            problems.append(Problem(path=found.path, kind="unreadable", reason=found.error))
            continue
        path = Path(found.path)
        folder = folder_of(found, options.by)
        below = _below(path, roots) if options.keep_structure else ""
        items.append(Item(path, folder, below, found.class_name or ""))
    return items, problems


def folder_of(found: Prediction, by: By = "verdict") -> str:
    """Return the folder for a verdict, with forward slashes."""
    if found.class_name is None or found.probabilities is None:
        return NOT_SURE
    folder = class_folder(found.class_name)
    return folder if by == "verdict" else f"{folder}/{_level(found.probabilities[found.class_name])}"


def class_folder(name: str) -> str:
    """Return the folder for a class: cats, dogs, or its own name in letters that every file system takes."""
    return _PLURALS.get(class_key(name), "") or safe_name(name)


def _level(probability: float) -> str:
    if probability >= 0.99:
        return "99 % and more"
    return "95 to 99 %" if probability >= 0.95 else "below 95 %"


def _below(path: Path, roots: Sequence[Path]) -> str:
    """Return the folders between the innermost of the roots that a photo lies in and the photo."""
    around = [root for root in roots if path.parent.is_relative_to(root)]
    if not around:
        return ""
    below = path.parent.relative_to(max(around, key=lambda root: len(root.parts)))
    return "" if below == Path() else below.as_posix()
