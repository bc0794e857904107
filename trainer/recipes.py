"""The recipes by name: which network each trains, and where its settings differ from `TrainConfig`'s defaults.

To add one: an entry here, its name in `config.RecipeName`, a network in `trainer.models`, and a test.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from trainer.config import TrainConfig
from trainer.setting import unknown


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A named network with its training settings."""

    name: str
    title: str
    summary: str
    network: str
    """Name of the builder in `trainer.models`."""
    settings: Mapping[str, Any] = {}
    """Where this recipe's settings differ from the defaults of `TrainConfig`."""

    def config(self, dataset: str, **given: Any) -> TrainConfig:
        """Return this recipe's settings, changed by those given. Raises SettingError."""
        return TrainConfig.from_mapping(
            {"dataset": dataset, "recipe": self.name, **self.settings, **given},
        )


RECIPES: Mapping[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="classic",
            title="Classic",
            summary="Four convolutions and two dense layers, learnt from nothing but your photos.",
            network="classic",
        ),
    )
}


def recipe(name: str) -> Recipe:
    """Return a recipe by name. Raises SettingError with the closest name."""
    if name not in RECIPES:
        raise unknown("recipe", name, RECIPES)
    return RECIPES[name]
