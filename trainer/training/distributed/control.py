"""A run's control where several ranks work on it: what is asked of any of them holds for all, at the same place."""

from collections.abc import Callable

from trainer.core.control import RunControl


class SharedControl(RunControl):
    """Says what all ranks have agreed on when they last gathered something.

    Until `hold_together` a rank may end by itself: nobody waits for it in the middle of a step then, and the others are
    told. From there on all end at the same step, so that each has the same last step and can do its share of the test.
    """

    def __init__(self, own: RunControl, *, leads: bool, is_over: Callable[[], bool]) -> None:
        """Take this process's own control; only the leader's pauses count. `is_over`: whether a rank has ended."""
        super().__init__()
        self._own, self._leads, self._is_over = own, leads, is_over
        self._agreed = 0
        self._together = False

    def hold_together(self) -> None:
        """From here on, say only what all ranks agreed on."""
        self._together = True

    def asked(self) -> int:
        """Return how often this rank was asked to stop."""
        return self._own.stops

    def agree(self, stops: int) -> None:
        """Take over what all ranks were asked."""
        self._agreed = max(self._agreed, stops)

    def pause(self) -> None:
        """Let the run wait after the batch at hand."""
        self._own.pause()

    def unpause(self) -> None:
        """End a pause."""
        self._own.unpause()

    def stop(self) -> None:
        """Ask all ranks to end the run in order."""
        self._own.stop()

    @property
    def paused(self) -> bool:
        """Whether the leader was asked to pause. The others then wait for it where they next gather something."""
        return self._leads and self._own.paused and not self._agreed

    def should_stop(self) -> bool:
        """Whether any rank was asked to stop, or, before the training begins, has ended."""
        return self.stops > 0 or (not self._together and self._is_over())

    @property
    def stops(self) -> int:
        """How often the rank that was asked most often was asked to stop."""
        return self._agreed if self._together else max(self._agreed, self._own.stops)

    def wait_while_paused(self) -> None:
        """Return once nothing keeps the leader waiting."""
        self._own.wait_while_paused()
