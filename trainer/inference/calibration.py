"""Whether a probability means what it says, and how to make it so."""

import torch
from torch.nn import functional as F

# Naeini et al. and Guo et al. used 15 bins of equal width.
BINS = 15
# Beyond this a few validation photos without a mistake would ask for certainty, or for none at all.
_LIMITS = (0.25, 10.0)
# Fitted from 1 on a grid of ratios this fine; the loss is flat around its lowest point.
_STEPS = 400


def fit_temperature(logits: torch.Tensor, classes: torch.Tensor) -> float:
    """Return what logits [N] should be divided by so that their loss for the classes [N] is lowest.

    Guo et al., "On calibration of modern neural networks", 2017, section 4.2. One number cannot change a verdict at
    the threshold 0.5, and is hard to fit wrong; it is found by looking at all of a grid.
    """
    low, high = (torch.tensor(limit, dtype=torch.float64).log() for limit in _LIMITS)
    candidates = torch.linspace(low.item(), high.item(), _STEPS, dtype=torch.float64).exp()
    scaled = logits.double()[:, None] / candidates  # [N, steps]
    target = classes.double()[:, None].expand_as(scaled)
    losses = F.binary_cross_entropy_with_logits(scaled, target, reduction="none").mean(dim=0)
    return float(candidates[losses.argmin()])


def expected_calibration_error(probabilities: torch.Tensor, classes: torch.Tensor) -> float:
    """Return the expected calibration error, 0 to 1, of probabilities [N] of the positive class for classes [N].

    Photos are put into bins by their probability; it is the mean distance between a bin's mean probability and its
    share of positive photos, weighted by the photos in the bin (Naeini et al., 2015).
    """
    from trainer.hardware.torchvision_shim import torchmetrics  # noqa: PLC0415 - two seconds, and verdicts do without

    error: torch.Tensor = torchmetrics.functional.classification.binary_calibration_error(
        probabilities.float(), classes.long(), n_bins=BINS, norm="l1"
    )
    return error.item()
