"""Images loaded in the background, the newest request first, and kept in memory while there is room."""

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from threading import Event, Lock

from PySide6.QtCore import QCoreApplication, QObject, QRunnable, QThreadPool, Signal
from PySide6.QtGui import QImage

from catdog_gui.widgets.photos.image_memory import SHARED, ImageMemory
from catdog_gui.widgets.photos.images import Unreadable
from trainer.core.text import text

# Requests beyond these are of photos that were scrolled past: the oldest are forgotten.
WAITING = 400
# A sentence each.
_FAILURES = 1000

Load = Callable[[], QImage | Unreadable]


class Thumbnails(QObject):
    """Returns an image by its key at once where it has it, and else loads it in another thread."""

    ready = Signal(object)
    """The key whose image, or failure, is there now."""

    _made = Signal(object, object)

    def __init__(self, parent: QObject | None = None, *, memory: ImageMemory = SHARED) -> None:
        super().__init__(parent)
        self._memory = memory
        self._owner = object()
        self._failures: OrderedDict[Hashable, Unreadable] = OrderedDict()
        self._asked: set[Hashable] = set()
        self._waiting: deque[tuple[Hashable, Load]] = deque()
        self._lock = Lock()
        self._closed = Event()
        # One thread leaves the other cores to training; a thumbnail takes a few milliseconds.
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._made.connect(self._keep)
        self.destroyed.connect(_closer(self._pool, self._closed, memory, self._owner))
        program = QCoreApplication.instance()
        if program is not None:
            program.aboutToQuit.connect(self.close)

    def get(self, key: Hashable, load: Load) -> QImage | None:
        """Return the image of a key; None while it is being loaded (then `ready` follows) or where that failed."""
        image = self._memory.get(self._owner, key)
        if image is None and key not in self._failures and key not in self._asked and not self._closed.is_set():
            self._ask(key, load)
        return image

    def failed(self, key: Hashable) -> Unreadable | None:
        """Return why there is no image of a key, or None."""
        return self._failures.get(key)

    def clear(self) -> None:
        """Forget all images and requests."""
        with self._lock:
            self._waiting.clear()
        self._asked.clear()
        self._memory.forget(self._owner)
        self._failures.clear()

    def close(self) -> None:
        """Load no more images, and wait for the one that is being loaded."""
        self._closed.set()
        with self._lock:
            self._waiting.clear()
        self._pool.clear()
        self._pool.waitForDone()

    def _ask(self, key: Hashable, load: Load) -> None:
        self._asked.add(key)
        with self._lock:
            self._waiting.append((key, load))
            forgotten = self._waiting.popleft()[0] if len(self._waiting) > WAITING else None
        if forgotten is not None:
            self._asked.discard(forgotten)
        else:
            self._pool.start(_Turn(self._make_newest))

    def _make_newest(self) -> None:
        """Load one image. In a thread of the pool."""
        with self._lock:
            if not self._waiting:
                return
            key, load = self._waiting.pop()
        try:
            outcome: object = load()
        except Exception as error:  # noqa: BLE001 - a defect in reading one photo must not end the reading of others
            outcome = Unreadable(text("This cannot be read ({reason}).", reason=str(error) or type(error).__name__))
        if not self._closed.is_set():
            self._made.emit(key, outcome)

    def _keep(self, key: Hashable, outcome: object) -> None:
        if key not in self._asked:
            return  # forgotten by `clear` while it was being loaded
        self._asked.discard(key)
        if isinstance(outcome, QImage):
            self._memory.keep(self._owner, key, outcome)
        elif isinstance(outcome, Unreadable):
            self._failures[key] = outcome
            if len(self._failures) > _FAILURES:
                self._failures.popitem(last=False)
        self.ready.emit(key)


class _Turn(QRunnable):
    """Loads one image."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work

    def run(self) -> None:
        """Load it."""
        self._work()


def _closer(pool: QThreadPool, closed: Event, memory: ImageMemory, owner: object) -> Callable[[], None]:
    """Return what ends the work and lets the images go; it must not hold the object that is being destroyed."""

    def close() -> None:
        closed.set()
        pool.clear()
        pool.waitForDone()
        memory.forget(owner)

    return close
