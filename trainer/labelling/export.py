"""A file of labels as other programs read it: class folders, or a table."""

import csv
import io
from pathlib import Path

from trainer.core.errors import DatasetError
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import text
from trainer.dataset.label_file import Label, LabelBook
from trainer.files.atomic import write_atomically
from trainer.sorting.items import Item, SortOptions, class_folder
from trainer.sorting.plan import SortPlan, plan_sort
from trainer.sorting.sort import SortResult, sort

# How a table of labels begins. Only a file that begins so is overwritten.
TABLE_START = b"path,class"


def folder_plan(book: LabelBook, to: Path, *, link: bool = False) -> SortPlan:
    """Return the plan that puts all photos with a class into class folders, as copies or hard links.

    Raises DatasetError where no photo has a class, and SettingError where links cannot lead there.
    """
    items = [
        Item(Path(book.photos[digest].path), class_folder(_named(book, label)))
        for digest, label in book.labels.items()
        if digest in book.photos and label in ("first", "second")
    ]
    if not items:
        raise DatasetError(
            text("No photo in {labels} has a class yet.", labels=book.name), remedy=text("Label some first.")
        )
    return plan_sort(items, to, SortOptions(action="link" if link else "copy"))


def export_folders(
    book: LabelBook,
    to: Path,
    *,
    link: bool = False,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> SortResult:
    """Put all photos with a class into class folders. Raises as `folder_plan` and `sort` do."""
    return sort(folder_plan(book, to, link=link), progress=progress, cancelled=cancelled)


def export_table(book: LabelBook, path: Path) -> int:
    """Write a CSV table of all photos with a class; return how many. Raises DiskError."""
    rows = [
        [book.photos[digest].path, _named(book, label)]
        for digest, label in book.labels.items()
        if digest in book.photos and label in ("first", "second")
    ]
    content = io.StringIO()
    csv.writer(content, lineterminator="\n").writerows([TABLE_START.decode().split(","), *sorted(rows)])
    write_atomically(path, content.getvalue())
    return len(rows)


def _named(book: LabelBook, label: Label) -> str:
    return book.classes[label == "second"]
