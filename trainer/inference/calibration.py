"""Probabilities that mean what they say."""

import torch
from torch.nn import functional as F

# Beyond this a few validation photos without a mistake would ask for certainty, or for none at all.
_LIMITS = (0.25, 10.0)
# Fitted from 1 on a grid of ratios this fine; the loss is flat around its lowest point.
_STEPS = 400


def fit_temperature(logits: torch.Tensor, targets: torch.Tensor) -> float:
    """Return what logits [N] should be divided by so that their loss for the targets [N] is lowest.

    Guo et al., "On calibration of modern neural networks", 2017, section 4.2. One number cannot change a verdict at
    the threshold 0.5, and is hard to fit wrong; it is found by looking at all of a grid.
    """
    low, high = (torch.tensor(limit, dtype=torch.float64).log() for limit in _LIMITS)
    candidates = torch.linspace(low.item(), high.item(), _STEPS, dtype=torch.float64).exp()
    scaled = logits.double()[:, None] / candidates  # [N, steps]
    expected = targets.double()[:, None].expand_as(scaled)
    losses = F.binary_cross_entropy_with_logits(scaled, expected, reduction="none").mean(dim=0)
    return float(candidates[losses.argmin()])
