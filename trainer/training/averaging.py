"""A moving average of a network's weights, which is steadier than the weights themselves."""

import torch
from torch import nn


@torch.no_grad()
def update(average: nn.Module, network: nn.Module, *, keep: float, steps_done: int) -> None:
    """Move the average towards the network: average = keep * average + (1 - keep) * weights.

    It keeps less in the beginning, when the weights are still those of chance, as torch's and TensorFlow's do:
    (1 + steps) / (10 + steps). A batch norm's statistics are averaged as its weights are: those of this very step
    belong to weights that the average has not reached yet. Whole numbers, such as counts of steps, are copied.
    """
    keep = min(keep, (1 + steps_done) / (10 + steps_done))
    for mean, now in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if mean.is_floating_point():
            mean.lerp_(now, 1 - keep)
        else:
            mean.copy_(now)
