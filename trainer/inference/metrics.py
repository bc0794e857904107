"""The few metrics of two classes, as plain formulas: no library of metrics is worth two seconds of import for them.

Tests compare them with torchmetrics.
"""

import torch

from trainer.inference.curves import CALIBRATION_BINS


def confusion_matrix(predicted: torch.Tensor, targets: torch.Tensor) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return counts of photos for predicted and true class indices, each int64 [N]: rows true, columns predicted."""
    (tn, fp), (fn, tp) = torch.bincount(2 * targets + predicted, minlength=4).view(2, 2).tolist()
    return (tn, fp), (fn, tp)


def roc_auc(probabilities: torch.Tensor, targets: torch.Tensor) -> float | None:
    """Return the area under the ROC curve of probabilities [N] for targets [N]; None where only one class is there.

    It is the chance that a positive photo has a higher probability than a negative one, ties counting half: the
    Mann-Whitney statistic (Hanley and McNeil, "The meaning and use of the area under a ROC curve", 1982).
    """
    positives = int((targets == 1).sum())
    negatives = len(targets) - positives
    if not positives or not negatives:
        return None
    _, places, counts = probabilities.double().unique(return_inverse=True, return_counts=True)
    mean_ranks = counts.cumsum(0) - (counts - 1) / 2  # of each distinct probability, from 1
    rank_sum = mean_ranks[places][targets == 1].double().sum().item()
    return float((rank_sum - positives * (positives + 1) / 2) / (positives * negatives))


def expected_calibration_error(probabilities: torch.Tensor, targets: torch.Tensor) -> float:
    """Return the expected calibration error, 0 to 1, of probabilities [N] of the positive class for targets [N].

    Photos are put into bins by their probability; it is the mean distance between a bin's mean probability and its
    share of positive photos, weighted by the photos in the bin (Naeini et al., "Obtaining well calibrated
    probabilities using Bayesian binning", 2015).
    """
    probabilities = probabilities.double()
    bins = (probabilities * CALIBRATION_BINS).long().clamp(max=CALIBRATION_BINS - 1)
    gaps = torch.zeros(CALIBRATION_BINS, dtype=torch.float64)
    gaps.index_add_(0, bins, probabilities - targets.double())
    return float(gaps.abs().sum() / len(probabilities))
