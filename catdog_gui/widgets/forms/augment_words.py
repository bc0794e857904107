"""What the augmentation of the next run does, in words."""

from typing import get_args

from catdog_gui.look.language import mark, tr
from catdog_gui.state.run_draft import RunDraft
from trainer.core.config import AugmentConfig, AugmentLevel

_LEVELS = {
    "off": mark("Augmentation: off"),
    "light": mark("Augmentation: light"),
    "strong": mark("Augmentation: strong"),
}


def augment_level(draft: RunDraft) -> str:
    """Return how much photos are varied: one of the levels, or what else it is."""
    augment = draft.augment
    level = next((name for name in get_args(AugmentLevel) if augment == AugmentConfig.level(name)), None)
    if level is not None:
        return tr(_LEVELS[level])
    if augment.only_mirrors:
        return tr("Augmentation: mirrored at random")
    return (
        tr("Augmentation: as {title} has it", title=draft.recipe.title)
        if draft.augments_as_recipe
        else tr("Augmentation: with settings of your own")
    )


def augment_words(draft: RunDraft) -> str:
    """Return what the augmentation does in the chosen recipe, in a sentence or two."""
    if draft.recipe.builds_on_backbone:
        if draft.augment.only_mirrors:
            return tr(
                "The recipe {title} looks at each training photo once, and once mirrored. "
                "That is quick, and usually enough.",
                title=draft.recipe.title,
            )
        return tr(
            "Each training photo is varied anew in every epoch, so the recipe {title} has to look at it each time. "
            "That takes many times longer than mirroring alone.",
            title=draft.recipe.title,
        )
    return tr("Each training photo is varied a little in every epoch, so that the network does not memorise it.")
