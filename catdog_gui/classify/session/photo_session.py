"""The photos of this session: brings them in, has them classified, and forgets them."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from catdog_gui.classify.session.classifier import Answer, Classifier, Question
from catdog_gui.classify.session.photo_intake import Intake
from catdog_gui.classify.session.photo_list import PhotoList, SessionPhoto
from catdog_gui.classify.session.photo_search import PhotoSearch
from catdog_gui.state.context import Context
from trainer.dataset.records import Problem

# Counting and sorting again at every verdict would make the cards jump about.
_TIDY_EVERY_MS = 400


class PhotoSession(QObject):
    """Owns the list of photos and the classifier."""

    added = Signal()
    """Photos came in, or all were cleared away."""
    classified = Signal(object)  # SessionPhoto
    tidied = Signal()
    """Verdicts have come in since the last time."""
    progressed = Signal(int, int, float)  # done, total, seconds
    became_idle = Signal(int)
    """All is done; the number of photos without a verdict."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.photos = PhotoList(self)
        self.classifier = Classifier(context, self)
        self._search = PhotoSearch(self)
        self._without_file = 0
        self._tidy = QTimer(self, interval=_TIDY_EVERY_MS, singleShot=True)
        self._tidy.timeout.connect(self._tidy_up)
        self._search.found.connect(lambda paths: self._add([(path.name, path) for path in paths]))
        self._search.found_none.connect(lambda: context.say("There are no photos in there."))
        self._search.unread.connect(self._say_unread)
        self._search.failed.connect(context.report)
        self.classifier.answered.connect(self._on_answer)
        self.classifier.progressed.connect(
            lambda done, total: self.progressed.emit(done, total, self.classifier.seconds)
        )
        self.classifier.failed.connect(context.report)
        self.classifier.became_idle.connect(self._on_idle)
        context.model_changed.connect(self._on_model_changed)

    def _say_unread(self, problems: list[Problem]) -> None:
        """Say what a search could not look into: the first of it, and how much more there is."""
        first, *others = problems
        more = f" (and {len(others):,} more)" if others else ""
        self._context.say(f"{first.path}: {first.reason}{more}")

    def take(self, intake: Intake) -> None:
        """Bring in what was dropped or pasted, or say why not."""
        if intake.refusal:
            self._context.say(intake.refusal)
        elif intake.image is not None:
            self._without_file += 1
            self._add([(f"Photo {self._without_file}", intake.image)])
        else:
            self.add_files(list(intake.files))

    def add_files(self, files: list[Path]) -> None:
        """Bring in photos and the photos below folders."""
        self._search.begin(files)

    def classify_rest(self) -> None:
        """Classify the photos that have no verdict."""
        self._classify([photo for photo in self.photos if photo.prediction is None])

    def cancel(self) -> None:
        """Bring in no more photos, and classify none of those that wait."""
        self._search.cancel()
        self.classifier.cancel()

    def clear(self) -> None:
        """Forget all photos."""
        self.cancel()
        self.photos.clear()
        self.added.emit()

    def _add(self, sources: list[tuple[str, Path | QImage]]) -> None:
        photos = self.photos.add(sources)
        self.added.emit()
        self._classify(photos)

    def _classify(self, photos: list[SessionPhoto]) -> None:
        self.classifier.classify([Question(number=photo.number, source=photo.source) for photo in photos])

    def _on_answer(self, answer: Answer) -> None:
        photo = self.photos.set_verdict(answer.number, answer.prediction, answer.classes, answer.seconds)
        if photo is not None:
            self.classified.emit(photo)
            if not self._tidy.isActive():
                self._tidy.start()

    def _on_idle(self) -> None:
        self._tidy.stop()
        self._tidy_up()
        self.became_idle.emit(sum(photo.prediction is None for photo in self.photos))

    def _tidy_up(self) -> None:
        if self.photos.order != "added":
            self.photos.sort_again()
        self.tidied.emit()

    def _on_model_changed(self, _path: Path | None) -> None:
        self.classifier.cancel()
        self.photos.forget_verdicts()
        self.tidied.emit()
        self.classify_rest()
