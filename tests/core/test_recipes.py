"""What belongs to which recipe: idle settings and sizes that a network cannot take are refused, with the remedy."""

from typing import Any

import pytest

from trainer.core.config import AugmentConfig, TrainConfig
from trainer.core.errors import SettingError
from trainer.core.recipes import FIRST_CHOICE, RECIPES, offered, recipe
from trainer.core.setting import describe


def test_idle_settings_exist_and_stay_at_their_defaults() -> None:
    defaults = describe(TrainConfig)
    for entry in RECIPES.values():
        idle = entry.idle_with(entry.augment)
        assert set(idle) <= set(defaults)
        assert not set(idle) & set(entry.settings)


def test_every_setting_does_something_somewhere() -> None:
    for name in describe(TrainConfig):
        assert any(name not in entry.idle for entry in RECIPES.values())


def test_newcomers_are_offered_their_recipe_first() -> None:
    assert next(iter(offered())) == FIRST_CHOICE
    assert set(offered()) == set(RECIPES)


@pytest.mark.parametrize("name", list(RECIPES))
def test_a_recipe_passes_its_own_check(name: str) -> None:
    recipe(name).check(recipe(name).config("/photos"))
    recipe(name).check(TrainConfig(dataset="/photos", recipe=name))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "idle"), [(entry.name, idle) for entry in RECIPES.values() for idle in entry.idle_with(entry.augment)]
)
def test_a_given_setting_that_does_nothing_is_refused_even_with_its_default(name: str, idle: str) -> None:
    value = describe(TrainConfig)[idle].default
    with pytest.raises(SettingError, match=f"{describe(TrainConfig)[idle].title} does nothing in the recipe {name}"):
        recipe(name).config("/photos", **{idle: value})


def test_images_of_a_backbone_grow_where_they_are_augmented_and_else_the_remedy_says_so() -> None:
    light = AugmentConfig.level("light")
    assert recipe("transfer").config("/photos", last_size=200, augment=light).last_size == 200
    with pytest.raises(SettingError, match=r"mirrored at most.*Leave it out, set the augmentation to light, or choose"):
        recipe("transfer").config("/photos", last_size=200)


def test_a_former_name_is_refused_alike() -> None:
    with pytest.raises(SettingError, match="Backbone does nothing in the recipe compact"):
        recipe("compact").config("/photos", trunk="convnext-tiny")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"image_size": 65},
            "Image size must be an even number in the recipe compact, and 65 was given. Choose 64 or 66.",
        ),
        (
            {"first_size": 65, "last_size": 65},
            "First size must be an even number in the recipe compact, and 65 was given. Choose 64 or 66.",
        ),
        (
            {"last_size": 511},
            "Last size must be an even number in the recipe compact, and 511 was given. Choose 510 or 512.",
        ),
        ({"first_size": 1}, "First size must be 0 or from 48 to 512, and 1 was given."),
        ({"last_size": 46}, "Last size must be 0 or from 48 to 512, and 46 was given."),
    ],
)
def test_sizes_that_compact_cannot_take_are_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        recipe("compact").config("/photos", **given)
    recipe("classic").config("/photos", image_size=65)


def test_what_was_read_back_is_not_refused() -> None:
    """Runs of former versions carry all settings, and have to open."""
    config = TrainConfig.from_mapping(
        {"dataset": "x", "recipe": "transfer", "first_size": 32, "trunk": "convnext-tiny"}
    )
    assert (config.first_size, config.backbone) == (32, "convnext-tiny")


class TestTime:
    """A run for a given time."""

    @pytest.mark.parametrize("name", list(RECIPES))
    def test_it_cools_down_and_is_not_ended_by_patience(self, name: str) -> None:
        config = recipe(name).config("/photos", time_budget=600)
        assert (config.time_budget, config.schedule, config.patience) == (600, "cosine", 0)

    def test_a_schedule_that_is_given_stays(self) -> None:
        config = recipe("classic").config("/photos", time_budget=600, schedule="constant", patience=3)
        assert (config.schedule, config.patience) == ("constant", 3)

    def test_without_a_time_nothing_changes(self) -> None:
        config = recipe("classic").config("/photos", time_budget=0, epochs=3)
        assert (config.schedule, config.patience, config.epochs) == ("constant", 10, 3)

    def test_time_and_epochs_exclude_each_other(self) -> None:
        with pytest.raises(SettingError, match=r"Either the time or the number of epochs can be set.*Leave one of"):
            recipe("classic").config("/photos", time_budget=600, epochs=3)

    def test_a_time_in_which_nothing_is_learnt_is_refused(self) -> None:
        with pytest.raises(SettingError, match="from 10s to 168h, and 5s was given"):
            recipe("classic").config("/photos", time_budget=5)
