"""Says of a photo that its label is wrong, by its content, and takes that back."""

from typing import NamedTuple

from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from catdog_gui import worker
from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.look.words import plain_tooltip
from catdog_gui.widgets.latest import Latest
from catdog_gui.widgets.photos.dataset_photos import DatasetPhotos
from trainer.core.results import ErrorRecord
from trainer.dataset.answers import answer_content, open_answers, read_answers
from trainer.dataset.label_file import Label
from trainer.dataset.records import digest


class Labelled(NamedTuple):
    """A photo with the class that it counts as."""

    path: str
    class_name: str
    classes: tuple[str, str]

    @property
    def other(self) -> str:
        """The other class."""
        return next(name for name in self.classes if name != self.class_name)

    @property
    def other_label(self) -> Label:
        """The same as a label."""
        return "first" if self.other == self.classes[0] else "second"


class _State(NamedTuple):
    photo: Labelled
    said: bool
    """Whether the user said that it is of the other class."""


class WrongLabel(QPushButton):
    """Hidden where the photo cannot be read. `words` says what follows, wherever the owner puts it."""

    def __init__(self, photos: DatasetPhotos, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photos = photos
        self._photo: Labelled | None = None
        self._said = False
        self._ready = False
        """Whether a click counts. Without the button being disabled or hidden meanwhile, it keeps the focus."""
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        self.setAutoDefault(False)
        self.setIcon(theme.icon("pencil"))
        self.clicked.connect(self._toggle)
        self._reading = Latest(self)
        self._reading.succeeded.connect(self._show_state)
        self._reading.failed.connect(self.hide)
        self.hide()
        self.words.hide()

    def show_photo(self, photo: Labelled) -> None:
        """Be about this photo, as soon as it was read."""
        self._photo, self._ready = photo, False
        self.words.hide()
        photos = self._photos
        self._reading.ask(lambda: _state(photos, photo))

    def _show_state(self, state: _State) -> None:
        photo = state.photo
        if photo != self._photo:
            return
        self._said, self._ready = state.said, True
        self.setText(tr("Take that back") if state.said else tr("This label is wrong"))
        what = tr("Say that it is {other}, not {class_name}", other=photo.other, class_name=photo.class_name)
        self.setToolTip("" if state.said else plain_tooltip(what))
        self.words.setText(
            tr("You said that this is {other}. The next run uses that; your files stay as they are.", other=photo.other)
        )
        self.words.setVisible(state.said)
        self.show()

    def _toggle(self) -> None:
        photo, photos, said = self._photo, self._photos, self._said
        if photo is None or not self._ready:
            return
        self._ready = False
        task = worker.start(lambda _emit, _control: _say(photos, photo, wrong=not said), parent=self)
        task.succeeded.connect(self._show_state)
        task.failed.connect(lambda error: self._fail(photo, error))

    def _fail(self, photo: Labelled, error: ErrorRecord) -> None:
        if photo == self._photo:
            self.words.setText(f"{translated(error.what)} {translated(error.remedy)}".rstrip())
            self.words.show()
            self._ready = True


def _state(photos: DatasetPhotos, photo: Labelled) -> _State:
    """Return what was said of a photo. Raises PhotoError and DatasetError. In another thread."""
    labels = read_answers(photo.classes).labels
    return _State(photo, labels.get(digest(photos.read(photo.path))) == photo.other_label)


def _say(photos: DatasetPhotos, photo: Labelled, *, wrong: bool) -> _State:
    """Say that it is of the other class, or take back what was said of it. Raises TrainerError. In another thread."""
    content = photos.read(photo.path)
    with open_answers(photo.classes) as file:
        answer_content(file, photo.other_label if wrong else None, photos.root, photo.path, content)
    return _State(photo, wrong)
