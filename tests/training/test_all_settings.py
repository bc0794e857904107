"""Whatever is set, a run completes or is refused with a sentence: no combination of settings ends unexpectedly.

Each case draws all settings by a seed, which is its name. `make test-slow` runs a hundred more, and `make
test-longer` all others.
"""

import math
import random
from pathlib import Path
from typing import Any

import pytest

from trainer.core.config import AugmentConfig, SplitConfig, TrainConfig
from trainer.core.control import RunControl
from trainer.core.errors import SettingError
from trainer.core.events import AnyEvent, EpochFinished
from trainer.core.recipes import RECIPES, recipe
from trainer.core.setting import Setting, describe
from trainer.drawings.samples import draw_dataset
from trainer.models.backbones import BACKBONES
from trainer.training.loop import train

QUICK, SLOW, ALL = 10, 110, 425
# Of what would only take long: threads by the hundred, photos of 512 pixels.
AFFORDABLE = {"threads": 3, "image_size": 100, "first_size": 100, "last_size": 100}


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("few") / "photos"
    draw_dataset(folder, count=20, seed=3)
    return folder


@pytest.fixture(autouse=True)
def _no_downloads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let torchvision's backbones have weights of chance: theirs would be downloaded."""
    for name, backbone in BACKBONES.items():
        if name != "efficientnet-lite0":
            random_weights = lambda *_, stages=backbone.stages: stages().state_dict()  # noqa: E731
            monkeypatch.setitem(BACKBONES, name, backbone._replace(weights=random_weights))  # type: ignore[index]


def drawn(setting: Setting, chance: random.Random) -> Any:
    """Return a value that is allowed: an end of the range as often as something within it."""
    if setting.choices:
        return chance.choice(setting.choices)
    if setting.kind is bool:
        return chance.random() < 0.5
    low, high = setting.minimum or 0, AFFORDABLE.get(setting.name, setting.maximum or 0)
    if chance.random() < 0.5:
        return setting.kind(chance.choice((low, high)))
    if setting.kind is int:
        return chance.choice((chance.randint(int(low), int(high)), min(int(low) + chance.randint(0, 20), int(high))))
    if low > 0 and high / low > 1000:  # the learning rate
        return math.exp(chance.uniform(math.log(low), math.log(high)))
    return chance.uniform(low, high)


def drawn_settings(kind: type, chance: random.Random, *, likely: float) -> dict[str, Any]:
    """Return some of the settings of that kind, each as likely to be among them as is said."""
    return {
        name: drawn(setting, chance)
        for name, setting in describe(kind).items()
        if name not in {"recipe", "version"} and chance.random() < likely
    }


def draw(dataset: Path, seed: int) -> TrainConfig:
    """Return the settings of a run as somebody might put them together. Raises SettingError."""
    chance = random.Random(seed)
    name = chance.choice(list(RECIPES))
    likely = chance.choice((0.2, 0.5, 0.9))
    given = drawn_settings(TrainConfig, chance, likely=likely)
    if chance.random() < 0.8:  # else most runs would be refused, and show nothing
        given = fitting(name, given)
    if chance.random() < 0.5:
        given["augment"] = AugmentConfig(**drawn_settings(AugmentConfig, chance, likely=likely))
    if chance.random() < 0.5:
        train_share, validation = chance.choice(((0.05, 0.05), (0.9, 0.05), (0.34, 0.33), (0.05, 0.9)))
        given["split"] = SplitConfig(
            train=train_share, validation=validation, test=round(1 - train_share - validation, 6)
        )
    small = {"threads": 1, "image_size": 64} | ({"first_size": 48, "last_size": 64} if name == "compact" else {})
    return TrainConfig.from_mapping(
        {"dataset": str(dataset), "recipe": name, **recipe(name).settings, **small, **given},
    )


def fitting(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return the settings without those that the recipe refuses, nor another device than the processor."""
    fit = {
        setting: value
        for setting, value in given.items()
        if setting not in {*recipe(name).idle_with(recipe(name).augment), "device"}
    }
    for size in {"image_size", "first_size", "last_size"} & fit.keys():
        fit[size] = max(fit[size], 48) // 2 * 2 if fit[size] else 0
    return fit


def run_one(photos: Path, out: Path, seed: int) -> str:
    """Train for an epoch, and return how that ended: completed, stopped, or refused."""
    config = draw(photos, seed)
    control = RunControl()

    def stop_after_an_epoch(event: AnyEvent) -> None:
        if isinstance(event, EpochFinished):
            control.stop()

    result = train(config, out=out, emit=stop_after_an_epoch, control=control)
    if result.error is None:
        assert result.evaluation is not None, config
        return result.status
    assert not result.error.sentence.startswith("Something unexpected"), f"{config}\n{result.error.details}"
    if result.run_folder is None:  # refused before anything was made
        assert result.error.exit_code == SettingError.exit_code, (config, result.error)
        assert not out.exists()
        return "refused"
    assert "no longer a finite number" in result.error.sentence, (config, result.error)
    return "not finite"


@pytest.mark.parametrize("seed", range(QUICK))
def test_a_run_completes_or_is_refused(seed: int, photos: Path, tmp_path: Path) -> None:
    run_one(photos, tmp_path / "runs", seed)


@pytest.mark.parametrize(
    "seed",
    [
        *[pytest.param(seed, marks=pytest.mark.slow) for seed in range(QUICK, SLOW)],
        *[pytest.param(seed, marks=pytest.mark.longer) for seed in range(SLOW, ALL)],
    ],
)
def test_many_more_runs_complete_or_are_refused(seed: int, photos: Path, tmp_path: Path) -> None:
    run_one(photos, tmp_path / "runs", seed)
