"""The one door between threads: an engine call runs in a QThread, and what it emits comes back on the GUI thread.

`start` returns at once with a `Task`. Whatever the work emits is queued, and delivered on the GUI thread by a timer at
about 30 Hz, a bounded number each tick. Running totals (`BatchFinished`, `StageProgressed`) replace the one before
them where nobody has seen it yet; every other value is kept. `succeeded`, `failed` or `cancelled` comes once, after the
last value, and `finished` always follows.
"""

import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QDeadlineTimer, QElapsedTimer, QObject, QThread, QTimer, Signal

from trainer.core.control import RunControl
from trainer.core.errors import CancelledError
from trainer.core.events import BatchFinished, StageProgressed
from trainer.core.results import ErrorRecord

# libgomp reads this when torch is loaded. Its threads then sleep between two operations instead of spinning against the
# GUI thread, which made training four times faster on two cores.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

Emit = Callable[[object], None]
Work = Callable[[Emit, RunControl], Any]

_TICK_MS = 33
# However much has piled up, a tick ends after this many values or milliseconds.
_VALUES_A_TICK = 200
_TICK_BUDGET_MS = 8
# On macOS only the first thread has a stack large enough for torch; all others have 512 kB.
_STACK_BYTES = 16 * 2**20


class Inbox:
    """Values that the worker emitted and the GUI thread has not received yet. Every method is safe in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: deque[object] = deque()

    def put(self, value: object) -> None:
        """Append the value, or let it replace the last one where that is only an older total of the same thing."""
        with self._lock:
            if self._values and _supersedes(value, self._values[-1]):
                self._values[-1] = value
            else:
                self._values.append(value)

    def take(self) -> object:
        """Return the oldest value. Raises IndexError where there is none."""
        with self._lock:
            return self._values.popleft()

    def __len__(self) -> int:
        with self._lock:
            return len(self._values)


def _supersedes(new: object, old: object) -> bool:
    match new, old:
        case BatchFinished(epoch=epoch), BatchFinished(epoch=before):
            return epoch == before
        case StageProgressed(stage=stage), StageProgressed(stage=before):
            return stage == before
        case _:
            return False


class _Thread(QThread):
    """Runs one piece of work and keeps its outcome."""

    def __init__(self, work: Work, inbox: Inbox, control: RunControl) -> None:
        super().__init__()
        self.setStackSize(_STACK_BYTES)
        self._work: Work | None = work
        self._inbox = inbox
        self._control = control
        self.outcome: object = None
        self.error: BaseException | None = None
        # This object lives in the GUI thread, so the slot runs there, also where the task is gone by then.
        self.finished.connect(self._forget)

    def run(self) -> None:
        """Do the work (in the new thread). Nothing is raised: an exception is the outcome."""
        work, self._work = self._work, None
        assert work is not None
        try:
            self.outcome = work(self._inbox.put, self._control)
        except BaseException as error:  # noqa: BLE001 - also SystemExit must not end the program from here
            self.error = error
        finally:
            del work  # so that what the work held is freed in the thread that used it

    def stop(self) -> None:
        self._control.stop()

    def _forget(self) -> None:
        self.wait()  # `finished` is emitted a moment before the thread is really over
        _running.discard(self)
        self.deleteLater()


# A QThread that is destroyed while it runs ends the program: this keeps each alive until it is over.
_running: set[_Thread] = set()


class Task(QObject):
    """One piece of work in a thread of its own, seen from the GUI thread."""

    progressed = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)  # ErrorRecord
    cancelled = Signal()
    finished = Signal()

    def __init__(self, work: Work, parent: QObject) -> None:
        super().__init__(parent)
        self.control = RunControl(waits_for_disk=True)
        self._inbox = Inbox()
        self._over = False
        self._thread = _Thread(work, self._inbox, self.control)
        self._thread.finished.connect(self._on_thread_finished)
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._deliver)
        # Nobody would receive the result, so the work may as well stop.
        self.destroyed.connect(self.control.stop)
        _running.add(self._thread)
        self._timer.start()
        self._thread.start()

    @property
    def running(self) -> bool:
        """True until `finished` is emitted."""
        return not self._over

    def cancel(self) -> None:
        """Ask the work to stop; `cancelled` (or `succeeded`, where it was done by then) follows."""
        self.control.stop()

    def _on_thread_finished(self) -> None:
        self._deliver()

    def _deliver(self) -> None:
        clock = QElapsedTimer()
        clock.start()
        over = not self._thread_runs()  # asked before the inbox is emptied, so nothing can slip in between
        for _ in range(_VALUES_A_TICK):
            if not len(self._inbox):
                break
            self.progressed.emit(self._inbox.take())
            if clock.hasExpired(_TICK_BUDGET_MS):
                break
        if over and not len(self._inbox) and not self._over:
            self._end()

    def _thread_runs(self) -> bool:
        return self._thread in _running and not self._thread.isFinished()

    def _end(self) -> None:
        self._timer.stop()
        self._over = True
        thread = self._thread
        if isinstance(thread.error, CancelledError):
            self.cancelled.emit()
        elif thread.error is not None:
            self.failed.emit(ErrorRecord.of(thread.error))
        else:
            self.succeeded.emit(thread.outcome)
        self.finished.emit()
        self.deleteLater()


def start(work: Work, *, parent: QObject) -> Task:
    """Run `work(emit, control)` in a thread of its own.

    `emit(value)` may be called from any thread. The task belongs to `parent`: it is deleted after `finished`, or with
    the parent, in which case the work is asked to stop.
    """
    return Task(work, parent)


def running_count() -> int:
    """Return how many worker threads are alive."""
    return len(_running)


def stop_all(timeout_s: float = 10.0) -> bool:
    """Ask all work to stop and wait for it: called once, before the program ends. True where all of it is over."""
    threads = list(_running)
    for thread in threads:
        thread.stop()
    deadline = QDeadlineTimer(round(timeout_s * 1000))
    waited = [thread.wait(deadline) for thread in threads]  # for every one, also after one that did not end
    return all(waited)


class Newest(QObject):
    """The same kind of work, done again whenever something changed: only what was begun last is heard.

    A list that was begun before something was deleted may be done after the one that was begun then.
    """

    done = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._task: Task | None = None

    def start(self, work: Work) -> None:
        """Begin the work; `done` carries its result, unless it is begun anew before it is over."""
        task = self._task = start(work, parent=self)
        task.succeeded.connect(lambda found: self.done.emit(found) if task is self._task else None)
