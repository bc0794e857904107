"""Classifies photos with the model in use, in a worker thread. The model stays loaded in between."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Signal
from PySide6.QtGui import QImage, QImageWriter

from catdog_gui import worker
from catdog_gui.state.context import Context
from catdog_gui.state.engine import heat_pixels, load_predictor
from trainer.core.control import RunControl
from trainer.core.errors import ModelFileError
from trainer.core.results import ErrorRecord, Prediction
from trainer.core.text import text
from trainer.files.kinds import is_file

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


class _Cache:
    """The predictor that was loaded last, for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: tuple[object, ...] = ()
        self._predictor: Predictor | None = None

    def get(self, path: Path, device: str, threads: int) -> "Predictor":
        """Return the predictor of a model file, loading it where it is another one or has changed."""
        with self._lock:
            key = (path, path.stat().st_mtime_ns if is_file(path) else 0, device, threads)
            if self._predictor is None or key != self._key:
                self._predictor = None
                self._predictor = load_predictor(path, device=device, threads=threads)
                self._key = key
            return self._predictor


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
        self._cache = _Cache()
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

    def explainer(self) -> Callable[[Source, str], tuple[bytes, int]]:
        """Return what explains a class in a photo by the model in use, for another thread; raises TrainerError there.

        It gives the heat map as RGBA pixels of a square, with its side.
        """
        load = self._loader(self._context.current_model)
        return lambda source, class_name: heat_pixels(load(), _as_photo(source), class_name)

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
        load = self._loader(model)

        def work(emit: worker.Emit, control: RunControl) -> None:
            for answer in _answers(load(), questions, control):
                emit(answer)

        self._task = worker.start(work, parent=self)
        self._task.progressed.connect(self._on_answer)
        self._task.failed.connect(self._on_failure)
        self._task.finished.connect(self._on_finished)

    def _loader(self, model: Path | None) -> Callable[[], "Predictor"]:
        """Return what gives the predictor of a model in another thread, with the settings of now."""
        cache, settings = self._cache, self._context.settings
        device, threads = settings.device, settings.threads

        def load() -> "Predictor":
            if model is None:
                raise ModelFileError(text("There is no model."), remedy=text("Choose one first."))
            return cache.get(model, device, threads)

        return load

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
    photos = (_as_photo(question.source) for question in questions)
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


def _as_photo(source: Source) -> Path | bytes:
    """Return what the engine reads: a path, or the bytes of an image that has no file."""
    if isinstance(source, Path):
        return source
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"bmp")).write(source)  # nothing is lost and nothing is computed
    return bytes(buffer.data().data())
