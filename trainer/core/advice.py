"""What the numbers of a run suggest, as an experienced person would say it. Pure functions of plain numbers."""

from collections.abc import Mapping, Sequence

from trainer.core.events import AdviceGiven
from trainer.core.results import EpochMetrics, EvaluationMetrics
from trainer.core.statistics import wilson_interval

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


def before_training(train_counts: Mapping[str, int], *, from_nothing: bool) -> list[AdviceGiven]:
    """Return advice on the numbers of training photos by class. `from_nothing`: without a pre-trained backbone."""
    advice = []
    smaller, larger = sorted(train_counts, key=lambda name: train_counts[name])
    if train_counts[smaller] < FEW_PHOTOS:
        advice.append(
            AdviceGiven(
                kind="too few photos",
                text=f"There are only {train_counts[smaller]} photos of {smaller} to learn from.",
                remedy=f"Add photos until each class has at least {FEW_PHOTOS}, better 1,000"
                + ("; or choose the recipe transfer, which needs fewer." if from_nothing else "."),
            )
        )
    if train_counts[larger] >= UNEQUAL_RATIO * train_counts[smaller]:
        advice.append(
            AdviceGiven(
                kind="unequal classes",
                text=f"There are {train_counts[larger]} photos of {larger} but only "
                f"{train_counts[smaller]} of {smaller}.",
                remedy=f"Add photos of {smaller}, or set class weighting to balanced.",
            )
        )
    return advice


def after_epoch(history: Sequence[EpochMetrics], val_counts: Mapping[str, int]) -> list[AdviceGiven]:
    """Return advice on the epochs so far. The caller drops kinds that were given before."""
    if not history:
        return []
    found = (_overfitting(history), _not_learning(history, val_counts))
    return [advice for advice in found if advice is not None]


def after_test(evaluation: EvaluationMetrics) -> list[AdviceGiven]:
    """Return advice on the result on the test photos."""
    if evaluation.beats_baseline:
        return []
    return [
        AdviceGiven(
            kind="not learning",
            text=f"On the test photos the model is no better than always saying the larger class "
            f"({evaluation.baseline:.0%}), as far as {evaluation.photos} photos can tell.",
            remedy="Do not rely on it: train for more epochs or with more photos, or choose the recipe transfer.",
        )
    ]


def _overfitting(history: Sequence[EpochMetrics]) -> AdviceGiven | None:
    gaps = [row.train_accuracy - row.val_accuracy for row in history[-2:]]
    if len(gaps) == 2 and min(gaps) >= ACCURACY_GAP:
        last = history[-1]
        text = (
            f"Overfitting: the network is right on {last.train_accuracy:.0%} of the training photos "
            f"but on {last.val_accuracy:.0%} of the validation photos."
        )
    elif _loss_rises(history):
        best = min(history, key=lambda row: row.val_loss)
        text = f"Overfitting: the validation loss has been rising since epoch {best.epoch}."
    else:
        return None
    return AdviceGiven(
        kind="overfitting",
        text=text,
        remedy="The best epoch is kept. Try stronger augmentation, more dropout, or more photos.",
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
    best = max(row.val_accuracy for row in history)
    low, _ = wilson_interval(round(best * total), total)
    if low > baseline:
        return None
    return AdviceGiven(
        kind="not learning",
        text=f"No learning yet: after {len(history)} epochs the network is no better than always saying the "
        f"larger class ({baseline:.0%}).",
        remedy="Give it more epochs, try a learning rate three times higher or lower, "
        "or check that the photos lie in the right class folders.",
    )
