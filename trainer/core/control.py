"""How the outside speaks to a run: pause, go on, stop. Safe to call from any thread."""

import threading


class RunControl:
    """Asked by the run before every batch, and by the scan before every photo."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused = False
        self._stopped = False

    def pause(self) -> None:
        """Let the run wait after the batch at hand."""
        with self._changed:
            self._paused = True

    def go_on(self) -> None:
        """End a pause."""
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def stop(self) -> None:
        """End the run in order, keeping the best epoch. Ends a pause too."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    @property
    def paused(self) -> bool:
        """Whether a pause was asked for (and the run not stopped)."""
        with self._changed:
            return self._paused and not self._stopped

    def should_stop(self) -> bool:
        """Whether `stop` was called."""
        with self._changed:
            return self._stopped

    def wait_while_paused(self) -> None:
        """Return once nothing keeps the run waiting."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or not self._paused)
