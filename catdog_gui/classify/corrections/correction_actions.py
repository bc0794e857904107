"""The entries of the menus that correct verdicts, and what is kept of them."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject
from PySide6.QtGui import QAction, QImage, QImageWriter
from PySide6.QtWidgets import QMenu, QWidget

from catdog_gui import worker
from catdog_gui.classify.session.photo_list import PhotoList
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n
from catdog_gui.state.context import Context
from trainer.dataset.label_file import Label

_ENOUGH = 4
"""As `trainer.labelling.corrections.LEAST`, which would bring torch along."""


class CorrectionActions(QObject):
    """Keeps what is said in the user's collection, in a worker thread, one act after the other."""

    def __init__(self, context: Context, photos: PhotoList, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._photos, self._window = context, photos, parent
        self._waiting: list[tuple[Label | None, list[SessionPhoto], str]] = []
        self._task: worker.Task | None = None

    def fill_menu(self, menu: QMenu, photos: Sequence[SessionPhoto]) -> None:
        """Add what can be said of these photos: the classes that their verdicts are not, or that they are right."""
        judged = [photo for photo in photos if photo.prediction is not None and not photo.reason]
        if not judged:
            return
        classes = judged[0].classes
        labels: tuple[Label, Label] = ("first", "second")
        for label, name in zip(labels, classes, strict=True):
            if any(photo.kind != label for photo in judged):
                words = tr("This is wrong: it is “{class_name}”", class_name=name)
                self._add(menu, words, partial(self.say, label, judged, name))
        if any(not photo.is_unsure or photo.nearest for photo in judged):
            self._add(menu, tr("This is wrong: it is neither"), partial(self.say, "neither", judged, tr("neither")))
        if all(photo.class_index is not None for photo in judged):
            entry = QAction(theme.icon("check", "muted"), tr("Remember this: it is right"), menu)
            entry.triggered.connect(lambda: self._remember_right(judged))
            menu.addAction(entry)
        entry = QAction(theme.icon("reset", "muted"), tr("Forget what was said of this"), menu)
        entry.triggered.connect(lambda: self.say(None, judged, ""))
        menu.addAction(entry)

    def add_learn(self, menu: QMenu) -> None:
        """Add the entry that learns."""
        entry = QAction(theme.icon("train", "muted"), tr("Learn from my corrections…"), menu)
        entry.triggered.connect(self.learn)
        menu.addAction(entry)

    def say(self, label: Label | None, photos: Sequence[SessionPhoto], word: str) -> None:
        """Keep what is said of photos; None forgets it. `word` is what they are called then."""
        self._waiting.append((label, list(photos), word))
        self._next()

    def learn(self) -> None:
        """Let the model in use learn from the collection, and show what that does."""
        from catdog_gui.classify.corrections.learn_dialog import LearnDialog  # noqa: PLC0415 - few sessions need it

        model = self._context.current_model
        if model is None:
            return
        LearnDialog(self._context, model, self._window).open()

    def _remember_right(self, photos: Sequence[SessionPhoto]) -> None:
        for label, index in (("first", 0), ("second", 1)):
            mine = [photo for photo in photos if photo.class_index == index]
            if mine:
                said: Label = "first" if label == "first" else "second"
                self.say(said, mine, mine[0].classes[index])

    def _next(self) -> None:
        if self._task is not None or not self._waiting:
            return
        label, photos, word = self._waiting.pop(0)
        classes = photos[0].classes
        sources = [photo.source for photo in photos]

        def work(_emit: worker.Emit, _control: object) -> int:
            from trainer.labelling.collection import remember  # noqa: PLC0415 - numpy and Pillow

            in_order = sorted(classes, key=lambda name: (name.casefold(), name)) == list(classes)
            said = label if in_order else _turned(label)
            return remember(classes, said, [_as_photo(source) for source in sources])

        task = self._task = worker.start(work, parent=self)
        task.succeeded.connect(lambda count: self._on_said(photos, label, word, count))
        task.failed.connect(self._context.report)
        task.finished.connect(self._on_finished)

    def _on_said(self, photos: list[SessionPhoto], label: Label | None, word: str, count: int) -> None:
        here = [photo for photo in photos if photo in self._photos]
        if label is None:
            self._context.say(tr_n(len(photos), "%n photo is forgotten", "%n photos are forgotten"))
            return
        self._photos.mark(here, tr("Said: {word}", word=word))
        words = tr_n(count, "Your collection has %n photo", "Your collection has %n photos")
        if count >= _ENOUGH:
            words = f"{words}. {tr('CatDog can learn from it: see the menu with three dots.')}"
        self._context.say(words)

    def _on_finished(self) -> None:
        self._task = None
        self._next()

    def _add(self, menu: QMenu, words: str, say: Callable[[], None]) -> None:
        entry = QAction(theme.icon("pencil", "muted"), words.replace("&", "&&"), menu)
        entry.triggered.connect(lambda _checked=False: say())
        menu.addAction(entry)


def _turned(label: Label | None) -> Label | None:
    """Return the label for classes in the other order: a collection has them in alphabetical order."""
    return "second" if label == "first" else "first" if label == "second" else label


def _as_photo(source: Path | QImage) -> Path | bytes:
    """Return a file, or the content of one for an image without a file."""
    if isinstance(source, Path):
        return source
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(source)
    return bytes(buffer.data().data())
