"""What the numbers of a run suggest, as an experienced person would say it. Pure functions of plain numbers."""

from collections.abc import Mapping, Sequence

from trainer.core.errors import DatasetError
from trainer.core.events import AdviceGiven
from trainer.core.judgement import judge
from trainer.core.results import EpochMetrics, EvaluationMetrics
from trainer.core.statistics import wilson_interval
from trainer.core.text import join, plural, text

# With fewer photos of a class, the mission's network memorises them; the published runs had 1,000.
FEW_PHOTOS = 100
# Classes are called unequal where the larger has this many times the photos of the smaller.
UNEQUAL_RATIO = 1.5
# Train accuracy this far above validation, two epochs running, is more than the noise of an epoch.
ACCURACY_GAP = 0.10
# Validation loss this much (in nats) above its best, and not lower for RISING_EPOCHS epochs.
RISING_LOSS = 0.03
RISING_EPOCHS = 3
# A network that learns at all is better than chance by then.
LEARNING_EPOCHS = 3
MIN_PHOTOS = 10
"""With fewer photos of a class there is nothing to learn from and nothing to test with."""


def refuse_too_few(counts: Mapping[str, int]) -> None:
    """Raise DatasetError where a training with so many photos by class cannot work."""
    smaller = min(counts, key=lambda name: counts[name])
    if counts[smaller] < MIN_PHOTOS:
        raise DatasetError(
            text(
                "There are too few photos to train with. {name}: {count}, and each class needs at least {least}.",
                count=counts[smaller],
                name=smaller,
                least=MIN_PHOTOS,
            ),
            remedy=text("Add more; good results take {good} of each class and more.", good=FEW_PHOTOS),
        )


def before_training(train_counts: Mapping[str, int], *, from_nothing: bool) -> list[AdviceGiven]:
    """Return advice on the numbers of training photos by class. `from_nothing`: without a pre-trained backbone."""
    advice = []
    smaller, larger = sorted(train_counts, key=lambda name: train_counts[name])
    if train_counts[smaller] < FEW_PHOTOS:
        more = text("Add photos until each class has at least {least}, better {better}.", least=FEW_PHOTOS, better=1000)
        advice.append(
            AdviceGiven(
                kind="too few photos",
                text=plural(
                    train_counts[smaller],
                    "There is only %n photo of the class {name} to learn from.",
                    "There are only %n photos of the class {name} to learn from.",
                    name=smaller,
                ),
                remedy=join([more, text("Or choose the recipe transfer, which needs fewer.")])
                if from_nothing
                else more,
            )
        )
    if train_counts[larger] >= UNEQUAL_RATIO * train_counts[smaller]:
        advice.append(
            AdviceGiven(
                kind="unequal classes",
                text=text(
                    "There are {many} photos of {larger} but only {few} of {smaller}.",
                    many=train_counts[larger],
                    larger=larger,
                    few=train_counts[smaller],
                    smaller=smaller,
                ),
                remedy=text("Add photos of {smaller}, or set class weighting to balanced.", smaller=smaller),
            )
        )
    return advice


def after_epoch(history: Sequence[EpochMetrics], val_counts: Mapping[str, int]) -> list[AdviceGiven]:
    """Return advice on the epochs so far. The caller drops kinds that were given before."""
    if not history:
        return []
    found = (_overfitting(history), _not_learning(history, val_counts))
    return [advice for advice in found if advice is not None]


def after_test(evaluation: EvaluationMetrics, *, recipe: str) -> list[AdviceGiven]:
    """Return advice on the result on the test photos."""
    judged = judge(evaluation, recipe=recipe)
    if judged.is_good:
        return []
    return [AdviceGiven(kind="weak model", text=judged.explanation, remedy=judged.advice)]


def _overfitting(history: Sequence[EpochMetrics]) -> AdviceGiven | None:
    gaps = [row.train_accuracy - row.val_accuracy for row in history[-2:]]
    if len(gaps) == 2 and min(gaps) >= ACCURACY_GAP:
        last = history[-1]
        found = text(
            "Overfitting: the network is right on {train:.0%} of the training photos but on {validation:.0%} of the "
            "validation photos.",
            train=last.train_accuracy,
            validation=last.val_accuracy,
        )
    elif _loss_rises(history):
        best = min(history, key=lambda row: row.val_loss)
        found = text("Overfitting: the validation loss has been rising since epoch {epoch}.", epoch=best.epoch)
    else:
        return None
    return AdviceGiven(
        kind="overfitting",
        text=found,
        remedy=text("The best epoch is kept. Try stronger augmentation, more dropout, or more photos."),
    )


def _loss_rises(history: Sequence[EpochMetrics]) -> bool:
    best = min(row.val_loss for row in history)
    recent = history[-RISING_EPOCHS:]
    # A noisy but sound run comes back near its best within a few epochs; one that overfits does not.
    return len(history) > RISING_EPOCHS and all(row.val_loss > best + RISING_LOSS for row in recent)


def _not_learning(history: Sequence[EpochMetrics], val_counts: Mapping[str, int]) -> AdviceGiven | None:
    total = sum(val_counts.values())
    if len(history) < LEARNING_EPOCHS or total == 0:
        return None
    baseline = max(val_counts.values()) / total
    # Of the last few epochs alone: the best of many epochs of guessing looks like learning, by luck.
    best = max(row.val_accuracy for row in history[-LEARNING_EPOCHS:])
    low, _ = wilson_interval(round(best * total), total)
    if low > baseline:
        return None
    return AdviceGiven(
        kind="not learning",
        text=text(
            "No learning yet: after {count} epochs the network is no better than always saying the larger class "
            "({baseline:.0%}).",
            count=len(history),
            baseline=baseline,
        ),
        remedy=text(
            "Train it longer, try a learning rate three times higher or lower, or check that the photos lie in the "
            "right class folders."
        ),
    )
