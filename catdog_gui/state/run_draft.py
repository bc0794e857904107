"""What is set for the next run and seen on more than one page: recipe, split, seed and augmentation."""

from PySide6.QtCore import QObject, Signal

from trainer.core.config import AugmentConfig, SplitConfig
from trainer.core.recipes import FIRST_CHOICE, RECIPES


class RunDraft(QObject):
    """Holds values that are always valid. Connect to `changed` to show them."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None, *, recipe: str = "") -> None:
        super().__init__(parent)
        self.recipe = RECIPES.get(recipe, RECIPES[FIRST_CHOICE])
        self.split = SplitConfig()
        self.seed = 0
        self._augment: AugmentConfig | None = None

    @property
    def augment(self) -> AugmentConfig:
        """How training photos are varied: as the user chose, or else as the recipe does."""
        return self._augment or self.recipe.augment

    @property
    def augments_as_recipe(self) -> bool:
        """Whether the augmentation is the recipe's own, and changes with it."""
        return self._augment is None

    def set_recipe(self, name: str) -> None:
        """Choose a recipe. An augmentation that the user chose stays."""
        if name != self.recipe.name:
            self.recipe = RECIPES[name]
            self.changed.emit()

    def set_split(self, split: SplitConfig, seed: int) -> None:
        """Choose the shares of the splits, and the seed."""
        if (split, seed) != (self.split, self.seed):
            self.split, self.seed = split, seed
            self.changed.emit()

    def set_augment(self, augment: AugmentConfig | None) -> None:
        """Choose how training photos are varied; None: as the recipe does."""
        if augment != self._augment:
            self._augment = augment
            self.changed.emit()
