"""Use another model? Shows the one in use and the other side by side, since all photos are classified again with it."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import listed, tr, tr_n
from catdog_gui.look.words import STARTER, STARTER_NOTE, day, interval, percent, plain_tooltip
from catdog_gui.state.context import Context
from catdog_gui.widgets.dialog_room import dialog_column
from trainer.core.results import ErrorRecord
from trainer.storage import model_list
from trainer.storage.model_list import ModelEntry

_TITLE_WIDTH = 260
_CARD_WIDTH = 230
_WIDTH = 600


def propose_model(parent: QWidget, context: Context, path: Path, *, ask: bool = True) -> "ModelQuestion | None":
    """Use the model file `path`, asking first where another model is in use.

    Returns at once. A file that is no model is reported to the user, and nothing changes. Where no model is in use the
    file is used without a question, and where it is in use already nothing happens. Else a dialog over `parent`'s
    window, which is returned, shows both models; the model is used once the user says so. It closes and deletes itself.
    Without `ask` the model is used at once: the user has named it when starting the program.
    """
    try:
        offered = model_list.describe_model(path)
    except Exception as error:  # noqa: BLE001 - any file may be chosen, so anything may be wrong with it
        context.report(ErrorRecord.of(error))
        return None
    current = _current(context)
    if current is not None and current.path.resolve() == path.resolve():
        if ask:
            context.say(tr("{model} is already in use.", model=current.title))
        return None
    if current is None or not ask:
        context.use_model(path)
        return None
    for open_one in parent.window().findChildren(ModelQuestion):
        open_one.reject()  # the newest is what the user means
    question = ModelQuestion(current, offered, context.photo_count, parent.window())
    question.accepted.connect(lambda: context.use_model(path))
    question.open()
    return question


def _current(context: Context) -> ModelEntry | None:
    path = context.current_model
    if path is None:
        return None
    try:
        return model_list.describe_model(path)
    except Exception:  # noqa: BLE001 - a damaged model in use is no reason to keep it; the page has reported it
        return None


class ModelQuestion(QDialog):
    """Accepted where the other model is to be used."""

    def __init__(self, current: ModelEntry, offered: ModelEntry, photos: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Use another model?"))
        heading = _label(tr("Use this model instead of the one in use?"), "heading")
        self.outcome = _label(_outcome(photos), "muted")
        self.use = QPushButton(tr("Use the new model"))
        self.use.setProperty("kind", "primary")
        self.use.clicked.connect(self.accept)
        self.keep = QPushButton(tr("Keep the one in use"))
        self.keep.clicked.connect(self.reject)
        self.keep.setDefault(True)  # Enter loses nothing
        cards = QHBoxLayout()
        cards.setSpacing(theme.M)
        cards.addWidget(_card(tr("In use"), current), 1)
        cards.addWidget(_card(tr("New"), offered), 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.S)
        buttons.addStretch(1)
        buttons.addWidget(self.keep)
        buttons.addWidget(self.use)
        layout = dialog_column(self, theme.M)
        layout.addWidget(heading)
        layout.addLayout(cards)
        layout.addWidget(self.outcome)
        layout.addSpacing(theme.S)
        layout.addLayout(buttons)
        self.keep.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Be as high as the lines need at this width: Qt guesses the height of a dialog from wider ones."""
        layout = self.layout()
        assert layout is not None
        width = max(_WIDTH, self.minimumSizeHint().width())
        self.resize(width, layout.totalHeightForWidth(width))
        self.setMinimumSize(self.size())
        super().showEvent(event)


def _outcome(photos: int) -> str:
    if not photos:
        return tr("From now on, it classifies your photos.")
    return tr_n(
        photos,
        "The photo on the Classify page will be classified again with it.",
        "The %n photos on the Classify page will be classified again with it.",
    )


def _card(place: str, entry: ModelEntry) -> QFrame:
    """Return what one has to know of a model to choose it."""
    card = QFrame()
    card.setProperty("card", True)
    card.setMinimumWidth(_CARD_WIDTH)
    title = _label("", "subheading")
    name = tr(STARTER) if entry.is_starter else entry.title
    title.setText(title.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, 2 * _TITLE_WIDTH))
    title.setToolTip(plain_tooltip(str(entry.path)))
    description = entry.description
    accuracy, basis = _accuracy(entry)
    lines = [
        _label(place, "small"),
        title,
        _label(accuracy, "figure"),
        _label(basis, "muted"),
        _label(tr("Tells apart: {classes}", classes=listed(description.classes)), ""),
        _label(tr(STARTER_NOTE) if entry.is_starter else day(description.origin.created), "muted"),
    ]
    column = QVBoxLayout(card)
    column.setContentsMargins(theme.L, theme.M, theme.L, theme.M)
    column.setSpacing(theme.XS)
    for line in lines:
        column.addWidget(line)
    column.addStretch(1)
    spoken = ". ".join(line.text() for line in lines)
    card.setAccessibleName(spoken)
    return card


def _accuracy(entry: ModelEntry) -> tuple[str, str]:
    """Return how good a model is, and what that stands on."""
    test = entry.description.test
    if test is None:
        return "–", tr("Not tested yet")
    low, high = test.accuracy_interval
    basis = tr_n(
        test.photos,
        "of %n test photo right; most likely {range} on other photos",
        "of %n test photos right; most likely {range} on other photos",
        range=interval(low, high),
    )
    return percent(test.accuracy, 1), basis


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    return label
