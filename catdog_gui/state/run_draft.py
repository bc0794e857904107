"""What is set for the next run and seen on more than one page: recipe, time, split, seed and augmentation."""

import os
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from trainer.core.best_recipe import AUTO, Choice, Machine, choose
from trainer.core.config import AugmentConfig, SplitConfig, TrainConfig
from trainer.core.recipes import FIRST_CHOICE, RECIPES, Recipe


class RunDraft(QObject):
    """Holds values that are always valid. Connect to `changed` to show them."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None, *, recipe: str = "") -> None:
        super().__init__(parent)
        self.chosen = recipe if recipe in RECIPES else AUTO
        """The name of a recipe, or AUTO where the best one is looked for."""
        self.seconds = 0
        """The time for the run; 0: as many epochs as are set."""
        self.split = SplitConfig()
        self.seed = 0
        self._photos = 0
        self._machine = Machine(os.cpu_count() or 1)
        self._augment: AugmentConfig | None = None

    @property
    def best(self) -> Choice | None:
        """What suits the photos and the time, where that was asked for and there are photos."""
        if self.chosen != AUTO or not self._photos:
            return None
        return choose(self._photos, self.seconds, machine=self._machine)

    @property
    def recipe(self) -> Recipe:
        """The recipe of the next run."""
        if self.chosen != AUTO:
            return RECIPES[self.chosen]
        best = self.best
        return best.of_recipe if best is not None else RECIPES[FIRST_CHOICE]

    @property
    def usual(self) -> TrainConfig:
        """All settings as they are where the user sets none."""
        best = self.best
        given: Mapping[str, Any] = best.settings if best is not None else {}
        return self.recipe.config("", **given, time_budget=self.seconds)

    @property
    def augment(self) -> AugmentConfig:
        """How training photos are varied: as the user chose, or else as the recipe does."""
        return self._augment or self.usual.augment

    @property
    def augments_as_recipe(self) -> bool:
        """Whether the augmentation is the recipe's own, and changes with it."""
        return self._augment is None

    def set_recipe(self, name: str) -> None:
        """Choose a recipe, or AUTO. An augmentation that the user chose stays."""
        if name != self.chosen:
            self.chosen = name
            self.changed.emit()

    def set_photos(self, count: int) -> None:
        """Take notice of how many photos there are to choose a recipe for; 0: none."""
        if count != self._photos:
            self._photos = count
            self.changed.emit()

    def set_look_seconds(self, seconds: float) -> None:
        """Take notice of how long this machine takes for a look at a photo, on one core."""
        machine = Machine(self._machine.cores, seconds)
        if machine != self._machine:
            self._machine = machine
            self.changed.emit()

    def set_seconds(self, seconds: int) -> None:
        """Choose the time for the run; 0: as many epochs as are set."""
        if seconds != self.seconds:
            self.seconds = seconds
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
