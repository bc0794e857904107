"""The advice reads curves as people do: each pattern is named, and sound curves are left in peace."""

import pytest
from msgspec.structs import replace

from tests.gui.recorded import metrics
from trainer.core import advice
from trainer.core.errors import DatasetError
from trainer.core.results import EpochMetrics
from trainer.core.statistics import wilson_interval

VAL = {"cat": 500, "dog": 500}


def history(*rows: tuple[float, float, float, float]) -> list[EpochMetrics]:
    """Return epochs from (train loss, train accuracy, val loss, val accuracy)."""
    return [
        EpochMetrics(
            epoch=number,
            train_loss=row[0],
            train_accuracy=row[1],
            val_loss=row[2],
            val_accuracy=row[3],
            learning_rate=1e-4,
            seconds=1,
            photos_per_second=100,
        )
        for number, row in enumerate(rows, 1)
    ]


def kinds(*rows: tuple[float, float, float, float]) -> list[str]:
    return [piece.kind for piece in advice.after_epoch(history(*rows), VAL)]


def test_a_sound_run_needs_no_advice() -> None:
    rows = [(0.69 - 0.02 * n, 0.55 + 0.02 * n, 0.69 - 0.018 * n, 0.55 + 0.018 * n) for n in range(12)]
    for n in range(1, len(rows) + 1):
        assert kinds(*rows[:n]) == []


def test_train_far_above_validation_for_two_epochs_is_overfitting() -> None:
    good, gap = (0.5, 0.75, 0.5, 0.74), (0.2, 0.92, 0.5, 0.78)
    assert kinds(good, gap) == []
    assert kinds(good, gap, gap) == ["overfitting"]
    [piece] = advice.after_epoch(history(good, gap, gap), VAL)
    assert "92 % of the training photos but on 78 % of the validation photos" in piece.text
    assert "augmentation" in piece.remedy


def test_rising_validation_loss_is_overfitting_and_names_the_epoch() -> None:
    rows = [(0.5, 0.8, loss, 0.78) for loss in (0.55, 0.50, 0.54, 0.56, 0.60)]
    assert kinds(*rows[:4]) == []
    [piece] = advice.after_epoch(history(*rows), VAL)
    assert (piece.kind, "since epoch 2" in piece.text) == ("overfitting", True)


def test_one_bad_epoch_is_noise() -> None:
    assert kinds(*[(0.5, 0.8, loss, 0.78) for loss in (0.55, 0.50, 0.60, 0.49, 0.58)]) == []


def test_chance_after_three_epochs_is_no_learning() -> None:
    flat = (0.6931, 0.51, 0.6931, 0.52)
    assert kinds(flat, flat) == []
    assert kinds(flat, flat, flat) == ["not learning"]
    assert kinds(flat, flat, (0.68, 0.55, 0.67, 0.58)) == []


def test_chance_is_the_larger_class() -> None:
    rows = history(*[(0.6, 0.8, 0.6, 0.8)] * 3)
    assert [piece.kind for piece in advice.after_epoch(rows, {"cat": 800, "dog": 200})] == ["not learning"]


def test_few_and_unequal_photos_are_named() -> None:
    assert advice.before_training({"cat": 1000, "dog": 1000}, from_nothing=True) == []
    few, unequal = advice.before_training({"cat": 40, "dog": 400}, from_nothing=True)
    assert (few.kind, "only 40 photos of the class cat" in few.text) == ("too few photos", True)
    assert (unequal.kind, "balanced" in unequal.remedy) == ("unequal classes", True)
    assert "the recipe transfer" in few.remedy
    (few, _) = advice.before_training({"cat": 40, "dog": 400}, from_nothing=False)
    assert "transfer" not in few.remedy
    (only,) = advice.before_training({"cat": 300, "dog": 200}, from_nothing=True)
    assert only.kind == "unequal classes"


def test_a_weak_model_is_named_and_a_good_one_is_not() -> None:
    def tested(right: int) -> list[str]:
        numbers = replace(
            metrics(), photos=100, accuracy=right / 100, accuracy_interval=wilson_interval(right, 100), baseline=0.5
        )
        return [piece.kind for piece in advice.after_test(numbers, recipe="classic")]

    assert tested(59) == ["weak model"]
    assert tested(95) == []


def test_a_training_that_cannot_work_is_refused() -> None:
    advice.refuse_too_few({"cat": 10, "dog": 10})
    with pytest.raises(DatasetError, match=r"too few photos to train with\. dog: 2,"):
        advice.refuse_too_few({"cat": 300, "dog": 2})


def test_a_lucky_epoch_is_not_learning() -> None:
    lucky, flat = (0.69, 0.6, 0.69, 0.7), (0.6931, 0.51, 0.6931, 0.52)
    assert kinds(lucky, flat, flat, flat) == ["not learning"]
