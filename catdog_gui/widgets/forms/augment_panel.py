"""The augmentation: a level or custom settings, and what they do to a photo."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.state.run_draft import RunDraft
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.forms.augment_form import AugmentForm
from catdog_gui.widgets.forms.augment_preview import AugmentPreview
from catdog_gui.widgets.reflow import Reflow

_TWO_COLUMNS = 600


class AugmentPanel(Card):
    """Edits the draft's augmentation; the preview also follows edits made elsewhere."""

    def __init__(self, draft: RunDraft, parent: QWidget | None = None) -> None:
        super().__init__("Augmentation", parent)
        self._draft = draft
        self.hint = QLabel()
        self.hint.setProperty("role", "muted")
        self.hint.setWordWrap(True)
        self.preview = AugmentPreview()
        self.form = AugmentForm(draft)
        again = QPushButton("Vary again")
        again.setIcon(theme.icon("reset"))
        again.clicked.connect(self.preview.shuffle)
        pictures = QWidget()
        column = QVBoxLayout(pictures)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.preview)
        column.addWidget(again, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.body.addWidget(self.hint)
        self.body.addWidget(Reflow(self.form, pictures, breakpoint_px=_TWO_COLUMNS, stretches=(0, 1)))
        draft.changed.connect(self._follow_draft)
        self._follow_draft()

    def show_photo(self, load: Callable[[], bytes]) -> None:
        """Vary this photo; `load` is called in another thread."""
        self.preview.show_photo(load)

    def _follow_draft(self) -> None:
        self.hint.setText(augment_words(self._draft))
        self.preview.show_augment(self._draft.augment)


def augment_words(draft: RunDraft) -> str:
    """Return what the augmentation does in the chosen recipe, in a sentence or two."""
    if draft.recipe.builds_on_backbone:
        if draft.augment.only_mirrors:
            return (
                f"The backbone of the recipe {draft.recipe.title} reads each training photo once, and once mirrored. "
                "That is quick, and usually enough."
            )
        return (
            f"Each training photo is varied anew in every epoch, so the backbone of the recipe {draft.recipe.title} "
            "has to read it each time. That takes many times longer than mirroring alone."
        )
    return "Each training photo is varied a little in every epoch, so that the network does not memorise it."
