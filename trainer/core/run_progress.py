"""How far a whole run is, from the first look at the photos to the test: one number that never steps back."""

from collections.abc import Callable, Mapping
from time import monotonic

from trainer.core.events import BatchFinished, Stage
from trainer.core.recipes import RECIPES
from trainer.core.run_state import RunState

# Shares of a run's time, roughly. With a frozen backbone nearly all of it is the backbone's look at the photos, where
# one look at each is enough.
_LEARNING: Mapping[Stage, tuple[float, float]] = {
    "scan": (0.0, 0.01),
    "download": (0.01, 0.02),
    "decode": (0.02, 0.05),
    "evaluate": (0.97, 1.0),
}
_ON_BACKBONE: Mapping[Stage, tuple[float, float]] = {
    "scan": (0.0, 0.03),
    "download": (0.03, 0.15),
    "decode": (0.15, 0.55),
    "evaluate": (0.9, 1.0),
}

# Where photos are to be mirrored, the backbone looks at them again after the first epoch.
_LOOKING_AGAIN = 0.2

# What is shown within a shorter epoch would be gone before anybody has read it, in seconds.
_MIN_EPOCH_S = 1.0


def epochs_are_quick(state: RunState) -> bool:
    """Whether epochs take so short that what goes on within them would only flicker."""
    return bool(state.history) and state.history[-1].seconds < _MIN_EPOCH_S


# Before it is known how many epochs fit into a run's time, no more than this share of it is shown as over.
_MOST_UNPLANNED = 0.5


class RunProgress:
    """How far one run is. `recipe` is its recipe's name, "" where that is known only once the run has started.

    A run that was given a time, `seconds`, is as far as its time is over. `augmented` says what `RunStarted` will.
    """

    def __init__(
        self,
        recipe: str = "",
        seconds: int = 0,
        *,
        augmented: bool = False,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._recipe, self._augmented = recipe, augmented
        self._seconds, self._clock, self._began = seconds, clock, clock()
        self._last_batch: BatchFinished | None = None
        self._furthest = self._looked_again = 0.0

    def advance(self, state: RunState) -> float:
        """Return how far the run is in this state, 0 to 1, and never less than before."""
        if state.phase == "completed":
            share = 1.0
        elif self._seconds or state.planned:
            share = self._of_time(state)
        elif state.phase in ("preparing", "evaluating"):
            share = self._of_stage(state)
        else:
            share = self._of_epochs(state)
        self._furthest = max(self._furthest, share)
        return self._furthest

    def _of_epochs(self, state: RunState) -> float:
        """Return the share of a run in its epochs, or of its second look at the photos between them."""
        parts = self._parts(state)
        start, end = parts["decode"][1], parts["evaluate"][0]
        again = _LOOKING_AGAIN if parts is _ON_BACKBONE else 0.0
        if state.stage is not None:
            self._looked_again = state.stage.done / max(state.stage.total, 1)
        return start + again * self._looked_again + (end - start - again) * state.fraction

    def _of_time(self, state: RunState) -> float:
        """Return the share of a run's time that is over: by the clock at first, then by the plan."""
        if state.planned is None:
            over = (self._clock() - self._began) / self._seconds if self._seconds else 0.0
            return min(over, _MOST_UNPLANNED)
        self._last_batch = state.batch or self._last_batch
        left = (self._last_batch or state.planned).seconds_left
        if state.phase == "evaluating" and state.stage is not None:
            left *= 1 - state.stage.done / max(state.stage.total, 1)
        return max(0.0, 1 - left / state.planned.seconds)

    def _parts(self, state: RunState) -> Mapping[Stage, tuple[float, float]]:
        recipe = RECIPES.get(state.started.recipe if state.started else self._recipe)
        augmented = state.started.augmented if state.started else self._augmented
        looks_once = recipe is not None and recipe.builds_on_backbone and not augmented
        return _ON_BACKBONE if looks_once else _LEARNING

    def _of_stage(self, state: RunState) -> float:
        if state.stage is None:
            return 0.0
        start, end = self._parts(state)[state.stage.stage]
        return start + (end - start) * state.stage.done / max(state.stage.total, 1)
