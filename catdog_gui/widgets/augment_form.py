"""The settings of the augmentation: three named levels, or each by itself."""

from typing import get_args

from msgspec import structs
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from catdog_gui import theme
from catdog_gui.widgets.settings_form import SettingsForm
from trainer.config import AugmentConfig, AugmentLevel
from trainer.errors import SettingError


class AugmentForm(QWidget):
    """`changed` comes after every change by the user; `augment` is None while a value is refused."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.levels: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)  # none is checked where the settings are one's own
        levels = QHBoxLayout()
        levels.setSpacing(theme.XS)
        for name in get_args(AugmentLevel):
            button = QPushButton(name.capitalize())
            button.setCheckable(True)
            button.setAccessibleName(f"Augmentation {name}")
            button.clicked.connect(lambda _checked, name=name: self._take_level(name))
            self._group.addButton(button)
            self.levels[name] = button
            levels.addWidget(button)
        levels.addStretch(1)
        self.settings = SettingsForm(AugmentConfig)
        self.settings.changed.connect(self._edited)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.M)
        layout.addLayout(levels)
        layout.addWidget(self.settings)
        layout.addStretch(1)
        self._mark_level()

    def augment(self) -> AugmentConfig | None:
        """Return the settings, None while one of them is refused."""
        try:
            return AugmentConfig(**self.settings.values())
        except SettingError:
            return None

    def set_augment(self, augment: AugmentConfig) -> None:
        """Show these settings, without `changed`."""
        if augment != self.augment():
            self.settings.set_values(structs.asdict(augment))
        self._mark_level()

    def _take_level(self, name: str) -> None:
        self.settings.set_values(structs.asdict(AugmentConfig.level(name)))
        self._edited()

    def _edited(self) -> None:
        self._mark_level()
        self.changed.emit()

    def _mark_level(self) -> None:
        now = self.augment()
        for name, button in self.levels.items():
            button.setChecked(now == AugmentConfig.level(name))
