"""What every network of ours can do."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

import torch
from torch import nn


class Network(nn.Module, ABC):
    """From float images [N, 3, S, S] in [0, 1] to logits [N] of the positive class, by way of features [N, D].

    A network with a frozen beginning learns from what that beginning makes of the photos, which is computed once:
    `begin` gives it, `embed_rest` goes on from there. One without learns from the images.
    """

    is_partly_frozen = False

    def __init__(self, feature_count: int) -> None:
        super().__init__()
        self.feature_count = feature_count
        """D."""

    def frozen(self) -> nn.Module:
        """Return the frozen beginning, whose weights decide what `begin` gives; without one, an empty module."""
        return nn.Sequential()

    def pretrained(self) -> Iterator[nn.Parameter]:
        """Yield the weights that come from another dataset."""
        yield from ()

    def begin(self, images: torch.Tensor) -> torch.Tensor:
        """Return what the frozen beginning makes of images [N, 3, S, S]; without one, the images."""
        return images

    @abstractmethod
    def embed_rest(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return features [N, D] for what `begin` gives."""

    def examine(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return features [N, D] for what `begin` gives, as well as the network can: for verdicts, not for learning."""
        return self.embed_rest(inputs)

    @abstractmethod
    def classify(self, features: torch.Tensor) -> torch.Tensor:
        """Return logits [N] for features [N, D]."""

    def recognise(self, inputs: torch.Tensor, features: torch.Tensor) -> torch.Tensor:  # noqa: ARG002 - some need them
        """Return what tells familiar photos from others, [N, D], of what `begin` and `examine` gave: the features.

        Features that were learnt for two classes alone know little of anything else; who has better ones, gives them.
        """
        return features

    def embed(self, images: torch.Tensor) -> torch.Tensor:
        """Return features [N, D] for images [N, 3, S, S]."""
        return self.embed_rest(self.begin(images))

    def learn(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return logits [N] for what `begin` gives."""
        return self.classify(self.embed_rest(inputs))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return logits [N] for images [N, 3, S, S]."""
        return self.learn(self.begin(images))
