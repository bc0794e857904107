"""How far a whole run is: one number from 0 to 1 that never steps back."""

from functools import reduce as fold

import pytest
from msgspec.structs import replace

from tests.core.test_run_state import STARTED, STORY
from trainer.core.events import BatchFinished, EpochsPlanned, StageProgressed
from trainer.core.run_progress import RunProgress, epochs_are_quick
from trainer.core.run_state import RunState, reduce


@pytest.mark.parametrize("recipe", ["", "classic", "transfer", "a recipe of tomorrow"])
def test_it_never_steps_back_and_ends_with_one(recipe: str) -> None:
    progress, state, shares = RunProgress(recipe), RunState(), []
    for event in STORY:
        state = reduce(state, event)
        shares.append(progress.advance(state))
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 0.1
    assert shares[-1] == 1


def test_looking_at_photos_is_most_of_a_run_on_a_backbone() -> None:
    decoded = RunState(stage=StageProgressed(stage="decode", done=10, total=10))
    assert RunProgress("transfer").advance(decoded) > 0.5
    assert RunProgress("classic").advance(decoded) < 0.1


def test_photos_that_are_looked_at_again_move_it_on() -> None:
    events = [replace(STARTED, recipe="transfer"), *STORY[5:7]]
    events += [StageProgressed(stage="decode", done=done, total=10) for done in (1, 5, 10)] + STORY[10:11]
    progress, state, shares = RunProgress("transfer"), RunState(), []
    for event in events:
        state = reduce(state, event)
        shares.append(progress.advance(state))
    assert shares == sorted(set(shares))
    assert shares[-1] < 0.9


def test_on_augmented_photos_the_epochs_are_most_of_it() -> None:
    """The backbone sees other photos in every epoch, so its looks before the first one are few."""
    decoded = RunState(stage=StageProgressed(stage="decode", done=10, total=10))
    progress = RunProgress("transfer", augmented=True)
    assert progress.advance(decoded) < 0.1
    state = reduce(decoded, replace(STARTED, recipe="transfer", augmented=True))
    begun = progress.advance(state)
    assert begun < 0.1
    assert RunProgress().advance(state) < 0.1  # a resumed run tells it itself
    batch = next(event for event in STORY if isinstance(event, BatchFinished))
    halfway = replace(batch, epoch=1, batch=batch.batches // 2)
    assert progress.advance(reduce(state, halfway)) > begun


def test_a_resumed_run_tells_its_recipe_itself() -> None:
    started = reduce(RunState(), replace(STARTED, recipe="transfer"))
    assert RunProgress().advance(started) == RunProgress("transfer").advance(started) > 0.5


def test_epochs_are_quick_under_a_second() -> None:
    state = fold(reduce, STORY[:7], RunState())
    seconds = state.history[-1].seconds
    assert epochs_are_quick(state) == (seconds < 1)
    assert epochs_are_quick(replace(state, history=(replace(state.history[-1], seconds=0.1),)))
    assert not epochs_are_quick(RunState())


def test_a_run_with_a_time_is_as_far_as_its_time_is_over() -> None:
    now = [100.0]
    progress = RunProgress("transfer", 200, clock=lambda: now[0])
    state = RunState(stage=StageProgressed(stage="decode", done=9, total=10))
    assert progress.advance(state) == 0
    now[0] += 20
    assert progress.advance(state) == pytest.approx(0.1)
    now[0] += 500  # far too short a time: nobody is told that all is done
    assert RunProgress("transfer", 200, clock=lambda: now[0]).advance(state) == 0
    planned = EpochsPlanned(epochs=7, steps=65, seconds=400.0, seconds_left=360.0)
    state = fold(reduce, [STARTED, planned], state)
    assert state.started is not None
    assert (state.started.epochs, progress.advance(state)) == (7, pytest.approx(0.1))
    batch = next(event for event in STORY if isinstance(event, BatchFinished))
    state = reduce(state, replace(batch, seconds_left=100.0))
    assert progress.advance(state) == pytest.approx(0.75)
    state = reduce(reduce(state, replace(batch, seconds_left=40.0)), StageProgressed(stage="evaluate", done=0, total=4))
    assert progress.advance(state) == pytest.approx(0.9)
    state = reduce(state, StageProgressed(stage="evaluate", done=3, total=4))
    assert progress.advance(state) == pytest.approx(0.975)


def test_the_training_of_a_run_with_a_time_is_done_when_its_steps_are() -> None:
    state = fold(
        reduce,
        [STARTED, EpochsPlanned(epochs=2, steps=3 * STARTED.batches // 2, seconds=400.0, seconds_left=360.0)],
        RunState(),
    )
    batch = next(event for event in STORY if isinstance(event, BatchFinished))
    state = reduce(state, replace(batch, batch=STARTED.batches // 2, batches=STARTED.batches))
    assert state.fraction == pytest.approx(1 / 3, abs=0.05)
