"""Small pictures made in the background, newest request first, and kept while they are likely to be seen again."""

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from threading import Event, Lock

from PySide6.QtCore import QCoreApplication, QObject, QRunnable, QThreadPool, Signal
from PySide6.QtGui import QImage

# A thumbnail of 160 x 160 pixels takes 100 kB, so this many take some 100 MB at the most.
KEPT = 1000
# Requests beyond these are of photos that were scrolled past: the oldest are forgotten.
WAITING = 400


class Thumbnails(QObject):
    """Hands out images by key at once where it has them, and has the others made.

    `load` runs in another thread; an exception in it makes that key a failed one, with the exception's text.
    """

    ready = Signal(object)
    """The key whose image, or failure, is there now."""

    _made = Signal(object, object)

    def __init__(self, parent: QObject | None = None, *, kept: int = KEPT, threads: int = 1) -> None:
        super().__init__(parent)
        self._kept = kept
        self._images: OrderedDict[Hashable, QImage] = OrderedDict()
        self._failures: OrderedDict[Hashable, str] = OrderedDict()
        self._asked: set[Hashable] = set()
        self._waiting: deque[tuple[Hashable, Callable[[], QImage]]] = deque()
        self._lock = Lock()
        self._closed = Event()
        # One thread leaves the other cores to training; a thumbnail takes a few milliseconds.
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._made.connect(self._keep)
        self.destroyed.connect(_closer(self._pool, self._closed))
        program = QCoreApplication.instance()
        if program is not None:
            program.aboutToQuit.connect(self.close)

    def get(self, key: Hashable, load: Callable[[], QImage]) -> QImage | None:
        """Return the image of a key, or None while it is being made (`ready` tells) or where that failed."""
        if key in self._images:
            self._images.move_to_end(key)
            return self._images[key]
        if key not in self._failures and key not in self._asked and not self._closed.is_set():
            self._ask(key, load)
        return None

    def failed(self, key: Hashable) -> str | None:
        """Return why there is no image of a key, or None."""
        return self._failures.get(key)

    def clear(self) -> None:
        """Forget all images and requests."""
        with self._lock:
            self._waiting.clear()
        self._asked.clear()
        self._images.clear()
        self._failures.clear()

    def close(self) -> None:
        """Make no more images, and wait for the one at hand."""
        self._closed.set()
        with self._lock:
            self._waiting.clear()
        self._pool.clear()
        self._pool.waitForDone()

    def _ask(self, key: Hashable, load: Callable[[], QImage]) -> None:
        self._asked.add(key)
        with self._lock:
            self._waiting.append((key, load))
            forgotten = self._waiting.popleft()[0] if len(self._waiting) > WAITING else None
        if forgotten is not None:
            self._asked.discard(forgotten)
        else:
            self._pool.start(_Turn(self._make_newest))

    def _make_newest(self) -> None:
        """Make one image. In a thread of the pool."""
        with self._lock:
            if not self._waiting:
                return
            key, load = self._waiting.pop()
        try:
            outcome: object = load()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one photo is shown in its place
            outcome = str(error) or type(error).__name__
        if not self._closed.is_set():
            self._made.emit(key, outcome)

    def _keep(self, key: Hashable, outcome: object) -> None:
        if key not in self._asked:
            return  # forgotten by `clear` while it was being made
        self._asked.discard(key)
        if isinstance(outcome, QImage):
            self._images[key] = outcome
            while len(self._images) > self._kept:
                self._images.popitem(last=False)
        else:
            self._failures[key] = str(outcome)
            while len(self._failures) > self._kept:
                self._failures.popitem(last=False)
        self.ready.emit(key)


class _Turn(QRunnable):
    """One image's worth of work."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work

    def run(self) -> None:
        """Do it."""
        self._work()


def _closer(pool: QThreadPool, closed: Event) -> Callable[[], None]:
    """Return what ends the work; holds the pool, never the object that is going away."""

    def close() -> None:
        closed.set()
        pool.clear()
        pool.waitForDone()

    return close
