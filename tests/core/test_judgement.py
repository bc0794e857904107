"""What a result on the test photos is worth."""

import pytest

from tests.gui.recorded import evaluation
from trainer.core.judgement import judge
from trainer.core.results import EvaluationMetrics
from trainer.core.statistics import wilson_interval


def found(right: int, photos: int, *, larger: float = 0.5) -> EvaluationMetrics:
    import msgspec

    return msgspec.structs.replace(
        evaluation().metrics(),
        photos=photos,
        accuracy=right / photos,
        accuracy_interval=wilson_interval(right, photos),
        baseline=larger,
    )


@pytest.mark.parametrize(
    ("right", "photos", "larger", "grade"),
    [
        (994, 1000, 0.5, "good"),
        (780, 1000, 0.5, "good"),
        (590, 1000, 0.5, "weak"),
        (59, 100, 0.5, "guessing"),  # always saying the larger class may be right on up to 60 of 100
        (4, 4, 0.5, "few photos"),
        (49, 49, 0.5, "few photos"),
        (50, 50, 0.5, "good"),
        (900, 1000, 0.9, "guessing"),
        (940, 1000, 0.9, "weak"),
        (980, 1000, 0.9, "good"),
        (300, 1000, 0.5, "guessing"),
    ],
)
def test_grades(right: int, photos: int, larger: float, grade: str) -> None:
    judged = judge(found(right, photos, larger=larger))
    assert judged.grade == grade
    assert judged.is_good == (grade == "good")
    assert bool(judged.explanation) == bool(judged.advice) == (grade != "good")


def test_nobody_is_advised_to_choose_what_they_chose() -> None:
    assert "transfer" in judge(found(59, 100), recipe="classic").advice
    assert "transfer" not in judge(found(59, 100), recipe="transfer").advice


def test_the_words_say_how_weak_and_how_uncertain() -> None:
    assert judge(found(590, 1000)).explanation == "It is better than guessing, but wrong on about 4 of 10 photos."
    assert judge(found(3, 4)).explanation == (
        "4 test photos say little: the accuracy may lie anywhere from 30.1 % to 95.4 %."
    )
