"""A network that learnt to see from ImageNet's photos, with a new head for the user's two classes."""

import copy
from collections.abc import Callable, Iterator
from typing import Self

import torch
from torch import nn

from trainer.models.network import Network
from trainer.models.trunks import TRUNKS, Progress


class Transfer(Network):
    """A trunk, global average pooling, features brought to one scale, dropout, one logit.

    The trunk is frozen but for its last `tuned` stages. Its batch norms keep the statistics of ImageNet even where
    they learn: those of a few photos are worse.
    """

    is_partly_frozen = True
    centre: torch.Tensor
    spread: torch.Tensor

    def __init__(self, *, trunk: str, dropout: float = 0.2, tuned_stages: int = 0) -> None:
        found = TRUNKS[trunk]
        super().__init__(found.features)
        self.trunk_name = trunk
        self.trunk = found.stages().eval()
        # A feature that hardly varies counts as much as one that varies a lot: the head then learns ten times faster.
        self.register_buffer("centre", torch.zeros(found.features))
        self.register_buffer("spread", torch.ones(found.features))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(found.features, 1)
        # All zero, the head says "even" of every photo, and what it learns does not depend on chance.
        nn.init.zeros_(self.head.weight)
        assert self.head.bias is not None
        nn.init.zeros_(self.head.bias)
        self._mean, self._deviation = found.mean, found.deviation
        self.tune(tuned_stages)

    def tune(self, stages: int) -> Self:
        """Let the last `stages` stages of the trunk learn, and freeze those before them.

        They are kept as they were, too: with nothing but cats and dogs before them, stages forget everything else.
        Of 862 photos of other things the features of two tuned stages told 51 % from cats and dogs, and those of
        the same stages before they were tuned 97 %.
        """
        self._tuned = min(stages, len(self.trunk))
        for number, stage in enumerate(self.trunk):
            stage.requires_grad_(requires_grad=number >= len(self.trunk) - self._tuned)
        self.original = copy.deepcopy(self._last()).requires_grad_(requires_grad=False)
        return self

    def train(self, mode: bool = True) -> Self:  # noqa: FBT001, FBT002 - torch's signature
        """Switch dropout; the trunk stays as it is in use."""
        super().train(mode)
        self.trunk.eval()
        self.original.eval()
        return self

    def pretrained(self) -> Iterator[nn.Parameter]:
        """Yield the trunk's weights."""
        yield from self.trunk.parameters()

    def begin(self, images: torch.Tensor) -> torch.Tensor:
        """Return the last frozen stage's maps [N, C, H, W]; where all stages are frozen, the features [N, D]."""
        mean, deviation = (images.new_tensor(numbers).view(3, 1, 1) for numbers in (self._mean, self._deviation))
        maps: torch.Tensor = self.frozen()((images - mean) / deviation)
        return maps if self._tuned else _pooled(maps)

    def get_used_to(self, features: torch.Tensor) -> None:
        """Take the mean and spread of the training photos' features, [N, D], for what every photo is compared with."""
        self.centre.copy_(features.mean(dim=0))
        # Even a feature that no training photo has must not divide by zero in others.
        self.spread.copy_(features.std(dim=0, correction=0) + 1e-3)

    def embed_rest(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return features, float32 [N, D]."""
        if not self._tuned:
            return inputs
        return _pooled(self._last()(inputs))

    def recognise(self, inputs: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
        """Return the features [N, D] of the trunk as it was before it was tuned."""
        return _pooled(self.original(inputs)) if self._tuned else features

    def classify(self, features: torch.Tensor) -> torch.Tensor:
        """Return logits [N] for features [N, D]."""
        logits: torch.Tensor = self.head(self.dropout((features - self.centre) / self.spread))
        return logits.squeeze(1)

    def load_trunk(self, progress: Progress, cancelled: Callable[[], bool]) -> None:
        """Take ImageNet's weights. Raises ModelFileError, DownloadError and CancelledError."""
        self.trunk.load_state_dict(TRUNKS[self.trunk_name].weights(progress, cancelled))

    def _last(self) -> nn.Sequential:
        return nn.Sequential(*list(self.trunk)[len(self.trunk) - self._tuned :])

    def frozen(self) -> nn.Sequential:
        """Return the stages before the tuned ones."""
        return nn.Sequential(*list(self.trunk)[: len(self.trunk) - self._tuned])


def _pooled(maps: torch.Tensor) -> torch.Tensor:
    """Return the mean of each map, float32 [N, C], of maps [N, C, H, W]."""
    return maps.float().mean(dim=(2, 3))
