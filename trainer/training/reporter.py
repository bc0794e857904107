"""Passes a run's events to its listener, and to its log once it has a folder."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from trainer.core.errors import DiskError
from trainer.core.events import PASSING, TERMINAL, AnyEvent, Noted, Stage, StageProgressed
from trainer.core.progress import Progress
from trainer.core.text import join, text
from trainer.storage.event_log import EventLog

Emit = Callable[[AnyEvent], None]


class Reporter:
    """Passes each event on. A context manager: leaving it closes the log."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._log: EventLog | None = None
        self._log_is_whole = True
        self._open_log = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close_log()

    def log_to(self, path: Path) -> None:
        """Write events from here on into the run's log as well."""
        self._log = self._open_log.enter_context(EventLog(path))

    def close_log(self) -> None:
        """Write no more events into the log."""
        self._log = None
        self._open_log.close()

    def __call__(self, event: AnyEvent) -> None:
        """Pass an event on, to the log last: a full disk must not hide what happens, nor end the run for a log."""
        self._emit(event)
        # Progress is for watching only; the log would gain a line for every photo.
        if self._log is None or isinstance(event, PASSING):
            return
        try:
            self._log.write(event)
        except DiskError as error:
            was_whole, self._log_is_whole = self._log_is_whole, False
            if was_whole and not isinstance(event, TERMINAL):
                later = text("The run goes on, and writes down what happens once the disk lets it.")
                self.note(join([error.what, later]))
        else:
            self._log_is_whole = True

    def note(self, sentence: str) -> None:
        """Pass on a sentence."""
        self(Noted(text=sentence))

    def progress(self, stage: Stage) -> Progress:
        """Return a function that reports the progress of a stage."""
        return lambda done, total: self(StageProgressed(stage=stage, done=done, total=total))
