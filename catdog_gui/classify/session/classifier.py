"""Classifies photos with the model in use, in a worker thread. The model stays loaded in between."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Signal
from PySide6.QtGui import QImage, QImageWriter

from catdog_gui import worker
from catdog_gui.state.context import Context
from catdog_gui.state.explainer import Explainer, LoadedModel
from trainer.core.control import RunControl
from trainer.core.results import ErrorRecord, Prediction

if TYPE_CHECKING:
    from trainer.inference.predictor import Predictor

# As many photos as the predictor classifies together: `trainer.hardware.parallel.CHUNK`, which would bring torch along.
CHUNK = 8
Source = Path | QImage


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One photo to be classified."""

    number: int
    source: Source


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on that photo."""

    number: int
    prediction: Prediction
    classes: tuple[str, str]
    seconds: float


class Classifier(QObject):
    """Photos go in by `classify`, verdicts come out by `answered`."""

    answered = Signal(object)  # Answer
    progressed = Signal(int, int)
    """How many photos are done, and how many were asked for, since the classifier was last idle."""
    failed = Signal(object)  # ErrorRecord: the model cannot be used; the photos keep waiting
    became_idle = Signal()

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._loaded = LoadedModel()
        self._waiting: list[Question] = []
        self._task: worker.Task | None = None
        self._done = self._total = 0
        self._began = 0.0

    @property
    def busy(self) -> bool:
        """Whether photos are being classified."""
        return self._task is not None

    @property
    def seconds(self) -> float:
        """Since the classifier was last idle."""
        return time.perf_counter() - self._began

    def classify(self, questions: list[Question]) -> None:
        """Classify these photos with the model in use, after those that wait already."""
        if not questions or self._context.current_model is None:
            return
        if not self.busy:
            self._done = self._total = 0
            self._began = time.perf_counter()
        self._waiting += questions
        self._total += len(questions)
        self.progressed.emit(self._done, self._total)
        self._start_next()

    def explainer(self) -> Explainer:
        """Return the model in use, as it explains its verdicts."""
        settings = self._context.settings
        return Explainer(self._loaded, self._context.current_model, settings.device, settings.threads)

    def drop(self, numbers: set[int]) -> None:
        """Do not classify these photos, where that has not begun yet."""
        left = [question for question in self._waiting if question.number not in numbers]
        if len(left) < len(self._waiting):
            self._total -= len(self._waiting) - len(left)
            self._waiting = left
            self.progressed.emit(self._done, self._total)

    def cancel(self) -> None:
        """Leave the photos that still wait without a verdict."""
        self._waiting.clear()
        self._done = self._total = 0
        if self._task is not None:
            self._task.cancel()

    def _start_next(self) -> None:
        model = self._context.current_model
        if self._task is not None or not self._waiting or model is None:
            return
        questions, self._waiting = self._waiting, []
        load = self.explainer().predictor

        def work(emit: worker.Emit, control: RunControl) -> None:
            for answer in _answers(load(), questions, control):
                emit(answer)

        self._task = worker.start(work, parent=self)
        self._task.progressed.connect(self._on_answer)
        self._task.failed.connect(self._on_failure)
        self._task.finished.connect(self._on_finished)

    @property
    def _is_heard(self) -> bool:
        """False after `cancel`: the last verdicts of a cancelled task may be of a model that was replaced."""
        return self._task is not None and not self._task.control.should_stop()

    def _on_answer(self, answer: Answer) -> None:
        if self._is_heard:
            self._done += 1
            self.answered.emit(answer)
            self.progressed.emit(self._done, self._total)

    def _on_failure(self, error: ErrorRecord) -> None:
        if self._is_heard:
            self._waiting.clear()
            self.failed.emit(error)

    def _on_finished(self) -> None:
        self._task = None
        self._start_next()
        if self._task is None:
            self.became_idle.emit()


def _answers(predictor: "Predictor", questions: list[Question], control: RunControl) -> Iterator[Answer]:
    """Yield the answers as they come, each with the mean time that a photo took until then."""
    began = time.perf_counter()
    photos = (as_photo(question.source) for question in questions)
    predictions = predictor.predict(photos, cancelled=control.should_stop)
    for number, (question, prediction) in enumerate(zip(questions, predictions, strict=True)):
        # Verdicts come in chunks, so the first of a chunk took no longer than its last.
        finished = min(len(questions), (number // CHUNK + 1) * CHUNK)
        yield Answer(
            number=question.number,
            prediction=prediction,
            classes=predictor.description.classes,
            seconds=(time.perf_counter() - began) / finished,
        )


def as_photo(source: Source) -> Path | bytes:
    """Return what the engine reads: a path, or the bytes of an image that has no file."""
    if isinstance(source, Path):
        return source
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"bmp")).write(source)  # nothing is lost and nothing is computed
    return bytes(buffer.data().data())
