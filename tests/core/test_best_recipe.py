"""Which recipe is chosen for so many photos and so much time, and what is said of it."""

import pytest

from trainer.core.best_recipe import AUTO, AUTO_RECIPE, Machine, choose
from trainer.core.config import AugmentConfig
from trainer.core.recipes import RECIPES, offered

LITE2, LITE1, LITE0 = "efficientnet-lite2", "efficientnet-lite1", "efficientnet-lite0"


@pytest.mark.parametrize(
    ("photos", "seconds", "backbone", "mirrored", "image_size"),
    [
        (40, 0, LITE2, True, 256),
        (4_000, 0, LITE2, True, 256),
        (16_000, 0, LITE0, True, 256),
        (4_000, 600, LITE2, True, 256),
        (4_000, 90, LITE1, True, 256),
        (4_000, 80, LITE0, True, 256),
        (4_000, 60, LITE0, False, 256),
        (4_000, 40, LITE0, False, 192),
        (16_000, 600, LITE2, True, 256),
        (16_000, 30, LITE0, False, 192),  # nothing fits
    ],
)
def test_the_most_accurate_way_that_fits(
    photos: int,
    seconds: int,
    backbone: str,
    mirrored: bool,  # noqa: FBT001 - of the table above
    image_size: int,
) -> None:
    choice = choose(photos, seconds)
    config = choice.of_recipe.config("/photos", **choice.settings, time_budget=seconds)
    found = (config.recipe, config.backbone, config.augment.flip, config.image_size)
    assert found == ("transfer", backbone, mirrored, image_size)


def test_more_cores_take_less_time() -> None:
    assert choose(16_000, 120).settings["image_size"] == 192
    assert choose(16_000, 120, machine=Machine(cores=8)).settings["backbone"] == LITE2
    assert choose(40, 0, machine=Machine(cores=0)) == choose(40, 0, machine=Machine(cores=1))


def test_a_machine_that_takes_longer_for_a_look_has_fewer_of_them() -> None:
    slow = Machine(look_seconds=0.04)
    assert choose(4_000, 0).settings["backbone"] == LITE2
    assert choose(4_000, 0, machine=slow).settings == {}
    assert choose(4_000, 120, machine=slow).settings["augment"] == AugmentConfig.level("off")
    assert "takes about 3 minutes" in choose(4_000, 0, machine=slow).reason


@pytest.mark.parametrize(
    ("photos", "seconds", "sentence"),
    [
        (400, 0, "transfer learning on Lite2, the most accurate backbone: it needs few photos, and takes about"),
        (16_000, 0, "transfer learning on Lite0, the fastest backbone: it takes about 3 minutes, and a larger one 5 m"),
        (
            4_000,
            90,
            "in 90 seconds, transfer learning on Lite1, the most accurate backbone that can see all of them",
        ),
        (16_000, 30, "even the fastest way, transfer learning on Lite0, takes about 87 seconds, which is longer than"),
    ],
)
def test_it_says_why_in_one_sentence(photos: int, seconds: int, sentence: str) -> None:
    reason = choose(photos, seconds).reason
    assert reason.startswith(f"For {photos:,} photos")
    assert sentence in reason


@pytest.mark.parametrize("seconds", [0, 10, 30, 60, 120, 600, 86_400])
@pytest.mark.parametrize("photos", [1, 20, 400, 4_000, 100_000, 10_000_000])
def test_whatever_is_asked_for_the_choice_can_be_trained(photos: int, seconds: int) -> None:
    choice = choose(photos, seconds)
    assert choice.of_recipe.config("/photos", **choice.settings, time_budget=seconds).recipe == choice.recipe
    assert choice.reason.endswith(".")


def test_it_is_offered_first_and_is_no_recipe_of_a_run() -> None:
    assert next(iter(offered())) == "transfer"
    assert AUTO not in RECIPES
    assert AUTO_RECIPE.name == AUTO
