"""A linear classifier moved as little as possible, so that it fits new photos and still fits old ones."""

from typing import NamedTuple

import torch
from torch.nn import functional as F

_STEPS = 100


class Linear(NamedTuple):
    """Logits are `points @ weights + bias`."""

    weights: torch.Tensor
    """Float32 [D]."""
    bias: torch.Tensor
    """Float32 []."""

    def logits(self, points: torch.Tensor) -> torch.Tensor:
        """Return float32 [N] for points [N, D]."""
        return points @ self.weights + self.bias


class Examples(NamedTuple):
    """N points with their targets, and how much each counts; the weights add up to what all count together."""

    points: torch.Tensor
    """Float32 [N, D]."""
    targets: torch.Tensor
    """Float32 [N], 0 or 1."""
    weights: torch.Tensor
    """Float32 [N]."""


def adjust(before: Linear, old: Examples, new: Examples, scale: torch.Tensor, *, decay: float) -> Linear:
    """Return the classifier that fits old and new examples, held by `decay` to what it was.

    Minimises the weighted cross-entropy plus decay times the squared distance that the weights move, each in units of
    1 / `scale` [D], the spread of its feature: convex, so the outcome is unique. With the old examples' loss in it,
    a new example is fitted where old ones do not mind (the idea of rehearsal: Robins, "Catastrophic forgetting,
    rehearsal and pseudorehearsal", 1995).
    """
    points, targets = torch.cat([old.points, new.points]), torch.cat([old.targets, new.targets])
    weight = torch.cat([old.weights, new.weights])
    step = torch.zeros_like(before.weights, requires_grad=True)
    shift = torch.zeros(1, requires_grad=True)
    fixed = before.logits(points)
    spread = points / scale
    optimiser = torch.optim.LBFGS([step, shift], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def objective() -> torch.Tensor:
        optimiser.zero_grad()
        losses = F.binary_cross_entropy_with_logits(fixed + spread @ step + shift, targets, reduction="none")
        loss = (losses * weight).sum() + decay * (step.square().sum() + shift.square().sum())
        loss.backward()
        return loss

    optimiser.step(objective)
    return Linear(before.weights + step.detach() / scale, before.bias + shift.detach()[0])


def balanced(targets: torch.Tensor, total: float) -> torch.Tensor:
    """Return weights [N] that add up to `total`, half of it for each class that is there."""
    counts = torch.stack([(targets == 0).sum(), (targets == 1).sum()]).clamp(min=1)
    weights = 1 / counts[targets.long()]
    return total * weights / weights.sum() if len(targets) else weights
