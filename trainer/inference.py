"""From images to logits, without learning anything."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F

from trainer.batches import SplitData, evaluation_batches
from trainer.devices import multiplying_in
from trainer.errors import CancelledError


class Fit(NamedTuple):
    """How well logits fit the classes."""

    loss: float
    """Mean binary cross-entropy in nats."""
    accuracy: float


def logits_of(
    network: nn.Module,
    data: SplitData,
    *,
    precision: torch.dtype = torch.float32,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> torch.Tensor:
    """Return the logits of a split's photos, float32 [N] on the processor, in path order. Raises CancelledError."""
    network.eval()
    parts: list[torch.Tensor] = []
    done = 0
    with torch.inference_mode(), multiplying_in(precision, data.device):
        for batch in evaluation_batches(data):
            if cancelled():
                raise CancelledError("Cancelled while looking at the photos.")
            parts.append(network(batch.images).float().cpu())
            done += len(batch.classes)
            progress(done, len(data))
    return torch.cat(parts)


def fit_of(logits: torch.Tensor, classes: torch.Tensor) -> Fit:
    """Return loss and accuracy of logits [N] for classes [N] (0 or 1)."""
    # In double precision the mean does not depend on the order in which the processor adds.
    loss = F.binary_cross_entropy_with_logits(logits.double(), classes.double())
    correct = int(((logits >= 0) == (classes == 1)).sum())
    return Fit(loss.item(), correct / len(classes))
