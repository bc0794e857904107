"""What is asked of a process whose calls fail, and what it answers."""

from enum import IntEnum, IntFlag
from typing import NamedTuple

import msgspec


class Kind(IntFlag):
    """What a call does, as in `refuse.c`."""

    READ = 1
    LOOK = 2
    WRITE = 4
    NAME = 8
    PUT = 16


class How(IntEnum):
    """What happens at a call, as in `refuse.c`."""

    ALONE = 0
    FROM_THEN_ON = 1
    SHORT = 2
    KILL = 3


class Fault(msgspec.Struct, frozen=True):
    """The call that fails: the `nth` of these kinds, with that error. With 0 none fails, and all are counted."""

    kinds: int = Kind.READ | Kind.LOOK | Kind.WRITE | Kind.NAME
    how: int = How.ALONE
    nth: int = 0
    error: str = ""


class Request(msgspec.Struct, frozen=True):
    """A command line to be run."""

    words: tuple[str, ...]
    work: str
    """Where it is run, and where its output goes."""
    below: str
    """The folder whose calls are counted."""
    environment: dict[str, str]
    fault: Fault = Fault()
    now: int = 0
    """The time of day at which its clock stands still, in seconds since 1970; 0 lets it go on."""


class Call(NamedTuple):
    """A call to the operating system."""

    kind: int
    what: str
    """Its name and its path."""


class Outcome(msgspec.Struct, frozen=True):
    """How it ended."""

    code: int
    """Its exit code; that of a killed one is the signal, negative."""
    out: str
    err: str
    calls: tuple[Call, ...]
    """The calls that failed, each with its path; where none was to fail, all that were counted."""
    timed_out: bool = False

    def completed(self) -> "Outcome":
        """Return the same, as ended well: where there was nothing left to do."""
        return msgspec.structs.replace(self, code=0)
