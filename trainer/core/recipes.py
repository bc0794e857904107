"""The recipes by name: which network each trains, and where its settings differ from `TrainConfig`'s defaults.

To add one: an entry here, its name in `config.RecipeName`, a network in `trainer.models`, and a test.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from trainer.core.config import AugmentConfig, TrainConfig
from trainer.core.setting import unknown


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A named network with its training settings."""

    name: str
    title: str
    summary: str
    network: str = ""
    """Name of the builder in `trainer.models`; empty where the setting `backbone` names it."""
    settings: Mapping[str, Any] = {}
    """Where this recipe's settings differ from the defaults of `TrainConfig`."""

    def config(self, dataset: str, **given: Any) -> TrainConfig:
        """Return this recipe's settings, changed by those given. Raises SettingError."""
        return TrainConfig.from_mapping(
            {"dataset": dataset, "recipe": self.name, **self.settings, **given},
        )

    def network_of(self, config: TrainConfig) -> str:
        """Return the name of the builder in `trainer.models` for these settings."""
        return self.network or config.backbone


RECIPES: Mapping[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="classic",
            title="Classic",
            summary="Four convolutions and two dense layers, learnt from nothing but your photos.",
            network="classic",
        ),
        Recipe(
            name="compact",
            title="Compact",
            summary="A small modern network, learnt from nothing but your photos. More accurate, and takes longer.",
            network="compact",
            settings={
                "epochs": 100,
                "optimiser": "adamw",
                "learning_rate": 1.5e-3,
                "weight_decay": 0.05,
                "schedule": "cosine",
                "warmup": 0.1,
                "label_smoothing": 0.05,
                "ema_decay": 0.99,
                "image_size": 176,
                "first_size": 112,
                "last_size": 160,
                "patience": 0,
                "augment": AugmentConfig(
                    rotation=20, shift=0, shear=0, zoom=0, crop=0.5, brightness=0.1, contrast=0.2, saturation=0.2
                ),
            },
        ),
        Recipe(
            name="transfer",
            title="Transfer",
            summary="Builds on a network that has seen a million photos. The most accurate, in a minute or two.",
            settings={
                "epochs": 15,
                "optimiser": "adam",
                "learning_rate": 1e-3,
                "weight_decay": 0.03,
                "schedule": "cosine",
                # The backbone learnt from crops of 224, in which things are larger than in whole photos. The validation
                # loss on 2,000 + 1,000 photos was 0.0417 at 224, 0.0396 at 240 and 0.0375 at 256.
                "image_size": 256,
                "dropout": 0.2,
                "patience": 0,
                "augment": AugmentConfig(rotation=0, shift=0, shear=0, zoom=0),
            },
        ),
    )
}


def recipe(name: str) -> Recipe:
    """Return a recipe by name. Raises SettingError with the closest name."""
    if name not in RECIPES:
        raise unknown("recipe", name, RECIPES)
    return RECIPES[name]
