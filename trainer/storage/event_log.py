"""`events.jsonl`: what a run told the world, one event a line, in the order it happened."""

from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from trainer.core.events import AnyEvent, from_line, to_line
from trainer.files.atomic import disk_errors

# A terminal event carries the history, about 200 bytes an epoch: this holds a thousand epochs.
TAIL_BYTES = 256 * 1024


class EventLog:
    """Appends events to the file, each as soon as it happens. Raises DiskError where it cannot be opened."""

    def __init__(self, path: Path) -> None:
        with disk_errors(path):
            cut_off = path.exists() and not path.read_bytes().endswith(b"\n")
            self._path = path
            self._file = path.open("ab", buffering=0)  # unbuffered: a killed run loses no event
            if cut_off:  # by a kill in mid-line
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


def read_events(path: Path) -> list[AnyEvent]:
    """Return the events in a log, in order, passing over lines that a kill cut off."""
    return _parse(path.read_bytes().splitlines()) if path.exists() else []


def last_event(path: Path) -> AnyEvent | None:
    """Return the last event in a log, reading only the file's end; None where there is none."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        events = _parse(file.read().splitlines())
    return events[-1] if events else None


def _parse(lines: list[bytes]) -> list[AnyEvent]:
    events = []
    for line in lines:
        try:
            events.append(from_line(line))
        except msgspec.DecodeError:
            continue
    return events
