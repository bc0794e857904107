"""The networks by name. A builder takes the settings that shape a network and returns it freshly initialised."""

from collections.abc import Callable, Mapping
from functools import partial

from torch import nn

from trainer.models.backbones import BACKBONES
from trainer.models.classic import Classic
from trainer.models.compact import Compact
from trainer.models.network import Network
from trainer.models.transfer import Transfer

Builder = Callable[[int, float, int], Network]


def _transfer(backbone: str, _image_size: int, dropout: float, tuned_stages: int) -> Network:
    return Transfer(backbone=backbone, dropout=dropout, tuned_stages=tuned_stages)


NETWORKS: Mapping[str, Builder] = {
    "classic": lambda image_size, dropout, _tuned: Classic(image_size=image_size, dropout=dropout),
    "compact": lambda _image_size, dropout, _tuned: Compact(dropout=dropout),
    **{name: partial(_transfer, name) for name in BACKBONES},
}


def build(network: str, *, image_size: int, dropout: float, tuned_stages: int = 0) -> Network:
    """Return a new network. Its initial weights come from torch's global random generator. Raises KeyError."""
    return NETWORKS[network](image_size, dropout, tuned_stages)


def parameter_count(network: nn.Module) -> int:
    """Return how many weights a network has, frozen ones included."""
    return sum(parameter.numel() for parameter in network.parameters())


def trainable_parameter_count(network: nn.Module) -> int:
    """Return how many of them learn."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)
