"""Probabilities that mean what they say."""

import torch
from torch.nn import functional as F

# Without limits a few validation photos free of mistakes would push all probabilities to 0 and 1.
_LIMITS = (0.25, 10.0)
# Points of the grid, evenly spaced in the logarithm; the loss is flat around its minimum.
_STEPS = 400


def fit_temperature(logits: torch.Tensor, targets: torch.Tensor) -> float:
    """Return what logits [N] should be divided by so that their loss for the targets [N] is lowest.

    Guo et al., "On calibration of modern neural networks", 2017, section 4.2. A temperature never changes which class
    is the likelier one. It is the best one of a grid.
    """
    low, high = (torch.tensor(limit, dtype=torch.float64).log() for limit in _LIMITS)
    candidates = torch.linspace(low.item(), high.item(), _STEPS, dtype=torch.float64).exp()
    scaled = logits.double()[:, None] / candidates  # [N, steps]
    expected = targets.double()[:, None].expand_as(scaled)
    losses = F.binary_cross_entropy_with_logits(scaled, expected, reduction="none").mean(dim=0)
    return float(candidates[losses.argmin()])
