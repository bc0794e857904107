"""Doubtful classes are ordered, and counted as wrong, as confident learning's own program does."""

from pathlib import Path

import msgspec
import numpy as np

from trainer.dataset.health.doubts import find_doubts

CLEANLAB = Path(__file__).parents[1] / "fixtures" / "cleanlab.json"
"""What cleanlab said of 120 probabilities: the off-diagonals of its confident joint, its order by normalised margin."""


def test_it_agrees_with_cleanlab() -> None:
    known = msgspec.json.decode(CLEANLAB.read_bytes())
    found = find_doubts(np.array(known["targets"]), np.array(known["probabilities"]))
    assert np.flatnonzero(found.likely_wrong).tolist() == known["confident_joint_off_diagonals"]
    assert found.order.tolist() == known["order"]


def test_the_surest_contradiction_comes_first() -> None:
    found = find_doubts(np.array([0, 0, 0, 1, 1, 1]), np.array([0.1, 0.99, 0.2, 0.9, 0.05, 0.8]))
    assert found.order[:2].tolist() == [1, 4]
    assert found.likely_wrong.tolist() == [False, True, False, False, True, False]


def test_without_both_classes_nothing_is_wrong() -> None:
    assert not find_doubts(np.array([1, 1]), np.array([0.1, 0.2])).likely_wrong.any()
    assert not find_doubts(np.array([], dtype=int), np.array([])).likely_wrong.any()
