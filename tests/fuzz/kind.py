"""A kind of file to fuzz: good ones to begin with, how they are damaged, and what is done with the damaged ones."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple


class Kind(NamedTuple):
    """One kind of file."""

    name: str
    make: Callable[[Random], bytes]
    """Returns a damaged file."""
    check: Callable[[bytes, Path], None]
    """Opens a file as the program does, in an empty folder. Raises TrainerError where it is refused, ImpossibleError
    where something was believed that cannot be; whatever else is raised is a fault of the program."""
