"""How far a whole run is: one number from 0 to 1 that never steps back."""

from functools import reduce as fold

import pytest
from msgspec.structs import replace

from tests.core.test_run_state import STARTED, STORY
from trainer.core.events import StageProgressed
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


def test_a_resumed_run_tells_its_recipe_itself() -> None:
    started = reduce(RunState(), replace(STARTED, recipe="transfer"))
    assert RunProgress().advance(started) == RunProgress("transfer").advance(started) > 0.5


def test_epochs_are_quick_under_a_second() -> None:
    state = fold(reduce, STORY[:5], RunState())
    seconds = state.history[-1].seconds
    assert epochs_are_quick(state) == (seconds < 1)
    assert epochs_are_quick(replace(state, history=(replace(state.history[-1], seconds=0.1),)))
    assert not epochs_are_quick(RunState())
