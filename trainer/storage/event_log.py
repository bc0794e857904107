"""`events.jsonl`: a run's events, one a line, in the order in which they happened."""

import contextlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from trainer.core.errors import DiskError
from trainer.core.events import AnyEvent, Event, from_line, to_line
from trainer.core.os_errors import disk_error
from trainer.core.text import text
from trainer.files.atomic import disk_errors
from trainer.files.regular import open_regular, open_unlinked

# How much of a log's end is read in search of the last event, more only where less does not hold it. The longest event
# is the terminal one: it carries the history, and 10,000 epochs (the most a run may have) take about 2 MB.
_TAILS_BYTES = (64 * 1024, 2**20, 32 * 2**20)


# What a disk refuses is kept to be written later, up to this: a run of days on a full disk has other troubles.
_MOST_UNWRITTEN = 2**20


class EventLog:
    """Appends events to the file, each as soon as it happens. Raises DiskError where it cannot be opened.

    A link is not followed: in a folder that came from elsewhere it could lead to any file of the user's.
    """

    def __init__(self, path: Path) -> None:
        if path.is_symlink():
            what = text("{path} is a link, and the run does not write where it leads.", path=str(path))
            raise DiskError(what, remedy=text("Delete the link."), path=path)
        with disk_errors(path):
            self._path = path
            # Unbuffered: a killed run loses no event.
            self._file = open(path, "ab", buffering=0, opener=open_unlinked)  # noqa: SIM115 - Path has no opener
            # Where the run was killed while it wrote, the next line is to be a whole one.
            self._unwritten = b"\n" if _ends_in_mid_line(path) else b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, event: AnyEvent) -> None:
        """Append one event, and those that the disk refused before. Raises DiskError."""
        lines = self._unwritten + to_line(event).encode() + b"\n"
        with disk_errors(self._path):
            try:
                self._append(lines)
            except OSError:
                if len(lines) <= _MOST_UNWRITTEN:
                    self._unwritten = lines
                raise
        self._unwritten = b""

    def _append(self, lines: bytes) -> None:
        """Write all of these, or nothing. Raises OSError."""
        end, left = self._file.seek(0, os.SEEK_END), memoryview(lines)
        try:
            while left:  # a disk that is nearly full takes a part of it first
                left = left[self._file.write(left) :]
        except OSError:
            with contextlib.suppress(OSError):
                self._file.truncate(end)
            raise


def last_event(path: Path, kind: type[Event] = Event, *, strict: bool = False) -> AnyEvent | None:
    """Return the last whole event of that kind in a log, reading only the file's end; None where there is none.

    A log that cannot be read counts as none, unless `strict`: then it raises DiskError.
    """
    try:
        for reach in _TAILS_BYTES:
            tail, is_all = _read_end(path, reach)
            lines = tail.splitlines()
            event = _last_whole(lines if is_all else lines[1:], kind)  # the first line may lack its beginning
            if event is not None or is_all:
                return event
    except FileNotFoundError:
        pass
    except OSError as error:
        if strict:
            raise disk_error(error, path) from error
    return None


def _last_whole(lines: list[bytes], kind: type[Event]) -> AnyEvent | None:
    """Return the last of the lines that is such an event: a kill may have cut off the others."""
    for line in reversed(lines):
        with contextlib.suppress(msgspec.DecodeError):
            event = from_line(line)
            if isinstance(event, kind):
                return event
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
