"""The networks by name. A builder takes the two settings that shape a network and returns it freshly initialised.

Every network takes float images [N, 3, S, S] in [0, 1] and returns logits [N] of the positive class.
"""

from collections.abc import Callable, Mapping

from torch import nn

from trainer.models.classic import Classic

Builder = Callable[..., nn.Module]

NETWORKS: Mapping[str, Builder] = {"classic": Classic}


def build(network: str, *, image_size: int, dropout: float) -> nn.Module:
    """Return a new network. Its initial weights come from torch's global random generator. Raises KeyError."""
    return NETWORKS[network](image_size=image_size, dropout=dropout)


def parameter_count(network: nn.Module) -> int:
    """Return how many trainable numbers a network has."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)
