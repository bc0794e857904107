"""What every network of ours can do."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

import torch
from torch import nn


class Network(nn.Module, ABC):
    """From float images [N, 3, S, S] in [0, 1] to logits [N] of the positive class, by way of features [N, D].

    The way has three parts, named as timm names them, plus one:

    - `forward_frozen`: images to hidden states, by the layers that never learn (none: the images themselves);
    - `forward_features`: hidden states to features [N, D];
    - `forward_head`: features to logits [N].

    A network with frozen layers learns from their hidden states, which are computed once a photo.
    """

    has_frozen_layers = False
    averages_mirrored = False
    """Whether `forward_features_tta` is the mean over an image and its mirror image."""

    def __init__(self, feature_count: int) -> None:
        super().__init__()
        self.feature_count = feature_count
        """D."""

    def frozen_layers(self) -> nn.Module:
        """Return the layers whose weights decide what `forward_frozen` gives; an empty module where there are none."""
        return nn.Sequential()

    def pretrained_parameters(self) -> Iterator[nn.Parameter]:
        """Yield the weights that come from another dataset."""
        yield from ()

    def forward_frozen(self, images: torch.Tensor) -> torch.Tensor:
        """Return the hidden states of images [N, 3, S, S]: the images, where no layer is frozen."""
        return images

    @abstractmethod
    def forward_features(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return features [N, D] of hidden states."""

    @abstractmethod
    def last_maps(self, images: torch.Tensor) -> torch.Tensor:
        """Return the maps [N, C, H, W] that the last convolution gives for images [N, 3, S, S], with all layers."""

    def features_of_maps(self, maps: torch.Tensor) -> torch.Tensor:
        """Return features [N, D] of the last maps [N, C, H, W]: their means, unless a network has others."""
        return pooled(maps)

    def map_weights(self) -> torch.Tensor | None:
        """Return what each of the last maps adds to the logit, [C], a position; None where positions differ.

        Only where the features are the means of the maps and the head is linear is there such a number.
        """
        return None

    def forward_features_tta(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return features [N, D] for verdicts: with test-time augmentation, where a network has it."""
        return self.forward_features(hidden)

    @abstractmethod
    def forward_head(self, features: torch.Tensor) -> torch.Tensor:
        """Return logits [N] of features [N, D]."""

    def embed(self, hidden: torch.Tensor, features: torch.Tensor) -> torch.Tensor:  # noqa: ARG002 - `transfer` needs it
        """Return embeddings [N, D], by which photos are compared with those of training.

        They are the features, unless a network has some that know more than its two classes.
        """
        return features

    def forward_trainable(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return logits [N] of hidden states: everything after the frozen layers."""
        return self.forward_head(self.forward_features(hidden))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return logits [N] of images [N, 3, S, S]."""
        return self.forward_trainable(self.forward_frozen(images))


def pooled(maps: torch.Tensor) -> torch.Tensor:
    """Return the mean of each map, float32 [N, C], of maps [N, C, H, W]."""
    return maps.float().mean(dim=(2, 3))
