"""What comes out of training, evaluation and prediction: plain records that fit into JSON."""

import traceback
from typing import Annotated, Literal, Self

import msgspec
from msgspec import Meta

from trainer.core.errors import TrainerError
from trainer.core.os_errors import disk_error, is_of_a_file
from trainer.core.text import join, text

# What a file may say: a record is checked where it is read.
Fraction = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]
NotNegative = Annotated[float, Meta(ge=0)]


class EpochMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `metrics.csv`. Losses are in nats, accuracies fractions, `seconds` includes validation."""

    epoch: Count
    train_loss: NotNegative
    """Plain cross-entropy, comparable with `val_loss`: photos mixed by mixup do not count, unless all were mixed."""
    train_accuracy: Fraction
    val_loss: NotNegative
    val_accuracy: Fraction
    learning_rate: NotNegative
    seconds: NotNegative
    photos_per_second: NotNegative
    """Training photos alone, over the training part of the epoch alone."""
    train_objective: float | None = None
    """What the optimiser minimised: with label smoothing, class weights and mixed photos. None in runs of CatDog 0.1,
    whose `train_loss` was this."""


class ClassMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """How one class fared. A value is None where it divides by nothing, such as precision without predictions."""

    photos: Count
    precision: Fraction | None
    recall: Fraction | None
    f1: Fraction | None


class EvaluatedPhoto(msgspec.Struct, frozen=True, kw_only=True, rename={"class_name": "class"}):
    """One photo of known class with what the model said of it."""

    path: str
    class_name: str
    predicted: str
    probability: Fraction
    """Of the positive class, 0 to 1."""
    reason: str = ""
    """Why the model is not sure; empty where it is."""
    unlike: bool = False
    """Whether it is not sure because the photo is unlike those that it learnt from."""
    strictness: float | None = None
    """The largest strictness at which it gets a verdict (`trainer.inference.coverage`); None where it never does, or an
    older CatDog did not say."""


class EvaluationMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """How a model fared on photos of known class, in numbers."""

    dataset: str
    """Name of the folder or zip, without the folders above it."""
    split: str
    """train, validation, test, or all."""
    classes: tuple[str, str]
    photos: Count
    loss: NotNegative
    accuracy: Fraction
    accuracy_interval: tuple[Fraction, Fraction]
    """95 % Wilson interval."""
    baseline: Fraction
    """Accuracy of always saying the larger class."""
    roc_auc: Fraction | None
    """None where only one class is present."""
    threshold: Fraction
    not_sure: Count = 0
    """Photos on which the model's verdict is "not sure"; everything else counts their nearest class."""
    calibration_error: Fraction | None = None
    """Expected calibration error, 0 to 1."""
    calibration_error_before: Fraction | None = None
    """The same without the temperature."""
    confusion: tuple[tuple[Count, Count], tuple[Count, Count]]
    """Rows are the true class, columns the predicted one, in the order of `classes`."""
    per_class: dict[str, ClassMetrics]


class Evaluation(EvaluationMetrics, frozen=True, kw_only=True):
    """The numbers with the photos behind them (`evaluation.json`)."""

    wrong: tuple[EvaluatedPhoto, ...]
    """The mistakes, the surest first."""
    right: tuple[EvaluatedPhoto, ...]
    """The others, the least sure first."""

    def metrics(self) -> EvaluationMetrics:
        """Return the numbers alone."""
        names = EvaluationMetrics.__struct_fields__
        return EvaluationMetrics(**{name: getattr(self, name) for name in names})


class Prediction(msgspec.Struct, frozen=True, kw_only=True, rename={"class_name": "class"}):
    """The verdict on one photo, or why there is none."""

    path: str
    class_name: str | None
    probability: float | None
    """Of the positive class, 0 to 1."""
    probabilities: dict[str, float] | None
    """The same for each class by name; they add up to 1."""
    nearest_class: str | None = None
    """The likelier class, where the verdict is "not sure" and the photo is like those that the model learnt from."""
    reason: str | None = None
    """Why it is."""
    error: str | None = None

    @property
    def is_unsure(self) -> bool:
        """True where the photo was read and the verdict is "not sure"."""
        return self.reason is not None

    @property
    def closest_class(self) -> str | None:
        """The class of the verdict, or else the likelier one; None where the photo seems to be of neither."""
        return self.class_name or self.nearest_class


class Neighbour(msgspec.Struct, frozen=True, kw_only=True, rename={"class_name": "class"}):
    """A training photo that a photo is like, as a model sees it (`trainer.inference.neighbours`)."""

    name: str
    """Where it lay below its dataset's root, with forward slashes."""
    class_name: str
    similarity: float
    """Cosine of the two embeddings, -1 to 1."""
    thumbnail: bytes
    """A small JPEG file."""


class ErrorRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An error as a value: a sentence for everyone, the traceback for those who mend it."""

    what: str
    remedy: str = ""
    path: str | None = None
    details: str = ""
    exit_code: int = 1
    """What the command line ends with."""

    @classmethod
    def of(cls, error: BaseException) -> Self:
        """Return an error as a value: its own sentence if it is one of ours, else a plain one with the traceback.

        What the system refuses of a file is said as such, whoever met it.
        """
        if isinstance(error, TrainerError):
            return cls(what=error.what, remedy=error.remedy, path=error.path, exit_code=error.exit_code)
        details = "".join(traceback.format_exception(error))
        if isinstance(error, MemoryError):
            remedy = text("Close other programs, or use a smaller batch size.")
            return cls(what=text("The computer ran out of memory."), remedy=remedy, details=details)
        if isinstance(error, OSError) and is_of_a_file(error):
            refused = disk_error(error)
            return cls(what=refused.what, remedy=refused.remedy, path=refused.path, details=details)
        kind = type(error).__name__
        return cls(
            what=text("Something unexpected went wrong ({kind}: {words}).", kind=kind, words=str(error)),
            remedy=text("Please report it with the details."),
            details=details,
        )

    @property
    def sentence(self) -> str:
        """What happened and what to do."""
        return join([self.what, self.remedy]) if self.remedy else self.what


RunStatus = Literal["completed", "stopped", "failed"]


class RunResult(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ended."""

    status: RunStatus
    run_folder: str | None = None
    """None where it ended before there was anything to keep."""
    model: str | None = None
    """Path of the best epoch's model; None where no epoch was finished."""
    best_epoch: int | None = None
    history: tuple[EpochMetrics, ...] = ()
    evaluation: EvaluationMetrics | None = None
    """Of the best epoch, on the test split. The photos behind it are in the run folder's `evaluation.json`."""
    error: ErrorRecord | None = None
    stopped_early: bool = False
    """True where patience ended the run before its last epoch."""
