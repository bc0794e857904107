"""The table of verdicts that other programs read: its columns, and as CSV.

A spreadsheet takes a cell that begins with =, +, - or @ for a formula, and a photo may be called so by whoever sent it.
So a path that begins so is written as ./path, which names the same file, and any other text gets an apostrophe before
it, which spreadsheets do not show. Numbers are never changed.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from trainer.core.results import Prediction
from trainer.files.regular import open_regular

_START = ("path", "class", "probability")
_END = ("nearest_class", "reason", "error")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
Cell = str | float | None


def columns(classes: tuple[str, str]) -> list[str]:
    """Return the headings: the path, the verdict, the probability of each class by name, and why there is no class."""
    return [*_START, *(f"probability_{name}" for name in classes), *_END]


def cells(row: Prediction, classes: tuple[str, str]) -> list[Cell]:
    """Return what stands below the headings for one photo. None is nothing."""
    shares = [row.probabilities[name] if row.probabilities else None for name in classes]
    return [row.path, row.class_name, row.probability, *shares, row.nearest_class, row.reason, row.error]


def as_csv(found: Sequence[Prediction], classes: tuple[str, str]) -> str:
    """Return the table as CSV. A name that is no Unicode has its bytes written as such."""
    lines = [_line([plain_text(heading) for heading in columns(classes)])]
    for row in found:
        path, *others = cells(row, classes)
        lines.append(
            _line([_path(str(path)), *(plain_text(cell) if isinstance(cell, str) else cell for cell in others)])
        )
    return "".join(lines).encode(errors="backslashreplace").decode()


def is_csv_table(path: Path) -> bool:
    """Whether a file is such a table, by how it begins."""
    start = ",".join(_START).encode()
    try:
        with open_regular(path) as file:
            return file.read(len(start)) == start
    except OSError:  # nobody can tell what it holds
        return False


def plain_text(cell: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _line(row: Sequence[Cell]) -> str:
    """Return one line. Python's writer would leave a carriage return bare that is not part of its own line ending."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(row)
    return written.getvalue().removesuffix("\r\n") + "\n"


def _path(path: str) -> str:
    return f"./{path}" if path.startswith(_FORMULA) else path
