"""What the window says of each recipe, and which of its settings do something. Pure words and names."""

from collections.abc import Mapping

from trainer.core.config import AugmentConfig
from trainer.core.recipes import RECIPES, Recipe

FIRST_CHOICE = "transfer"
"""For somebody who has never trained anything: the most accurate, and done in a minute."""

_CHOOSE = {
    "transfer": "Choose it for the best model. Good to begin with.",
    "classic": "Choose it to watch a textbook network learn.",
    "compact": "Choose it to build on no other network, with time to spare.",
}
_OF_BACKBONES = frozenset({"backbone", "tuned_stages"})
# They change photos while a network learns; a frozen backbone looks at each photo once, before.
_OF_PIXELS = frozenset({"first_size", "last_size", "mixup", "ema_decay"})


def offered() -> Mapping[str, Recipe]:
    """Return the recipes by name, the one for newcomers first."""
    return {FIRST_CHOICE: RECIPES[FIRST_CHOICE], **RECIPES}


def known(name: str) -> str:
    """Return the name of a recipe, or that of the first choice where there is none of this name."""
    return name if name in RECIPES else FIRST_CHOICE


def advice(recipe: Recipe) -> str:
    """Return for whom it is, in a sentence; empty for a recipe that nobody wrote one for."""
    return _CHOOSE.get(recipe.name, "")


def builds_on_backbone(recipe: Recipe) -> bool:
    """Whether a pre-trained network looks at the photos, and only what comes after it learns."""
    return not recipe.network


def idle_settings(recipe: Recipe) -> frozenset[str]:
    """Return the settings of `TrainConfig` that do nothing for this recipe."""
    return _OF_PIXELS if builds_on_backbone(recipe) else _OF_BACKBONES


def own_augment(recipe: Recipe) -> AugmentConfig:
    """Return how the recipe itself varies training photos."""
    return recipe.config("").augment
