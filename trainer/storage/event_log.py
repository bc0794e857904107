"""`events.jsonl`: a run's events, one a line, in the order in which they happened."""

import contextlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from trainer.core.events import AnyEvent, from_line, to_line
from trainer.files.atomic import disk_errors
from trainer.files.regular import open_regular

# How much of a log's end is read in search of the last event, more only where less does not hold it. The longest event
# is the terminal one: it carries the history, and 10,000 epochs (the most a run may have) take about 2 MB.
_TAILS_BYTES = (64 * 1024, 2**20, 32 * 2**20)


class EventLog:
    """Appends events to the file, each as soon as it happens. Raises DiskError where it cannot be opened."""

    def __init__(self, path: Path) -> None:
        with disk_errors(path):
            self._path = path
            self._file = path.open("ab", buffering=0)  # unbuffered: a killed run loses no event
            if _ends_in_mid_line(path):  # the run was killed while it wrote
                self._file.write(b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, event: AnyEvent) -> None:
        """Append one event. Raises DiskError."""
        with disk_errors(self._path):
            self._file.write(to_line(event).encode() + b"\n")


def last_event(path: Path) -> AnyEvent | None:
    """Return the last whole event in a log, reading only the file's end; None where there is none."""
    try:
        for reach in _TAILS_BYTES:
            tail, is_all = _read_end(path, reach)
            lines = tail.splitlines()
            event = _last_whole(lines if is_all else lines[1:])  # the first line may lack its beginning
            if event is not None or is_all:
                return event
    except OSError:  # there is no log, or it cannot be read
        pass
    return None


def _last_whole(lines: list[bytes]) -> AnyEvent | None:
    """Return the last of the lines that is an event: a kill may have cut off the others."""
    for line in reversed(lines):
        with contextlib.suppress(msgspec.DecodeError):
            return from_line(line)
    return None


def _read_end(path: Path, reach: int) -> tuple[bytes, bool]:
    """Return the last `reach` bytes of a file, and whether these are all of it."""
    with open_regular(path) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - reach))
        return file.read(), size <= reach


def _ends_in_mid_line(path: Path) -> bool:
    end, _ = _read_end(path, 1)
    return end not in (b"", b"\n")
