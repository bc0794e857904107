"""The preview in a live plot: how well a first head does while the photos are still being looked at."""

from typing import Literal

from catdog_gui.look.language import number, tr_n
from catdog_gui.look.words import percent
from trainer.core.run_state import RunState


def preview_points(state: RunState, measure: Literal["loss", "accuracy"]) -> list[tuple[float, float]]:
    """Return its points: (photos looked at, value)."""
    return [(score.done, score.loss if measure == "loss" else score.accuracy) for score in state.preview]


def preview_words(state: RunState, measure: Literal["loss", "accuracy"]) -> str:
    """Return the latest of them in words; there has to be one."""
    score = state.preview[-1]
    if measure == "loss":
        return tr_n(
            score.photos,
            "First guess:  {value} on %n validation photo",
            "First guess:  {value} on %n validation photos",
            value=number(score.loss, 3),
        )
    return tr_n(
        score.photos,
        "First guess:  {value} of %n validation photo",
        "First guess:  {value} of %n validation photos",
        value=percent(score.accuracy),
    )
