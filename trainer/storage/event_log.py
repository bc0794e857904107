"""`events.jsonl`: a run's events, one a line, in the order in which they happened."""

import contextlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from trainer.core.errors import DiskError
from trainer.core.events import AnyEvent, Event
from trainer.core.os_errors import disk_error
from trainer.core.text import text
from trainer.files.atomic import disk_errors
from trainer.files.regular import open_regular, open_unlinked
from trainer.storage.log_lines import LogReader, sealed_line

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
            self._unwritten = b""
            self._mend_end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, event: AnyEvent) -> None:
        """Append one event, and those that the disk refused before. Raises DiskError."""
        lines = self._unwritten + sealed_line(event)
        with disk_errors(self._path):
            try:
                self._append(lines)
            except OSError:
                if len(lines) <= _MOST_UNWRITTEN:
                    self._unwritten = lines
                raise
        self._unwritten = b""

    def _mend_end(self) -> None:
        """Take half a line away, which a kill left, so that the next one is whole and none looks damaged."""
        last = _unended_line(self._path)
        if last and LogReader().read(last) is None:
            self._file.truncate(self._file.seek(0, os.SEEK_END) - len(last))
        end, _ = _read_end(self._path, 1)
        if end not in (b"", b"\n"):
            self._unwritten = b"\n"

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
            lines = tail.splitlines(keepends=True)
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
    """Return the last of the lines that is such an event: others may be damaged, or cut off by a kill."""
    reader = LogReader()
    reader.expect_seals_of(lines)
    return next((event for event in map(reader.read, reversed(lines)) if isinstance(event, kind)), None)


def _read_end(path: Path, reach: int) -> tuple[bytes, bool]:
    """Return the last `reach` bytes of a file, and whether these are all of it."""
    with open_regular(path) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - reach))
        return file.read(), size <= reach


def _unended_line(path: Path) -> bytes:
    """Return what follows the last line's end; where that is longer than any line, as much as was looked at."""
    tail = b""
    for reach in (1, *_TAILS_BYTES):
        tail, _ = _read_end(path, reach)
        if b"\n" in tail:
            break
    return tail.rpartition(b"\n")[2]
