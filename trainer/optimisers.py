"""The optimisers by name, with the mission's constants."""

from collections.abc import Iterable

import torch
from torch import nn

from trainer.config import OptimiserName


def make(
    name: OptimiserName, parameters: Iterable[nn.Parameter], *, learning_rate: float, weight_decay: float
) -> torch.optim.Optimizer:
    """Return an optimiser over the parameters.

    RMSprop has Keras's constants (rho 0.9, epsilon 1e-7) and the form of the published experiments (Keras 2.0), with
    epsilon outside the root: step = learning_rate * gradient / (sqrt(mean square) + epsilon).
    """
    match name:
        case "rmsprop":
            return torch.optim.RMSprop(parameters, lr=learning_rate, alpha=0.9, eps=1e-7, weight_decay=weight_decay)
        case "adam":
            return torch.optim.Adam(parameters, lr=learning_rate, eps=1e-7, weight_decay=weight_decay)
        case "sgd":
            return torch.optim.SGD(parameters, lr=learning_rate, momentum=0.9, weight_decay=weight_decay)
