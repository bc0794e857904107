"""The augmentation: the recipe's own, one of three levels, or each setting by itself."""

from typing import get_args

from msgspec import structs
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import mark, tr, translated
from catdog_gui.state.run_draft import RunDraft
from catdog_gui.widgets.flow import Flow
from catdog_gui.widgets.forms.settings_form import SettingsForm
from trainer.core.config import AugmentConfig, AugmentLevel
from trainer.core.errors import SettingError

_LEVELS: dict[AugmentLevel, tuple[str, str]] = {
    "off": (mark("Off"), mark("Augmentation off")),
    "light": (mark("Light"), mark("Augmentation light")),
    "strong": (mark("Strong"), mark("Augmentation strong")),
}


class AugmentForm(QWidget):
    """Edits the draft's augmentation, and shows it when it is edited elsewhere."""

    changed = Signal()
    """The user edited something. Where a value is refused, the draft keeps the last valid settings."""

    def __init__(self, draft: RunDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)  # no level is checked where the settings match none
        self.as_recipe = self._button(tr("As the recipe has it"), tr("Augmentation as the recipe has it"))
        self.as_recipe.clicked.connect(lambda: self._choose(None))
        self.levels: dict[str, QPushButton] = {}
        for name in get_args(AugmentLevel):
            button = self._button(*map(tr, _LEVELS[name]))
            button.clicked.connect(lambda _checked, name=name: self._choose(AugmentConfig.level(name)))
            self.levels[name] = button
        self.settings = SettingsForm(AugmentConfig)
        self.settings.changed.connect(self._edited)
        self._choice = Flow(*self.levels.values(), self.as_recipe, spacing=theme.XS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.M)
        layout.addWidget(self._choice)
        layout.addWidget(self.settings)
        layout.addStretch(1)
        draft.changed.connect(self._follow_draft)
        self._follow_draft()

    def show_levels_only(self) -> None:
        """Hide the single settings, which another form shows."""
        self.settings.hide()

    def show_settings_only(self) -> None:
        """Hide the levels, which another form shows."""
        self._choice.hide()

    def augment(self) -> AugmentConfig | None:
        """Return the settings; None while one of them is refused."""
        try:
            return structs.replace(self._draft.augment, **self.settings.values())
        except SettingError:
            return None

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setCheckable(True)
        button.setAccessibleName(name)
        self._group.addButton(button)
        return button

    def _choose(self, augment: AugmentConfig | None) -> None:
        self._draft.set_augment(augment)
        self._follow_draft()  # also where nothing changed: the button was toggled, and a refused value has to go
        self.changed.emit()

    def _edited(self) -> None:
        augment = self.augment()
        if augment is not None:
            self._draft.set_augment(augment)
        self.changed.emit()

    def _follow_draft(self) -> None:
        recipe, augment = self._draft.recipe, self._draft.augment
        self.settings.set_defaults(structs.asdict(recipe.augment))
        if augment != self.augment():
            self.settings.set_values(structs.asdict(augment))
        own = self._draft.augments_as_recipe
        self.as_recipe.setChecked(own)
        self.as_recipe.setToolTip(
            tr(
                "What {recipe} was tuned with. It changes when you choose another recipe.",
                recipe=translated(recipe.title),
            )
        )
        for name, button in self.levels.items():
            button.setChecked(not own and augment == AugmentConfig.level(name))
