"""Work of which only the newest request counts, such as a preview that follows a slider."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from catdog_gui import worker


class Latest(QObject):
    """Runs one request at a time in another thread. Of the requests that come meanwhile, only the last one is run."""

    succeeded = Signal(object)
    failed = Signal(object)
    """The ErrorRecord."""

    def __init__(self, parent: QObject, *, settle_ms: int = 0) -> None:
        super().__init__(parent)
        self._wanted: Callable[[], Any] | None = None
        self._task: worker.Task | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(settle_ms)
        self._settle.timeout.connect(self._begin)

    @property
    def busy(self) -> bool:
        """Whether a request runs or waits."""
        return self._task is not None or self._wanted is not None

    def ask(self, work: Callable[[], Any]) -> None:
        """Request work for another thread; it replaces a request that still waits."""
        self._wanted = work
        self._settle.start()

    def forget(self) -> None:
        """Cancel all requests; no outcome follows."""
        self._wanted = None
        self._settle.stop()
        if self._task is not None:
            self._task.cancel()

    def _begin(self) -> None:
        if self._task is not None or self._wanted is None:
            return
        work, self._wanted = self._wanted, None
        self._task = worker.start(lambda _emit, _control: work(), parent=self)
        self._task.succeeded.connect(self._take)
        self._task.failed.connect(self._refuse)
        self._task.finished.connect(self._next)

    def _take(self, outcome: object) -> None:
        # Shown even where a newer request waits: it is newer than what is on the screen.
        if self._task is not None and not self._task.control.should_stop():
            self.succeeded.emit(outcome)

    def _refuse(self, error: object) -> None:
        if self._wanted is None:
            self.failed.emit(error)

    def _next(self) -> None:
        self._task = None
        if self._wanted is not None and not self._settle.isActive():
            self._begin()
