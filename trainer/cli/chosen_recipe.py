"""The settings of the run that a command line asks for, `--recipe auto` included."""

import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from trainer.core.best_recipe import AUTO, Machine, choose
from trainer.core.config import TrainConfig
from trainer.core.errors import SettingError
from trainer.core.progress import Cancelled, Progress
from trainer.core.recipes import FIRST_CHOICE
from trainer.core.recipes import recipe as recipe_named
from trainer.core.text import Text
from trainer.dataset.records import Photo
from trainer.dataset.scan import scan

# With "auto" these follow from the photos and the time; another would make what is said of the choice untrue.
_LEFT_TO_AUTO = {"backbone": "--backbone", "tuned_stages": "--tuned-stages"}


class Chosen(NamedTuple):
    """A run that the command line asks for."""

    config: TrainConfig
    known: Sequence[Photo] = ()
    """The photos, where they were looked at to choose: they need not be read again."""


def chosen_config(
    given: dict[str, Any], *, note: Callable[[Text], None], progress: Progress, cancelled: Cancelled
) -> Chosen:
    """Return the settings of a run from those that were given, among them the dataset.

    With the recipe "auto" the photos are looked at first, and `note` is told what suits them and why. Raises
    DatasetError, SettingError and CancelledError.
    """
    given = dict(given)
    name, dataset = given.pop("recipe", "classic"), given.pop("dataset")
    if name != AUTO:
        return Chosen(recipe_named(name, others=(AUTO,)).config(dataset, **given))
    # What is wrong with the settings is said before the photos are read.
    for setting, option in _LEFT_TO_AUTO.items():
        if setting in given:
            raise SettingError(
                f"The recipe auto chooses the backbone by itself, and {option} was given too.",
                remedy=f"Leave out {option}, or name the recipe: --recipe {FIRST_CHOICE}.",
            )
    photos = recipe_named(FIRST_CHOICE).config(dataset, **given).photos
    found = scan(photos, progress=progress, cancelled=cancelled)
    from trainer.models.look_time import seconds_a_look  # noqa: PLC0415 - torch takes seconds

    machine = Machine(os.cpu_count() or 1, seconds_a_look())
    best = choose(len(found.photos), given.get("time_budget", 0), machine=machine)
    note(best.reason)
    return Chosen(best.of_recipe.config(dataset, **{**best.settings, **given}), found.photos)
