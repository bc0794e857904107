"""The metrics are those of torchmetrics, and hold at their edges."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.hardware import torchvision_shim  # torchmetrics brings torchvision along  # noqa: F401
from trainer.inference.metrics import (
    CALIBRATION_BINS,
    confusion_matrix,
    expected_calibration_error,
    roc_auc,
)

outcomes = st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1)), min_size=2, max_size=60)


def tensors(pairs: list[tuple[int, int]]) -> tuple[torch.Tensor, torch.Tensor]:
    # Never on the border of two bins, where rounding decides.
    probabilities = torch.tensor([0.0003 + 0.999 * number / 1000 for number, _ in pairs], dtype=torch.float64)
    return probabilities, torch.tensor([target for _, target in pairs])


@settings(max_examples=60)
@given(outcomes)
def test_they_are_those_of_torchmetrics(pairs: list[tuple[int, int]]) -> None:
    from torchmetrics.functional import classification as theirs

    probabilities, targets = tensors(pairs)
    predicted = (probabilities >= 0.5).long()
    assert [list(row) for row in confusion_matrix(predicted, targets)] == theirs.binary_confusion_matrix(
        predicted, targets
    ).tolist()
    error = theirs.binary_calibration_error(probabilities.float(), targets, n_bins=CALIBRATION_BINS, norm="l1")
    assert expected_calibration_error(probabilities, targets) == pytest.approx(error.item(), abs=1e-5)
    area = roc_auc(probabilities, targets)
    if targets.min() == targets.max():
        assert area is None
    else:
        assert area == pytest.approx(theirs.binary_auroc(probabilities, targets).item(), abs=1e-6)


def test_their_edges() -> None:
    sure, targets = torch.tensor([0.0, 1.0, 1.0]), torch.tensor([0, 1, 1])
    assert (roc_auc(sure, targets), expected_calibration_error(sure, targets)) == (1.0, 0.0)
    assert roc_auc(1 - sure, targets) == 0.0
    assert roc_auc(torch.full((4,), 0.3), torch.tensor([0, 1, 0, 1])) == 0.5
    assert expected_calibration_error(torch.full((4,), 1.0), torch.tensor([0, 0, 0, 1])) == 0.75
