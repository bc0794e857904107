"""What a network gives for many photos, and how well it fits their classes."""

from typing import NamedTuple

import torch
from torch.nn import functional as F


class Findings(NamedTuple):
    """What a network finds in N photos."""

    logits: torch.Tensor
    """Float32 [N] on the processor."""
    features: torch.Tensor
    """Float32 [N, D] on the processor: those that tell familiar photos (`Network.recognise`)."""


class Gathering:
    """Puts together what is found part by part, in room that was taken beforehand.

    Small results that stay, taken between large ones that go, would leave holes in memory into which the next large
    one no longer fits: it grew to gigabytes (`trainer.hardware.memory` keeps what is freed).
    """

    def __init__(self, count: int) -> None:
        self._count, self.done = count, 0
        self._logits = torch.empty(count)
        self._features = torch.empty(0, 0)

    def add(self, logits: torch.Tensor, features: torch.Tensor) -> None:
        """Take the next photos' logits [N] and features [N, D]."""
        if not self.done:
            self._features = torch.empty(self._count, features.shape[1])
        place = slice(self.done, self.done + len(logits))
        self._logits[place], self._features[place] = logits, features
        self.done += len(logits)

    def all(self) -> Findings:
        """Return everything, once all photos were added."""
        return Findings(self._logits, self._features)


class Fit(NamedTuple):
    """How well logits fit the classes."""

    loss: float
    """Mean binary cross-entropy in nats."""
    accuracy: float


def fit_of(logits: torch.Tensor, classes: torch.Tensor) -> Fit:
    """Return loss and accuracy of logits [N] for classes [N] (0 or 1)."""
    # In double precision the mean does not depend on the order in which the processor adds.
    loss = F.binary_cross_entropy_with_logits(logits.double(), classes.double())
    correct = int(((logits >= 0) == (classes == 1)).sum())
    return Fit(loss.item(), correct / len(classes))
