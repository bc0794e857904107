"""The charts of a report: which lines they have, and from where to where their axes go."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from trainer.core.results import EpochMetrics
from trainer.core.text import text
from trainer.inference.coverage import CoveragePoint
from trainer.inference.curves import Reliability
from trainer.report.charts import Axis, Bar, Line, chart
from trainer.report.names import isolated

Say = Callable[[str], str]
"""Says a sentence of the engine in the language of the report."""


def loss_curves(history: Sequence[EpochMetrics], best: int | None, say: Say) -> Markup:
    """Return the loss of each epoch, train dashed and validation solid, with a ring at the best epoch."""
    most = max(loss for row in history for loss in (row.train_loss, row.val_loss))
    return chart(
        _lines([(row.train_loss, row.val_loss) for row in history], history, say),
        x=_epochs(history, say),
        y=Axis(title=say(text("loss")), low=0.0, high=1.05 * most or 1.0),
        name=say(text("Loss by epoch, train and validation")),
        rings=[(row.epoch, row.val_loss) for row in history if row.epoch == best],
    )


def accuracy_curves(history: Sequence[EpochMetrics], best: int | None, say: Say) -> Markup:
    """Return the accuracy of each epoch in the same way. The axis ends at 100 % and begins below the lowest."""
    least = min(accuracy for row in history for accuracy in (row.train_accuracy, row.val_accuracy))
    return chart(
        _lines([(row.train_accuracy, row.val_accuracy) for row in history], history, say),
        x=_epochs(history, say),
        y=Axis(title=say(text("accuracy")), low=_floor(least), high=1.0, percent=True),
        name=say(text("Accuracy by epoch, train and validation")),
        rings=[(row.epoch, row.val_accuracy) for row in history if row.epoch == best],
    )


def reliability_diagram(found: Reliability, class_name: str, say: Say) -> Markup:
    """Return how often photos of a predicted probability are of the class, with 95 % intervals."""
    name = text(
        "Share of photos that are {class_name}, over the predicted probability", class_name=isolated(class_name)
    )
    points = [(each.predicted, each.observed) for each in found.bins]
    return chart(
        [
            Line(points=[(0, 0), (1, 1)], look="ideal", name=say(text("perfect"))),
            Line(points=points, look="validation", name=say(text("this model")), dots=True),
        ],
        x=Axis(title=say(text("predicted probability")), low=0, high=1, percent=True),
        y=Axis(title=say(text("observed")), low=0, high=1, percent=True),
        name=say(name),
        bars=[Bar(x=each.predicted, low=each.interval[0], high=each.interval[1]) for each in found.bins],
    )


def coverage_curve(points: Sequence[CoveragePoint], own: CoveragePoint, say: Say) -> Markup:
    """Return the accuracy of the given verdicts over the share of photos that gets one; a ring at the own limits."""
    drawn = [(point.coverage, point.accuracy) for point in points if point.accuracy is not None]
    least = min(accuracy for _, accuracy in drawn)
    return chart(
        [Line(points=drawn, look="validation")],
        x=Axis(title=say(text("photos that get a verdict")), low=0, high=1, percent=True),
        y=Axis(title=say(text("right verdicts")), low=_floor(least), high=1, percent=True),
        name=say(text("Share of given verdicts that is right, over the share of photos that gets one")),
        rings=[(own.coverage, own.accuracy)] if own.accuracy is not None else [],
    )


def _lines(values: Sequence[tuple[float, float]], history: Sequence[EpochMetrics], say: Say) -> list[Line]:
    train = [(row.epoch, one) for row, (one, _) in zip(history, values, strict=True)]
    validation = [(row.epoch, other) for row, (_, other) in zip(history, values, strict=True)]
    return [
        Line(points=train, look="train", name=say(text("train"))),
        Line(points=validation, look="validation", name=say(text("validation"))),
    ]


def _epochs(history: Sequence[EpochMetrics], say: Say) -> Axis:
    return Axis(title=say(text("epoch")), low=history[0].epoch, high=history[-1].epoch, whole=True)


def _floor(least: float) -> float:
    """Return a round fraction somewhat below an accuracy, such that the differences above it can be seen."""
    return max(0.0, next(low for low in (0.98, 0.95, 0.9, 0.8, 0.5, 0.0) if least >= low + (1 - low) / 25 or low == 0))
