"""What a network gives for many photos, and how well it fits their targets."""

from typing import NamedTuple, Self

import torch
from torch.nn import functional as F


class NetworkOutputs(NamedTuple):
    """What a network gives for N photos."""

    logits: torch.Tensor
    """Float32 [N] on the processor."""
    embeddings: torch.Tensor
    """Float32 [N, D] on the processor (`Network.embed`)."""
    seem_both: torch.Tensor | None = None
    """Bool [N]: whether a photo seems to show both classes (`closer_look`); None where nobody looked closer."""

    def one(self, index: int) -> Self:
        """Return the outputs for one photo alone."""
        rows = slice(index, index + 1)
        return self._replace(logits=self.logits[rows], embeddings=self.embeddings[rows])

    def put(self, index: int, found: "NetworkOutputs") -> None:
        """Replace a photo's outputs by those of a closer look, [1], in place: there may be many photos."""
        assert self.seem_both is not None
        assert found.seem_both is not None
        with torch.inference_mode():  # as they were made
            self.logits[index], self.embeddings[index] = found.logits[0], found.embeddings[0]
            self.seem_both[index] = found.seem_both[0]


class OutputBuffer:
    """Collects outputs chunk by chunk, in memory that is taken beforehand.

    Small results that stay, taken between large ones that go, would leave holes in memory into which the next large
    one no longer fits: it grew to gigabytes (`trainer.hardware.memory` keeps what is freed).
    """

    def __init__(self, count: int) -> None:
        self._count, self.done = count, 0
        self._logits = torch.empty(count)
        self._embeddings = torch.empty(0, 0)

    def add(self, logits: torch.Tensor, embeddings: torch.Tensor) -> None:
        """Take the next photos' logits [N] and embeddings [N, D]."""
        if not self.done:
            self._embeddings = torch.empty(self._count, embeddings.shape[1])
        rows = slice(self.done, self.done + len(logits))
        self._logits[rows], self._embeddings[rows] = logits, embeddings
        self.done += len(logits)

    def outputs(self) -> NetworkOutputs:
        """Return everything, once all photos were added."""
        return NetworkOutputs(self._logits, self._embeddings)


class LossAndAccuracy(NamedTuple):
    """How well logits fit the targets."""

    loss: float
    """Mean binary cross-entropy in nats."""
    accuracy: float


def loss_and_accuracy(logits: torch.Tensor, targets: torch.Tensor) -> LossAndAccuracy:
    """Return loss and accuracy of logits [N] for targets [N] (0 or 1)."""
    # In double precision the mean does not depend on the order in which the processor adds.
    loss = F.binary_cross_entropy_with_logits(logits.double(), targets.double())
    correct = int(((logits >= 0) == (targets == 1)).sum())
    return LossAndAccuracy(loss.item(), correct / len(targets))
