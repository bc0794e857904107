"""What is set for the next run and seen on more than one page: the split, the seed and the augmentation."""

from PySide6.QtCore import QObject, Signal

from trainer.config import AugmentConfig, SplitConfig


class RunDraft(QObject):
    """Holds values that are always valid; whoever shows them listens to `changed`."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.split = SplitConfig()
        self.seed = 0
        self.augment = AugmentConfig()

    def set_split(self, split: SplitConfig, seed: int) -> None:
        """Share photos out like this."""
        if (split, seed) != (self.split, self.seed):
            self.split, self.seed = split, seed
            self.changed.emit()

    def set_augment(self, augment: AugmentConfig) -> None:
        """Vary training photos like this."""
        if augment != self.augment:
            self.augment = augment
            self.changed.emit()
