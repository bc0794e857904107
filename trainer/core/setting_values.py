"""The settings of a run as a list of titles and values, those first that are not the recipe's own."""

from typing import Any

import msgspec

from trainer.core.config import AugmentConfig, SplitConfig, TrainConfig
from trainer.core.duration import written_duration
from trainer.core.recipes import RECIPES
from trainer.core.setting import describe

# They stand in lists beside the settings, or say nothing about how the run was set.
_ELSEWHERE = ("recipe", "version")
TIME = "time_budget"
"""The one setting that lists write in another way than as it is: "10m", "–" where there is none."""


class SettingValue(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of a run."""

    name: str
    """"epochs", "augment.rotation"."""
    title: str
    value: Any
    usual: Any
    """What the recipe has."""

    @property
    def changed(self) -> bool:
        """Whether somebody chose another value than the recipe's."""
        return bool(self.value != self.usual)


def values_of(config: TrainConfig) -> list[SettingValue]:
    """Return every setting that does something in the run's recipe, those that were changed first."""
    recipe = RECIPES[config.recipe]
    usual = recipe.config(config.dataset)
    idle = {*recipe.idle_with(config.augment), *_ELSEWHERE}
    values = [value for value in _values(config, usual, "") if value.name not in idle]
    values += _values(config.augment, usual.augment, "augment.")
    values += _values(config.split, usual.split, "split.")
    return sorted(values, key=lambda value: not value.changed)


def _values(
    config: TrainConfig | AugmentConfig | SplitConfig, usual: TrainConfig | AugmentConfig | SplitConfig, group: str
) -> list[SettingValue]:
    return [
        SettingValue(
            name=f"{group}{name}",
            title=setting.title,
            value=_shown(name, getattr(config, name)),
            usual=_shown(name, getattr(usual, name)),
        )
        for name, setting in describe(type(config)).items()
    ]


def _shown(name: str, value: Any) -> Any:
    """Return a setting's value as lists show it."""
    if name == TIME:
        return written_duration(value) if value else "–"
    return value
