"""How the outside speaks to a run: pause, unpause, stop. Safe to call from any thread."""

import threading


class RunControl:
    """Asked by the run before every batch, and by the scan before every photo."""

    def __init__(self, *, waits_for_disk: bool = False) -> None:
        """With `waits_for_disk`, somebody is there who can free a full disk and let the run go on."""
        self.waits_for_disk = waits_for_disk
        self._changed = threading.Condition()
        self._paused = False
        self._stops = 0

    def pause(self) -> None:
        """Let the run wait after the batch at hand."""
        with self._changed:
            self._paused = True

    def unpause(self) -> None:
        """End a pause."""
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def stop(self) -> None:
        """End the run in order and keep the best epoch; asked again, skip its evaluation too. Ends a pause."""
        with self._changed:
            self._stops += 1
            self._changed.notify_all()

    @property
    def paused(self) -> bool:
        """Whether a pause was asked for (and the run not stopped)."""
        with self._changed:
            return self._paused and not self._stops

    def should_stop(self) -> bool:
        """Whether `stop` was called."""
        with self._changed:
            return self._stops > 0

    @property
    def stops(self) -> int:
        """How often `stop` was called."""
        with self._changed:
            return self._stops

    def wait_while_paused(self) -> None:
        """Return once nothing keeps the run waiting."""
        with self._changed:
            self._changed.wait_for(lambda: self._stops > 0 or not self._paused)
