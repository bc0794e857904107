"""The photos of this session: brings them in, has them classified, and forgets them."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from catdog_gui.classify.session.arrival import Arrival, image_key
from catdog_gui.classify.session.classifier import Answer, Classifier, Question
from catdog_gui.classify.session.photo_intake import Intake
from catdog_gui.classify.session.photo_list import NewPhoto, PhotoList
from catdog_gui.classify.session.photo_search import PhotoSearch
from catdog_gui.classify.session.removals import Removal, Removals
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.look.language import tr, tr_n
from catdog_gui.state.context import Context
from trainer.dataset.records import Problem

# Counting and sorting again at every verdict would make the cards jump about.
_TIDY_EVERY_MS = 400


class PhotoSession(QObject):
    """Owns the list of photos and the classifier."""

    added = Signal()
    """Photos came in, or were removed."""
    arrived = Signal(object, list)
    """An Arrival has brought these photos, its next ones."""
    arrival_ended = Signal(object)
    """An Arrival is complete."""
    put_back = Signal(list)
    """An undo has brought these back."""
    undo_changed = Signal(int)
    """How many photos an undo would bring back now."""
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
        self._removals = Removals()
        self._models = 0
        """How many models have been in use."""
        self._without_file = 0
        self._tidy = QTimer(self, interval=_TIDY_EVERY_MS, singleShot=True)
        self._tidy.timeout.connect(self._tidy_up)
        self._search.found.connect(self._bring_in)
        self._search.ended.connect(self._end_arrival)
        self._search.found_none.connect(lambda: context.say(tr("There are no photos in there.")))
        self._search.unread.connect(self._say_unread)
        self._search.failed.connect(context.report)
        self.classifier.answered.connect(self._on_answer)
        self.classifier.progressed.connect(
            lambda done, total: self.progressed.emit(done, total, self.classifier.seconds)
        )
        self.classifier.failed.connect(context.report)
        self.classifier.became_idle.connect(self._on_idle)
        context.model_changed.connect(self._on_model_changed)

    # Photos come

    def take(self, intake: Intake) -> None:
        """Bring in what was dropped or pasted, or say why not."""
        if intake.refusal:
            self._context.say(intake.refusal)
        elif intake.image is not None:
            name = tr("Photo {number}", number=self._without_file + 1)
            arrival = self._new_arrival()
            self._bring_in(arrival, [NewPhoto(name, intake.image, image_key(intake.image))])
            self._without_file += len(arrival.new)
            self._end_arrival(arrival)
        else:
            self.add_files(list(intake.files))

    def add_files(self, files: list[Path]) -> None:
        """Bring in photos and the photos below folders."""
        self._search.begin(files, self._new_arrival())

    def _new_arrival(self) -> Arrival:
        return Arrival(first=len(self.photos) == 0)

    def _bring_in(self, arrival: Arrival, found: list[NewPhoto]) -> None:
        new = arrival.enter(found, self.photos)
        if new:
            self.added.emit()
            self.arrived.emit(arrival, new)
            self._classify(new)

    def _end_arrival(self, arrival: Arrival) -> None:
        if arrival.words:
            self._context.say(arrival.words)
        self.arrival_ended.emit(arrival)

    def _say_unread(self, problems: list[Problem]) -> None:
        """Say what a search could not look into: the first of it, and how much more there is."""
        first, *others = problems
        if others:
            words = tr_n(
                len(others),
                "{path}: {reason} (and %n more)",
                "{path}: {reason} (and %n more)",
                path=first.path,
                reason=first.reason,
            )
        else:
            words = tr("{path}: {reason}", path=first.path, reason=first.reason)
        self._context.say(words)

    # Photos go

    def remove(self, photos: list[SessionPhoto]) -> None:
        """Take photos out of the list, until an undo. Their files stay as they are."""
        if not photos:
            return
        self.classifier.drop({photo.number for photo in photos})
        self.photos.remove(photos)
        self._remember_removal(photos)
        self.added.emit()

    def clear(self) -> None:
        """Forget all photos, until an undo, and the searches for more."""
        self.cancel()
        photos = list(self.photos)
        self.photos.clear()
        if photos:
            self._remember_removal(photos)
        self.added.emit()

    def undo(self) -> None:
        """Put back what was removed last, at its places."""
        removal = self._removals.pop()
        if removal is None:
            return
        if removal.judged_by != self._models:
            for photo in removal.photos:
                photo.prediction, photo.seconds = None, None
        back = self.photos.put_back(removal.photos)
        self.undo_changed.emit(self._removals.count)
        self.added.emit()
        self.put_back.emit(back)
        self._context.say(tr_n(len(back), "%n photo is back in the list.", "%n photos are back in the list."))
        self._classify([photo for photo in back if photo.prediction is None])

    def _remember_removal(self, photos: list[SessionPhoto]) -> None:
        self._removals.push(Removal(photos, self._models))
        self.undo_changed.emit(self._removals.count)
        self._context.say(
            tr_n(
                len(photos),
                "%n photo was removed from the list. Ctrl+Z brings it back.",
                "%n photos were removed from the list. Ctrl+Z brings them back.",
            )
        )

    # Verdicts

    def classify_rest(self) -> None:
        """Classify the photos that have no verdict."""
        self._classify([photo for photo in self.photos if photo.prediction is None])

    def cancel(self) -> None:
        """Bring in no more photos, and classify none of those that wait."""
        self._search.cancel()
        self.classifier.cancel()

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
        self.photos.tidy()
        self.tidied.emit()

    def _on_model_changed(self, _path: Path | None) -> None:
        self._models += 1
        self.classifier.cancel()
        self.photos.forget_verdicts()
        self.tidied.emit()
        self.classify_rest()
