"""The recipes by name: which network each trains, which settings it has, and which of them go together.

The command line, the window and `trainer.training` all ask here, so that they offer and refuse the same.

To add one: an entry here, its name in `config.RecipeName`, a network in `trainer.models`, and a test.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from trainer.core.config import FORMER_NAMES, AugmentConfig, TrainConfig
from trainer.core.duration import check_duration
from trainer.core.errors import SettingError
from trainer.core.setting import describe, unknown
from trainer.core.text import Text, text

FIRST_CHOICE = "transfer"
"""For newcomers: the most accurate recipe, done in a minute or two."""

# Of images of 32 pixels nothing but one number a channel is left, which batch norm refuses for a single photo.
SMALLEST_SIZE = 48
_SIZES = ("image_size", "first_size", "last_size")
_NO_BACKBONE = text("it does not build on a backbone")
_ONE_INPUT_SIZE = text("its dense layer takes images of one size only")
# A run for a given time ends cooled down: the learning rate falls to zero in it, and patience does not end it before.
_FOR_A_TIME: Mapping[str, Any] = {"schedule": "cosine", "patience": 0}
_SEEN_ONCE = text("it looks at each photo once, at the image size, as long as photos are mirrored at most")


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A named network with its training settings."""

    name: str
    title: str
    summary: str
    network: str = ""
    """Name of the builder in `trainer.models`; empty where the setting `backbone` names it."""
    settings: Mapping[str, Any] = {}
    """Where this recipe's settings differ from the defaults of `TrainConfig`."""
    recommendation: str = ""
    """When to choose it, in a sentence for newcomers."""
    idle: Mapping[str, str] = {}
    """The settings of `TrainConfig` that do nothing in this recipe, each with the reason."""
    idle_unless_augmented: Mapping[str, str] = {}
    """Those that do nothing as long as training photos are mirrored at most."""
    even_sizes: bool = False
    """Whether the network takes images with an even number of pixels a side only."""

    @property
    def builds_on_backbone(self) -> bool:
        """Whether a pre-trained network looks at the photos, and mainly what comes after it learns."""
        return not self.network

    @property
    def augment(self) -> AugmentConfig:
        """How the recipe itself varies training photos."""
        return self.config("").augment

    def config(self, dataset: str, **given: Any) -> TrainConfig:
        """Return this recipe's settings, changed by those given, ready for a run.

        With a time budget the schedule is a cosine without patience, unless they are given. Raises SettingError for a
        wrong value, for a given setting that does nothing in this recipe (whatever its value), and for settings that
        do not go together.
        """
        given = {FORMER_NAMES.get(name, name): value for name, value in given.items()}
        settings = {**self.settings, **(_FOR_A_TIME if given.get("time_budget") else {})}
        config = TrainConfig.from_mapping({"dataset": dataset, "recipe": self.name, **settings, **given})
        if config.time_budget and "epochs" in given:
            raise SettingError(
                text("Either the time or the number of epochs can be set, and both were given."),
                remedy=text("Leave one of them out."),
            )
        self._refuse_idle(given, config.augment)
        self.check(config)
        return config

    def check(self, config: TrainConfig) -> None:
        """Raise SettingError where a run by this recipe could not do what the settings say.

        Settings are read back without this check, so that runs of former versions can be opened and continued.
        """
        if config.time_budget:
            check_duration(config.time_budget)
        settings = describe(TrainConfig)
        idle = self.idle_with(config.augment)
        self._refuse_idle([name for name in idle if getattr(config, name) != settings[name].default], config.augment)
        for name in _SIZES:
            size, title = getattr(config, name), text(settings[name].title)
            if 0 < size < SMALLEST_SIZE:
                raise SettingError(
                    text(
                        "{setting} must be 0 or from {smallest} to {largest}, and {size} was given.",
                        setting=title,
                        smallest=SMALLEST_SIZE,
                        largest=settings[name].maximum,
                        size=size,
                    )
                )
            if self.even_sizes and size % 2:
                raise SettingError(
                    text(
                        "{setting} must be an even number in the recipe {recipe}, and {size} was given.",
                        setting=title,
                        recipe=self.name,
                        size=size,
                    ),
                    remedy=text("Choose {lower} or {higher}.", lower=size - 1, higher=size + 1),
                )

    def idle_with(self, augment: AugmentConfig) -> Mapping[str, str]:
        """Return the settings that do nothing where training photos are augmented like this, each with the reason."""
        return {**self.idle, **(self.idle_unless_augmented if augment.only_mirrors else {})}

    def _refuse_idle(self, names: Iterable[str], augment: AugmentConfig) -> None:
        """Raise SettingError for the first of these settings that does nothing in this recipe."""
        idle = self.idle_with(augment)
        for name in names:
            if name in idle:
                raise SettingError(
                    text(
                        "{setting} does nothing in the recipe {recipe}: {reason}.",
                        setting=text(describe(TrainConfig)[name].title),
                        recipe=self.name,
                        reason=idle[name],
                    ),
                    remedy=self._where_it_counts(name),
                )

    def _where_it_counts(self, name: str) -> Text:
        """Return what to do where a setting does nothing."""
        others = [other.name for other in RECIPES.values() if name not in other.idle_with(other.augment)]
        if name in self.idle_unless_augmented:
            return text(
                "Leave it out, set the augmentation to light, or choose another recipe ({recipes}).",
                recipes=", ".join(others),
            )
        if len(others) == 1:
            return text("Leave it out, or choose the recipe {recipe}.", recipe=others[0])
        return text("Leave it out, or choose another recipe ({recipes}).", recipes=", ".join(others))

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
            recommendation="Choose it to watch a textbook network learn.",
            network="classic",
            idle={
                "backbone": _NO_BACKBONE,
                "tuned_stages": _NO_BACKBONE,
                "first_size": _ONE_INPUT_SIZE,
                "last_size": _ONE_INPUT_SIZE,
            },
        ),
        Recipe(
            name="compact",
            title="Compact",
            summary="A small modern network, learnt from nothing but your photos. More accurate, and takes longer.",
            recommendation="Choose it to build on no other network, with time to spare.",
            network="compact",
            idle={"backbone": _NO_BACKBONE, "tuned_stages": _NO_BACKBONE},
            even_sizes=True,
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
            recommendation="Choose it for the best model.",
            idle_unless_augmented={"first_size": _SEEN_ONCE, "last_size": _SEEN_ONCE},
            settings={
                "epochs": 15,
                "optimiser": "adam",
                "learning_rate": 1e-3,
                "weight_decay": 0.03,
                "schedule": "cosine",
                # The backbone learnt from crops of 224, in which things are larger than in whole photos.
                "image_size": 256,
                "dropout": 0.2,
                "patience": 0,
                "augment": AugmentConfig(rotation=0, shift=0, shear=0, zoom=0),
            },
        ),
    )
}


def recipe(name: str, *, others: tuple[str, ...] = ()) -> Recipe:
    """Return a recipe by name. Raises SettingError with the closest name, `others` among the known ones."""
    if name not in RECIPES:
        raise unknown(text("There is no recipe called {name}.", name=repr(name)), name, (*RECIPES, *others))
    return RECIPES[name]


def offered() -> Mapping[str, Recipe]:
    """Return the recipes by name, the one for newcomers first."""
    return {FIRST_CHOICE: RECIPES[FIRST_CHOICE], **RECIPES}
