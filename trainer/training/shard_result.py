"""What is known of one shard of a batch once it is computed."""

from typing import NamedTuple

import torch


class Shapes(NamedTuple):
    """Of the tensors in a network's ShardResults: who has no shard of a batch has none to look at."""

    gradients: tuple[torch.Size, ...]
    statistics: tuple[torch.Size, ...]


class ShardResult(NamedTuple):
    """All that the others need to know of a shard that was computed."""

    number: int
    photos: int
    gradients: tuple[torch.Tensor, ...]
    """Of its part of the batch's objective, one for each parameter that learns, in the network's order."""
    statistics: tuple[torch.Tensor, ...]
    """What its batch norms saw: mean and unbiased variance, float32 [C], of each in turn."""
    objective: float
    """Its part of the batch's objective, in nats: the batch's is the sum of all."""
    loss_sum: float
    """Of its photos' plain cross-entropies in nats; 0 where photos are mixed."""
    loss_photos: int
    """Photos in that sum."""
    correct: int
