"""How a run's events get out: to whoever listens, and into the run's log once it has a folder."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from trainer.core.errors import DiskError
from trainer.core.events import TERMINAL, AnyEvent, Noted, Stage, StageProgressed
from trainer.storage.event_log import EventLog

Emit = Callable[[AnyEvent], None]


class Reporter:
    """Hands each event on. A context: leaving it closes the log and whatever else was `kept` open."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._log: EventLog | None = None
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def keep_open(self, resource: contextlib.AbstractContextManager[object]) -> None:
        """Close this too at the end."""
        self._open.enter_context(resource)

    def log_to(self, path: Path) -> None:
        """Write events from here on into the run's log as well."""
        self._log = EventLog(path)
        self.keep_open(self._log)

    def __call__(self, event: AnyEvent) -> None:
        """Hand an event on. The log comes second to the listeners: a full disk must not hide what happens."""
        self._emit(event)
        # Progress of a stage is for eyes alone; the log would gain a line for every photo.
        if self._log is None or isinstance(event, StageProgressed):
            return
        try:
            self._log.write(event)
        except DiskError:
            if not isinstance(event, TERMINAL):  # the end has been told, and there is nothing left to fail
                raise

    def note(self, text: str) -> None:
        """Hand on a sentence."""
        self(Noted(text=text))

    def progress(self, stage: Stage) -> Callable[[int, int], None]:
        """Return a function that hands on the progress of a stage."""
        return lambda done, total: self(StageProgressed(stage=stage, done=done, total=total))
