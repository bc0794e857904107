"""Settings: their defaults are the mission's, and a wrong one is refused in one clear sentence."""

import math
import re
from typing import Any

import msgspec
import pytest

from trainer.core.config import AugmentConfig, SplitConfig, TrainConfig
from trainer.core.errors import SettingError
from trainer.core.recipes import RECIPES, recipe
from trainer.core.setting import describe


def test_the_defaults_are_the_missions() -> None:
    config = recipe("classic").config("/photos")
    assert (config.image_size, config.dropout, config.optimiser, config.learning_rate) == (150, 0.5, "rmsprop", 1e-4)
    assert config.augment == AugmentConfig.level("strong")
    assert config.split.fractions == (0.7, 0.15, 0.15)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"epochs": 0}, "Epochs must be a whole number from 1 to 10000, and 0 was given"),
        ({"epochs": 2.5}, "Epochs must be a whole number from 1 to 10000, and 2.5 was given"),
        ({"epochs": True}, "and True was given"),
        ({"epochs": "3"}, "and '3' was given"),
        ({"learning_rate": math.nan}, "Learning rate must be a number from 1e-08 to 10, and nan was given"),
        ({"learning_rate": math.inf}, "and inf was given"),
        ({"image_size": 47}, "Image size must be a whole number from 48 to 512"),
        ({"dropout": 1}, "Dropout must be a number from 0 to 0.95"),
        ({"batch_size": 1025}, "Batch size must be a whole number from 1 to 1024"),
        ({"seed": -1}, "Seed must be"),
        ({"patience": -1}, "Patience must be"),
        ({"weight_decay": -0.1}, "Weight decay must be"),
        ({"threads": 257}, "Threads must be"),
        ({"version": 3}, "Version of these settings must be"),
        ({"optimiser": "rmsprob"}, "one of rmsprop, adam, adamw, sgd, and 'rmsprob' was given. Did you mean rmsprop?"),
        ({"device": "gpu"}, "Device must be one of auto, cuda, mps, cpu"),
        ({"precision": "float16"}, "Precision must be one of auto, float32, bfloat16"),
        ({"class_weighting": 3}, "Class weighting must be one of off, balanced, and 3 was given"),
        ({"epoks": 3}, "no setting called 'epoks'. Did you mean epochs?"),
        ({"zzz": 3}, "no setting called 'zzz'. Known are dataset, recipe, epochs"),
        ({"augment": {"rotatoin": 3}}, "no setting called 'rotatoin'. Did you mean rotation?"),
        ({"augment": {"rotation": 181}}, "Rotation must be a number from 0 to 180"),
        ({"augment": {"flip": 1}}, "Flip must be yes or no"),
        ({"augment": 3}, "augment must be a group of settings, and 3 was given"),
        ({"split": {"train": 0.5}}, "must add up to 1, and these add up to 0.8"),
    ],
)
def test_a_wrong_setting_is_refused_with_the_remedy(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingError, match=re.escape(sentence)) as caught:
        recipe("classic").config("/photos", **given)
    assert caught.value.exit_code == 2


def test_no_way_around_the_checks() -> None:
    config = TrainConfig(dataset="/photos")
    with pytest.raises(SettingError):
        TrainConfig(dataset="/photos", epochs=0)
    with pytest.raises(SettingError):
        msgspec.structs.replace(config, epochs=0)
    with pytest.raises(SettingError):
        SplitConfig(train=0.9)


def test_unknown_names_of_recipe_and_level_get_the_closest() -> None:
    with pytest.raises(SettingError, match="Did you mean classic"):
        recipe("clasic")
    with pytest.raises(SettingError, match="Did you mean strong"):
        AugmentConfig.level("strog")


def test_settings_survive_json() -> None:
    config = recipe("classic").config("/photos", epochs=3, augment=AugmentConfig.level("light"))
    assert TrainConfig.from_mapping(msgspec.json.decode(msgspec.json.encode(config))) == config
    assert msgspec.json.decode(msgspec.json.encode(config), type=TrainConfig) == config


@pytest.mark.parametrize("kind", [TrainConfig, AugmentConfig, SplitConfig])
def test_every_setting_is_explained_and_its_default_allowed(kind: type[msgspec.Struct]) -> None:
    settings = describe(kind)
    assert settings
    for setting in settings.values():
        setting.check(setting.default)
        assert setting.title
        assert setting.help or setting.name == "version"


def test_levels_differ_and_off_is_off() -> None:
    off, light, strong = (AugmentConfig.level(name) for name in ("off", "light", "strong"))
    assert off.is_off
    assert not light.is_off
    assert light.rotation < strong.rotation


def test_every_recipe_makes_settings() -> None:
    for name, entry in RECIPES.items():
        assert entry.name == name
        assert entry.config("/photos").recipe == name
