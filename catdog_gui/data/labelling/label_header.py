"""How far the labels are, how good the suggestions are, and what can be done with all of it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from catdog_gui.data.labelling.shelf import label_name
from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n
from catdog_gui.look.words import interval, percent
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.elided_label import ElidedLabel
from catdog_gui.widgets.flow import Flow
from trainer.dataset.label_file import Label, LabelBook

if TYPE_CHECKING:
    from trainer.labelling.suggest import Suggestions

LEVELS: Final = (0.999, 0.99, 0.95, 0.9)
_USUAL = 0.99


class LabelHeader(Card):
    """The view fills `menu`."""

    accept_requested = Signal(object)
    """What is suggested from the chosen probability on: digests by label."""
    use_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._name = ElidedLabel()
        self._name.setProperty("role", "heading")
        self.counts = _wrapped()
        self.quality = _wrapped()
        self.quality.setProperty("role", "muted")
        self._above: Mapping[Label, list[str]] = {}
        self.accept = QPushButton(tr("Accept suggestions"))
        self.accept.clicked.connect(lambda: self.accept_requested.emit(self._above))
        self.level = QComboBox()
        self.level.setAccessibleName(tr("Accept suggestions from this probability on"))
        for level in LEVELS:
            self.level.addItem(tr("from {percent} on", percent=percent(level, 1 if level > _USUAL else 0)), level)
        self.level.setCurrentIndex(LEVELS.index(_USUAL))
        self.use = QPushButton(tr("Use these photos"))
        self.use.clicked.connect(self.use_requested)
        self.menu = QMenu(self)
        self.more = QPushButton(tr("More"))
        self.more.setProperty("menu", True)
        self.more.setMenu(self.menu)
        head = QHBoxLayout()
        head.setSpacing(theme.M)
        head.addWidget(self._name, 1)
        head.addWidget(self.more)
        head.addWidget(self.use)
        words = QVBoxLayout()
        words.setSpacing(theme.XS)
        words.addLayout(head)
        words.addWidget(self.counts)
        words.addWidget(self.quality)
        self.body.addLayout(words)
        self.suggested = Flow(self.accept, self.level, spacing=theme.S)
        self.body.addWidget(self.suggested)

    def show_state(self, book: LabelBook, suggestions: "Suggestions") -> None:
        """Show how it stands."""
        self._name.setText(book.name)
        counts = book.counts()
        facts = [
            tr("{class_name}: {count}", class_name=label_name(label, book.classes), count=count)
            for label, count in counts.items()
        ]
        left = len(book.unlabelled)
        facts.append(tr_n(left, "%n photo is without a label", "%n photos are without a label"))
        self.counts.setText("   ·   ".join(facts))
        self.quality.setText(_quality(suggestions))
        level = float(self.level.currentData())
        self._above = suggestions.above(book, level)
        total = sum(map(len, self._above.values()))
        self.accept.setText(_accept_words(total, self._above, book))
        self.accept.setEnabled(total > 0)
        self.suggested.setVisible(suggestions.probabilities is not None and left > 0)
        enough = min(counts["first"], counts["second"]) > 0
        self.use.setEnabled(enough)
        ready = enough and (not left or not total)
        theme.mark(self.use, kind="primary" if ready else "")
        theme.mark(self.accept, kind="primary" if total and not ready else "")


def _accept_words(total: int, above: Mapping[Label, list[str]], book: LabelBook) -> str:
    if not total:
        return tr("Accept suggestions")
    parts = [
        tr("{class_name}: {count}", class_name=label_name(label, book.classes), count=len(digests)).replace("&", "&&")
        for label, digests in above.items()
        if digests
    ]
    return tr("Accept all {count} ({parts})", count=total, parts=", ".join(parts))


def _quality(suggestions: "Suggestions") -> str:
    """Say how good the suggestions are, and what would help."""
    estimate = suggestions.estimate
    if suggestions.probabilities is None:
        return tr(
            "Name a few groups or photos of each class: from then on CatDog suggests the rest, and asks first for what "
            "helps most."
        )
    if estimate is None:
        return tr("These suggestions are a model's. Label some ten photos, and CatDog says how good they are.")
    low, high = estimate.interval
    judged = tr_n(
        estimate.photos,
        "Suggestions for the %n photo that you labelled, made without knowing your label: {accuracy} right ({range}).",
        "Suggestions for the %n photos that you labelled, made without knowing your label: {accuracy} right ({range}).",
        accuracy=percent(estimate.accuracy),
        range=interval(low, high, 0),
    )
    if not suggestions.helpful:
        return judged
    more = tr_n(
        len(suggestions.helpful),
        "The hardest are asked for first. %n more of these would help most.",
        "The hardest are asked for first. %n more of these would help most.",
    )
    return f"{judged} {more}"


def _wrapped() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    return label
