"""What a process holds: memory, threads, file handles, temporary files, widgets; and whether that grows. Linux only."""

import ctypes
import gc
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from PySide6.QtWidgets import QApplication

_PAGE = os.sysconf("SC_PAGE_SIZE")
# More than there is room for beside the 110,000 of the program, in a table with 175,000 places.
_NAMES = 100_000


class Held(NamedTuple):
    """What the process holds between two rounds, when nothing is going on."""

    hours: float
    """Since the start."""
    megabytes: float
    """Of its own memory, without what is mapped from files."""
    threads: int
    handles: int
    temporary: int
    """Files and folders in the folder for temporary ones."""
    widgets: int


class Slope(NamedTuple):
    """A straight line through measured values."""

    per_hour: float
    error: float
    """The standard error of `per_hour`."""

    @property
    def surely(self) -> float:
        """What the slope is at least, but for one case in forty."""
        return self.per_hour - 2 * self.error


def held(hours: float, temporary: Path) -> Held:
    """Return what is held, once the garbage is collected and free memory given back."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    _, resident, shared, *_ = map(int, Path("/proc/self/statm").read_text(encoding="ascii").split())
    return Held(
        hours,
        (resident - shared) * _PAGE / 1e6,
        len(list(Path("/proc/self/task").iterdir())),
        len(list(Path("/proc/self/fd").iterdir())),
        sum(1 for _ in temporary.rglob("*")),
        len(QApplication.allWidgets()),
    )


def grow_table_of_names() -> None:
    """Bring Python's table of interned strings to the size at which it stays; all modules are to be loaded by then.

    A round takes a thousand of its places for strings that come and go. When none is left, Python makes the table anew,
    with room for three times as many names as there are: 4 MB more, once in an hour, and no leak.
    """
    for number in range(_NAMES):
        sys.intern(f"name {number}")  # gone again at once


def memory_slope(measured: Sequence[Held]) -> Slope:
    """Return by how many megabytes an hour memory grows: least squares. Needs three values or more."""
    hours = [each.hours for each in measured]
    sizes = [each.megabytes for each in measured]
    middle, mean = fmean(hours), fmean(sizes)
    spread = sum((hour - middle) ** 2 for hour in hours)
    slope = sum((hour - middle) * (size - mean) for hour, size in zip(hours, sizes, strict=True)) / spread
    rest = [size - mean - slope * (hour - middle) for hour, size in zip(hours, sizes, strict=True)]
    return Slope(slope, math.sqrt(sum(each**2 for each in rest) / (len(measured) - 2) / spread))
