"""What the network sees of a photo in training; the settings behind it stand on the Train page."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.state.run_draft import RunDraft
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.flow import Flow
from catdog_gui.widgets.forms.augment_preview import AugmentPreview
from catdog_gui.widgets.forms.augment_words import augment_level, augment_words


class AugmentCard(Card):
    """Follows the draft of the next run."""

    change_requested = Signal()
    """The settings of the augmentation are wanted."""

    def __init__(self, draft: RunDraft, parent: QWidget | None = None) -> None:
        super().__init__(tr("What the network sees"), parent)
        self._draft = draft
        self.level, self.hint = QLabel(), QLabel()
        self.level.setProperty("role", "subheading")
        self.hint.setProperty("role", "muted")
        self.hint.setWordWrap(True)
        self.preview = AugmentPreview()
        again = QPushButton(tr("Vary again"))
        again.setIcon(theme.icon("reset"))
        again.clicked.connect(self.preview.shuffle)
        self.change = QPushButton(tr("Change on the Train page"))
        self.change.setProperty("kind", "link")
        self.change.setCursor(Qt.CursorShape.PointingHandCursor)
        self.change.clicked.connect(self.change_requested)
        self.body.addWidget(self.level)
        self.body.addWidget(self.hint)
        self.body.addWidget(self.preview)
        self.body.addWidget(Flow(again, self.change, spacing=theme.L))
        draft.changed.connect(self._follow_draft)
        self._follow_draft()

    def show_photo(self, load: Callable[[], bytes]) -> None:
        """Vary this photo; `load` is called in another thread."""
        self.preview.show_photo(load)

    def _follow_draft(self) -> None:
        self.level.setText(augment_level(self._draft))
        self.hint.setText(augment_words(self._draft))
        self.preview.show_augment(self._draft.augment)
