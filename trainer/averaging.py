"""A moving average of a network's weights, which is steadier than the weights themselves."""

import torch
from torch import nn


@torch.no_grad()
def update(average: nn.Module, network: nn.Module, *, keep: float, steps_done: int) -> None:
    """Move the average towards the network: average = keep * average + (1 - keep) * weights.

    It keeps less in the beginning, when the weights are still those of chance, as torch's and TensorFlow's do:
    (1 + steps) / (10 + steps). What is no weight, such as a batch norm's statistics, is copied.
    """
    keep = min(keep, (1 + steps_done) / (10 + steps_done))
    for mean, now in zip(average.parameters(), network.parameters(), strict=True):
        mean.lerp_(now, 1 - keep)
    for kept, current in zip(average.buffers(), network.buffers(), strict=True):
        kept.copy_(current)
