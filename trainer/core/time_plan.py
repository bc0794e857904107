"""How many steps fit into a run's time: arithmetic on what its first steps took, without clock or network.

A plan is a list of decisions. The first is what the recipe would do, the second is made once the first steps were
measured, and the third corrects it halfway. Each holds from the step on before which it was made, so a run that is
resumed from any checkpoint takes every step under the same decision as a run that was never stopped.
"""

from collections.abc import Callable, Sequence

import msgspec

from trainer.core.config import TrainConfig
from trainer.core.schedule import image_size_at

# A plan is rounded to whole epochs where that changes the run's time by less than this share of it.
_ROUNDING = 0.02
# Where hardly any time is left, this much of an epoch is learnt from all the same: less teaches nothing.
_LEAST_OF_EPOCH = 0.1
# More than so many times the recipe's own epochs teach nothing more.
MOST_TIMES = 10


class Decision(msgspec.Struct, frozen=True):
    """How many steps the whole run has, as known before one of its steps."""

    step: int
    """It was made when so many steps were done, and holds for those that follow."""
    steps: int
    """Steps of the whole run."""


class Costs(msgspec.Struct, frozen=True, kw_only=True):
    """What parts of a run take, in seconds."""

    step: float
    """A step on images of the config's image size."""
    epoch_end: float
    """Validation, and saving what it calls for."""
    finish: float
    """Calibration and test after the last epoch."""


def steps_at(decisions: Sequence[Decision], done: int) -> int:
    """Return how many steps the whole run has, as decided when `done` of them were done."""
    return next(decision.steps for decision in reversed(decisions) if decision.step <= done)


def epochs_of(steps: int, batches: int) -> int:
    """Return how many epochs of so many batches the steps are; the last may be a part of one."""
    return -(-steps // batches)


def seconds_to_go(costs: Costs, config: TrainConfig, *, batches: int, done: int, steps: int) -> float:
    """Return how long a run of `steps` steps goes on after `done` of them, to its very end."""
    epochs = epochs_of(steps, batches)
    # After an epoch's last step its end is still to come.
    first = max(done - 1, 0) // batches
    if not config.first_size:
        return (
            (steps - done) * _work(config, 1, epochs) * costs.step + (epochs - first) * costs.epoch_end + costs.finish
        )
    work = 0.0
    for epoch in range(first, epochs):
        of_epoch = min(steps, (epoch + 1) * batches) - max(done, epoch * batches)
        work += of_epoch * _work(config, epoch + 1, epochs)
    return work * costs.step + (epochs - first) * costs.epoch_end + costs.finish


def steps_that_fit(
    seconds: float, costs: Costs, config: TrainConfig, *, batches: int, done: int, most: int, budget: float
) -> int:
    """Return how many steps a run has in all that has `seconds` left of its `budget`, and did `done` steps.

    At most `most`, at least the tenth part of an epoch, and no epoch of a few steps. Whole epochs where they come to
    nearly the same time.
    """

    def to_go(steps: int) -> float:
        return seconds_to_go(costs, config, batches=batches, done=done, steps=steps)

    part = -int(-_LEAST_OF_EPOCH * batches // 1)
    least = max(done, part)
    fitting = _largest(least, max(least, most), lambda steps: to_go(steps) <= seconds)
    whole = round(fitting / batches) * batches
    if least <= whole <= most and abs(to_go(whole) - to_go(fitting)) < _ROUNDING * budget:
        return whole
    return fitting if fitting % batches >= part else max(least, fitting // batches * batches)


def step_work(config: TrainConfig, size: int) -> float:
    """Return how much a step on images of that side costs beside one on images of the image size: by their areas."""
    return (size / config.image_size) ** 2


def _work(config: TrainConfig, epoch: int, epochs: int) -> float:
    return step_work(config, image_size_at(config, epoch, epochs))


def _largest(low: int, high: int, fits: Callable[[int], bool]) -> int:
    """Return the largest number from `low` to `high` that fits, by halving; `low` where none does."""
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low
