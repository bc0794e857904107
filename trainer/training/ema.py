"""An exponential moving average (EMA) of a network's weights, which is steadier than the weights themselves."""

import torch
from torch import nn


@torch.no_grad()
def update(ema: nn.Module, network: nn.Module, *, decay: float, steps_done: int) -> None:
    """Move the average towards the network: ema = decay * ema + (1 - decay) * weights.

    The decay is smaller in the beginning, when the weights are still random, as torch's and TensorFlow's is:
    (1 + steps) / (10 + steps). A batch norm's statistics are averaged as its weights are: those of this very step
    belong to weights that the average has not reached yet. Whole numbers, such as counts of steps, are copied.
    """
    decay = min(decay, (1 + steps_done) / (10 + steps_done))
    for mean, now in zip(ema.state_dict().values(), network.state_dict().values(), strict=True):
        if mean.is_floating_point():
            mean.lerp_(now, 1 - decay)
        else:
            mean.copy_(now)
