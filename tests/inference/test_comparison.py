"""Two models judged on the same photos."""

import pytest
from msgspec import structs

from tests.gui.recorded import evaluation
from trainer.core.results import Evaluation
from trainer.core.statistics import mcnemar_p_value
from trainer.inference.comparison import compare


@pytest.mark.parametrize(
    ("only_first", "only_second", "expected"),
    # By hand: twice the lower tail of a fair coin, at most 1.
    [(0, 0, 1.0), (1, 0, 1.0), (5, 0, 2 / 32), (0, 6, 2 / 64), (8, 2, 2 * (1 + 10 + 45) / 1024), (3, 3, 1.0)],
)
def test_mcnemars_exact_test(only_first: int, only_second: int, expected: float) -> None:
    assert mcnemar_p_value(only_first, only_second) == pytest.approx(expected)


def flipped(found: Evaluation, count: int) -> Evaluation:
    """Return an evaluation in which that many of the wrong photos are right."""
    turned = [structs.replace(photo, predicted=photo.class_name) for photo in found.wrong[:count]]
    return structs.replace(found, right=(*found.right, *turned), wrong=found.wrong[count:])


def test_the_photos_on_which_they_differ_decide() -> None:
    first = evaluation()
    few = compare(first, flipped(first, 3), names=("old", "new"))
    assert (few.only_first, few.only_second, len(few.changed)) == (0, 3, 3)
    assert few.p_value == 0.25
    assert few.sentence.startswith("These photos cannot tell which is better")
    better = structs.replace(first, wrong=first.wrong * 1)
    many = compare(better, flipped(better, len(first.wrong)), names=("old", "new"))
    assert many.only_second == len(first.wrong)
    assert (many.p_value < 0.05) == many.sentence.startswith("new is better")
    assert compare(first, first, names=("old", "new")).changed == ()


def test_evaluations_of_other_photos_cannot_be_compared() -> None:
    first = evaluation()
    with pytest.raises(ValueError, match="not of the same photos"):
        compare(first, structs.replace(first, right=first.right[1:]), names=("a", "b"))
