"""What the network sees of a photo in training; the settings behind it stand on the Train page."""

from collections.abc import Callable
from typing import get_args

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import mark, tr
from catdog_gui.state.run_draft import RunDraft
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.forms.augment_preview import AugmentPreview
from trainer.core.config import AugmentConfig, AugmentLevel

_LEVELS: dict[str, str] = {
    "off": mark("Augmentation is off: the network sees each photo as it is."),
    "light": mark("Augmentation is light: photos are varied a little, anew in every epoch."),
    "strong": mark("Augmentation is strong: photos are varied much, anew in every epoch."),
}


class AugmentCard(Card):
    """Follows the draft of the next run."""

    change_requested = Signal()
    """The settings of the augmentation are wanted."""

    def __init__(self, draft: RunDraft, parent: QWidget | None = None) -> None:
        super().__init__(tr("What the network sees"), parent)
        self._draft = draft
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        self.preview = AugmentPreview()
        again = QPushButton(tr("Vary again"))
        again.setIcon(theme.icon("reset"))
        again.clicked.connect(self.preview.shuffle)
        self.change = QPushButton(tr("Change on the Train page"))
        self.change.setProperty("kind", "link")
        self.change.setCursor(Qt.CursorShape.PointingHandCursor)
        self.change.clicked.connect(self.change_requested)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.L)
        buttons.addWidget(again)
        buttons.addWidget(self.change)
        buttons.addStretch(1)
        self.body.addWidget(self.words)
        self.body.addWidget(self.preview)
        self.body.addLayout(buttons)
        draft.changed.connect(self._follow_draft)
        self._follow_draft()

    def show_photo(self, load: Callable[[], bytes]) -> None:
        """Vary this photo; `load` is called in another thread."""
        self.preview.show_photo(load)

    def _follow_draft(self) -> None:
        augment = self._draft.augment
        self.words.setText(_words(augment))
        self.preview.show_augment(augment)


def _words(augment: AugmentConfig) -> str:
    """Return how much photos are varied, in a sentence."""
    level = next((name for name in get_args(AugmentLevel) if augment == AugmentConfig.level(name)), None)
    if level is not None:
        return tr(_LEVELS[level])
    if augment.only_mirrors:
        return tr("Photos are mirrored at random, and not varied otherwise.")
    return tr("Augmentation has settings of its own: photos are varied anew in every epoch.")
