"""How many steps fit into a time: plain arithmetic."""

import pytest

from trainer.core.config import TrainConfig
from trainer.core.recipes import recipe
from trainer.core.time_plan import Costs, Decision, epochs_of, seconds_to_go, steps_at, steps_that_fit

CLASSIC = recipe("classic").config("")
COMPACT = recipe("compact").config("")
COSTS = Costs(step=0.5, epoch_end=5.0, finish=20.0)
BATCHES = 40  # an epoch takes 25 s


def fit(seconds: float, *, done: int = 0, most: int = 10**6, config: TrainConfig = CLASSIC) -> int:
    return steps_that_fit(seconds, COSTS, config, batches=BATCHES, done=done, most=most, budget=600)


def to_go(steps: int, *, done: int = 0, config: TrainConfig = CLASSIC) -> float:
    return seconds_to_go(COSTS, config, batches=BATCHES, done=done, steps=steps)


def test_each_step_goes_by_what_was_decided_before_it() -> None:
    plan = (Decision(0, 900), Decision(12, 400), Decision(200, 380))
    assert [steps_at(plan, done) for done in (0, 11, 12, 199, 200, 379)] == [900, 900, 400, 400, 380, 380]


def test_a_part_of_an_epoch_counts_as_one() -> None:
    assert [epochs_of(steps, BATCHES) for steps in (1, 40, 41, 80)] == [1, 1, 2, 2]


def test_what_is_to_go_counts_steps_ends_of_epochs_and_the_test() -> None:
    assert to_go(80) == 80 * 0.5 + 2 * 5 + 20
    assert to_go(60) == 60 * 0.5 + 2 * 5 + 20
    assert to_go(80, done=50) == 30 * 0.5 + 5 + 20
    assert to_go(80, done=80) == 5 + 20  # the last epoch's end is still to come
    assert to_go(120, done=80) == 40 * 0.5 + 2 * 5 + 20


def test_larger_images_later_on_cost_more() -> None:
    small, grown = (image**2 / COMPACT.image_size**2 for image in (112, 160))
    steps = 100 * BATCHES
    work = (to_go(steps, config=COMPACT) - 100 * 5 - 20) / 0.5 / steps
    assert small < work < grown
    assert to_go(steps, done=steps - 39, config=COMPACT) == pytest.approx(39 * 0.5 * grown + 5 + 20)


@pytest.mark.parametrize("seconds", [150, 311, 600, 3600])
@pytest.mark.parametrize("config", [CLASSIC, COMPACT], ids=lambda config: config.recipe)
def test_as_many_steps_as_fit_are_taken_and_no_more(seconds: float, config: TrainConfig) -> None:
    steps = fit(seconds, config=config)
    assert to_go(steps, config=config) <= seconds + 0.02 * 600
    assert to_go(steps + BATCHES, config=config) > seconds


def test_whole_epochs_where_they_come_to_nearly_the_same() -> None:
    assert fit(20 + 4 * 25 + 8) == 4 * BATCHES
    assert fit(20 + 4 * 25 - 8) == 4 * BATCHES


def test_a_part_of_an_epoch_where_whole_ones_would_miss_the_time() -> None:
    costs = Costs(step=5.0, epoch_end=5.0, finish=20.0)
    steps = steps_that_fit(600, costs, CLASSIC, batches=BATCHES, done=0, most=10**6, budget=600)
    assert steps == 113  # 2 epochs and 33 batches: 565 s, three ends of epochs, the test
    few = steps_that_fit(440, costs, CLASSIC, batches=BATCHES, done=0, most=10**6, budget=600)
    assert few == 80  # and no epoch of a single step


def test_less_than_an_epoch_fits() -> None:
    assert fit(20 + 5 + 10) == 20


@pytest.mark.parametrize("seconds", [-50.0, 0.0, 24.0])
def test_without_any_time_a_tenth_of_an_epoch_is_learnt_from(seconds: float) -> None:
    assert fit(seconds) == 4
    assert fit(seconds, done=17) == 17
    assert fit(seconds, done=40) == 40


def test_no_more_than_helps() -> None:
    assert fit(10**6, most=300) == 300
