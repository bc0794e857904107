"""The curves are those of torchmetrics; their intervals are those of published formulas, and hold at their edges."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gui.recorded import evaluation
from trainer.core.results import RunResult
from trainer.core.statistics import wilson_interval
from trainer.hardware import torchvision_shim  # torchmetrics brings torchvision along  # noqa: F401
from trainer.inference import curves
from trainer.inference.metrics import expected_calibration_error
from trainer.storage.run_folder import RunFolder

pairs_of_outcomes = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 1)), min_size=2, max_size=60)


def arrays(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    # With ties, never on the border of two bins.
    return np.array([0.0037 + 0.99 * number / 40 for number, _ in pairs]), np.array([target for _, target in pairs])


@settings(max_examples=60)
@given(pairs_of_outcomes)
def test_they_are_those_of_torchmetrics(pairs: list[tuple[int, int]]) -> None:
    from torchmetrics.functional import classification as theirs

    probabilities, targets = arrays(pairs)
    given_, truth = torch.from_numpy(probabilities), torch.from_numpy(targets)
    found = curves.roc(probabilities, targets)
    if targets.min() == targets.max():
        assert found is None
    else:
        assert found is not None
        false_positive, true_positive, _ = theirs.binary_roc(given_, truth)
        np.testing.assert_allclose(found.false_positive_rate, false_positive, atol=1e-6)
        np.testing.assert_allclose(found.true_positive_rate, true_positive, atol=1e-6)
        assert found.area == pytest.approx(theirs.binary_auroc(given_, truth).item(), abs=1e-6)
        assert 0 <= found.interval[0] <= found.area <= found.interval[1] <= 1
    precision_recall = curves.precision_recall(probabilities, targets)
    if targets.any():
        assert precision_recall is not None
        precision, recall, thresholds = theirs.binary_precision_recall_curve(given_, truth)
        np.testing.assert_allclose(precision_recall.thresholds, thresholds, atol=1e-6)
        np.testing.assert_allclose(precision_recall.precision, precision[:-1], atol=1e-6)
        np.testing.assert_allclose(precision_recall.recall, recall[:-1], atol=1e-6)
    else:
        assert precision_recall is None
    diagram = curves.reliability(probabilities, targets)
    error = theirs.binary_calibration_error(given_.float(), truth, n_bins=curves.CALIBRATION_BINS, norm="l1")
    assert diagram.error == pytest.approx(error.item(), abs=1e-5)
    assert diagram.error == pytest.approx(expected_calibration_error(given_, truth), abs=1e-9)
    counts = curves.histogram(probabilities, targets)
    for target in (0, 1):
        expected, _ = np.histogram(probabilities[targets == target], bins=curves.HISTOGRAM_BINS, range=(0, 1))
        assert counts[target].tolist() == expected.tolist()


def test_delongs_variance_is_the_one_by_its_definition() -> None:
    """Every pair counted one by one, as in the paper, instead of by ranks."""
    chance = np.random.default_rng(1)
    positives, negatives = np.round(chance.normal(1, 1, 23), 1), np.round(chance.normal(0, 1, 31), 1)
    wins = (positives[:, None] > negatives) + 0.5 * (positives[:, None] == negatives)
    variance = np.var(wins.mean(1), ddof=1) / 23 + np.var(wins.mean(0), ddof=1) / 31
    assert curves.area_and_variance(positives, negatives) == pytest.approx((wins.mean(), variance))


def test_the_interval_of_the_area_holds_the_true_one() -> None:
    """Of binormal scores with an area of 0.95, in about 95 of 100 draws; the plain interval would manage 92."""
    chance, inside = np.random.default_rng(2), 0
    targets = np.repeat([0, 1], 100)
    for _draw in range(400):
        scores = chance.normal(targets * 2.32617, 1.0)  # sqrt(2) times the normal quantile of 0.95
        found = curves.roc(1 / (1 + np.exp(-scores)), targets)
        assert found is not None
        inside += found.interval[0] <= 0.95 <= found.interval[1]
    assert 0.925 <= inside / 400 <= 0.975


def test_a_perfect_order_of_few_photos_is_not_certain() -> None:
    few = curves.roc(np.array([0.1, 0.2, 0.8, 0.9]), np.array([0, 0, 1, 1]))
    many = curves.roc(np.linspace(0, 1, 400), np.repeat([0, 1], 200))
    wrong = curves.roc(np.array([0.9, 0.8, 0.2, 0.1]), np.array([0, 0, 1, 1]))
    one = curves.roc(np.array([0.1, 0.2, 0.15]), np.array([0, 0, 1]))
    assert few is not None
    assert many is not None
    assert wrong is not None
    assert one is not None
    assert (few.area, few.interval[1], many.area) == (1, 1, 1)
    assert 0.3 < few.interval[0] < 0.6
    assert 0.98 < many.interval[0] < 0.999
    assert wrong.interval == pytest.approx(tuple(1 - end for end in few.interval[::-1]))
    assert (one.interval[0] < 0.1, one.interval[1] > 0.9) == (True, True)


def test_the_reliability_diagram_counts_every_photo_once_with_its_interval() -> None:
    probabilities, targets = np.array([0.0, 0.01, 0.5, 0.52, 0.99, 1.0]), np.array([0, 0, 0, 1, 1, 1])
    low, middle, high = curves.reliability(probabilities, targets).bins
    assert (low.predicted, low.observed, low.photos) == (pytest.approx(0.005), 0, 2)
    assert (middle.predicted, middle.observed) == (pytest.approx(0.51), 0.5)
    assert middle.interval == wilson_interval(1, 2)
    assert (high.observed, high.photos) == (1, 2)
    assert curves.reliability(np.array([]), np.array([], dtype=int)) == ((), 0.0)


def test_they_are_drawn_from_the_evaluation_that_a_run_keeps(finished_run: RunResult) -> None:
    from pathlib import Path

    assert finished_run.run_folder is not None
    kept = RunFolder(Path(finished_run.run_folder)).read_evaluation()
    assert kept is not None
    for found in (kept, evaluation()):
        probabilities, targets = curves.outcomes(found)
        assert len(probabilities) == found.photos
        assert targets.sum() == sum(found.confusion[1])
        assert int(((probabilities >= found.threshold) != targets).sum()) == len(found.wrong)
    probabilities, targets = curves.outcomes(kept)
    curve = curves.roc(probabilities, targets)
    assert curve is not None
    assert curve.area == pytest.approx(kept.roc_auc)
    assert curves.reliability(probabilities, targets).error == pytest.approx(kept.calibration_error)
