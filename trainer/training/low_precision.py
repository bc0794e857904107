"""The weights that a network multiplies with in bfloat16, made once a step instead of once a shard.

autocast turns float32 weights into bfloat16 in every forward pass, and each gradient back into float32. With shards
that would be done for each of them. The numbers are the same: a gradient is computed in bfloat16 either way.
"""

import copy

import torch
from torch import nn

from trainer.models.network import Network


class LowPrecisionCopy:
    """A copy of a network whose convolutions and dense layers have their weights in bfloat16, as autocast has them."""

    def __init__(self, network: Network) -> None:
        self.network = copy.deepcopy(network)
        for module in self.network.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                module.to(torch.bfloat16)
        self._pairs = [
            (mine, its)
            for mine, its in zip(self.network.parameters(), network.parameters(), strict=True)
            if its.requires_grad
        ]

    @torch.no_grad()
    def follow(self) -> None:
        """Take the weights that the network has learnt."""
        for mine, its in self._pairs:
            mine.copy_(its)
