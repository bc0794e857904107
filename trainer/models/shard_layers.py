"""The layers that look beyond a single photo, or draw random numbers, made for batches in shards.

A batch is computed shard by shard (`trainer.training.shards`), and whoever computes a shard has to arrive at the same
numbers: several threads with one network, or several machines. So these layers draw from the shard's own generator
instead of torch's global one, and leave a shard's statistics with the shard instead of changing the network. Without a
shard they are torch's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch
from torch import nn
from torch.nn import functional as F


class ShardPass:
    """One shard's way through a network in training."""

    def __init__(self, generator: torch.Generator) -> None:
        self.generator = generator
        """What its dropout draws from, on the processor whatever the device."""
        self.statistics: dict[nn.Module, tuple[torch.Tensor, torch.Tensor]] = {}
        """The mean and unbiased variance of the shard, float32 [C] each, that a batch norm saw."""


_current: ContextVar[ShardPass | None] = ContextVar("shard", default=None)


@contextmanager
def shard_pass(generator: torch.Generator) -> Iterator[ShardPass]:
    """Let the network's layers take part in a shard's pass, in this thread."""
    shard = ShardPass(generator)
    token = _current.set(shard)
    try:
        yield shard
    finally:
        _current.reset(token)


class ShardDropout(nn.Dropout):
    """Dropout whose mask comes from the shard's generator."""

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return the inputs with a share `p` of them set to zero, and the others scaled up to the same mean."""
        shard = _current.get()
        if shard is None or not self.training or self.p == 0:
            return super().forward(inputs)
        mask = torch.empty(inputs.shape, dtype=inputs.dtype).bernoulli_(1 - self.p, generator=shard.generator)
        return inputs * mask.div_(1 - self.p).to(inputs.device)


class ShardBatchNorm2d(nn.BatchNorm2d):
    """Ghost batch norm (Hoffer et al., "Train longer, generalize better", 2017): each shard by its own statistics.

    `merge` brings those of a batch's shards into the running ones.
    """

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return [N, C, H, W] normalised, scaled and shifted."""
        shard = _current.get()
        if shard is None or not self.training:
            return super().forward(inputs)
        mean, variance = torch.zeros_like(self.bias), torch.ones_like(self.bias)
        found = F.batch_norm(inputs, mean, variance, self.weight, self.bias, training=True, momentum=1.0, eps=self.eps)
        shard.statistics[self] = (mean, variance)
        return found

    @torch.no_grad()
    def merge(self, means: torch.Tensor, variances: torch.Tensor, shares: torch.Tensor) -> None:
        """Move the running statistics towards those of a batch: one step of the usual size, whatever its shards.

        `means` and `variances` are [shards, C]; `shares` [shards, 1] are the shards' parts of the photos.
        """
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        for running, found in ((self.running_mean, means), (self.running_var, variances)):
            batch = (found.double() * shares).sum(dim=0)
            running.copy_(self.momentum * batch + (1 - self.momentum) * running.double())
        self.num_batches_tracked.add_(1)


def shard_norms(network: nn.Module) -> list[ShardBatchNorm2d]:
    """Return a network's batch norms that learn from shards, in the order of its modules."""
    return [module for module in network.modules() if isinstance(module, ShardBatchNorm2d)]
