"""The optimisers by name, with Keras's constants, and the schedule of the learning rate."""

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from trainer.core.config import OptimiserName, TrainConfig

# Pre-trained weights move at a tenth of the rate of new ones, or they are lost before the head can use
# them ("discriminative fine-tuning": Howard and Ruder, "Universal language model fine-tuning", 2018).
PRETRAINED_LR_SCALE = 0.1
_LR_SCALE = "lr_scale"  # timm's word for it


def build(
    name: OptimiserName,
    parameters: Iterable[nn.Parameter],
    *,
    learning_rate: float,
    weight_decay: float,
    pretrained: Iterable[nn.Parameter] = (),
) -> torch.optim.Optimizer:
    """Return an optimiser of the trainable parameters; those that are `pretrained` too learn more slowly.

    RMSprop has Keras's constants (rho 0.9, epsilon 1e-7) and the form of the published experiments (Keras 2.0), with
    epsilon outside the root: step = learning_rate * gradient / (sqrt(mean square) + epsilon).
    """
    learning = [parameter for parameter in parameters if parameter.requires_grad]
    known = {id(parameter) for parameter in pretrained}
    new = [parameter for parameter in learning if id(parameter) not in known]
    tuned = [parameter for parameter in learning if id(parameter) in known]
    # No weight decay for biases and batch norms: the next layer only undoes it.
    groups: list[dict[str, Any]] = [
        {"params": [parameter for parameter in new if parameter.ndim > 1], "weight_decay": weight_decay},
        {"params": [parameter for parameter in new if parameter.ndim <= 1], "weight_decay": 0.0},
    ]
    if tuned:  # decay pulls towards zero, which is far from where they start
        groups.append({"params": tuned, "weight_decay": 0.0, _LR_SCALE: PRETRAINED_LR_SCALE})
    match name:
        case "rmsprop":
            return torch.optim.RMSprop(groups, lr=learning_rate, alpha=0.9, eps=1e-7)
        case "adam":
            return torch.optim.Adam(groups, lr=learning_rate, eps=1e-7, fused=True)
        case "adamw":
            return torch.optim.AdamW(groups, lr=learning_rate, eps=1e-7, fused=True)
        case "sgd":
            return torch.optim.SGD(groups, lr=learning_rate, momentum=0.9, nesterov=True)


def learning_rate(config: TrainConfig, done: int, total: int) -> float:
    """Return the learning rate of the next step, after `done` of a run's `total` steps.

    It rises linearly over the warm-up; then it stays constant, or follows half a cosine down to zero (Loshchilov
    and Hutter, "SGDR", 2017, equation 5 without restarts).
    """
    warm = config.warmup * total
    if done < warm:
        # A warm-up that ends within a step would overshoot in it.
        return config.learning_rate * min(1.0, (done + 1) / warm)
    if config.schedule == "constant":
        return config.learning_rate
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * (done - warm) / (total - warm)))


def set_learning_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Set the rate of the optimiser's next step, scaled down for pre-trained weights."""
    for group in optimiser.param_groups:
        group["lr"] = rate * group.get(_LR_SCALE, 1.0)
