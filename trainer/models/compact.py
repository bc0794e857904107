"""A small residual network, trained from scratch on the user's photos, and quick on a processor."""

import torch
from torch import nn
from torch.nn import functional as F

from trainer.models.network import Network
from trainer.models.shard_layers import ShardBatchNorm2d, ShardDropout

STEM = 32
WIDTHS = (48, 96, 192, 320)


class ConvNorm(nn.Sequential):
    """A 3×3 convolution with batch norm. Not depthwise: bfloat16 reaches its full speed on large products only."""

    def __init__(self, width_in: int, width_out: int, *, stride: int = 1) -> None:
        super().__init__(nn.Conv2d(width_in, width_out, 3, stride, padding=1, bias=False), ShardBatchNorm2d(width_out))


class Residual(nn.Module):
    """Two convolutions that learn what to add to their input (He et al., "Deep residual learning", 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = ConvNorm(width, width)
        self.second = ConvNorm(width, width)
        # At first each block adds nothing, so that the network begins shallow (Goyal et al., 2017, section 5.1).
        nn.init.zeros_(self.second[1].weight)  # type: ignore[arg-type]  # a batch norm with weights

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return [N, width, H, W] for the same."""
        return F.relu(inputs + self.second(F.relu(self.first(inputs))))


class Compact(Network):
    """Pixel unshuffle by 2, then four stages of a strided convolution and a residual block; global average pooling.

    Unshuffled, the first convolution has a quarter of the positions and 12 channels instead of 3, which a processor
    computes far faster.
    """

    averages_mirrored = True

    def __init__(self, *, dropout: float = 0.2) -> None:
        super().__init__(WIDTHS[-1])
        layers: list[nn.Module] = [nn.PixelUnshuffle(2), ConvNorm(12, STEM), nn.ReLU()]
        width_in = STEM
        for width in WIDTHS:
            layers += [ConvNorm(width_in, width, stride=2), nn.ReLU(), Residual(width)]
            width_in = width
        self.features = nn.Sequential(*layers)  # [N, 3, S, S] -> [N, 320, S/32, S/32]
        self.dropout = ShardDropout(dropout)
        self.head = nn.Linear(width_in, 1)

    def forward_features(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return the last maps' means, float32 [N, 320], of images [N, 3, S, S] with an even S."""
        return self.features_of_maps(self.last_maps(hidden))

    def last_maps(self, images: torch.Tensor) -> torch.Tensor:
        """Return the last residual block's maps, [N, 320, S/32, S/32]."""
        maps: torch.Tensor = self.features(images)
        return maps

    def map_weights(self) -> torch.Tensor:
        """Return the head's weights, [320]."""
        return self.head.weight[0]

    def forward_features_tta(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return the mean of the features of the images and of their mirror images, float32 [N, 320].

        The logit, linear in it, is then the mean of two (Krizhevsky et al., "ImageNet classification with deep
        convolutional neural networks", 2012, section 4.1, with ten views). A second pass costs far less than
        training long enough for the same gain.
        """
        return (self.forward_features(hidden) + self.forward_features(hidden.flip(3))) / 2

    def forward_head(self, features: torch.Tensor) -> torch.Tensor:
        """Return logits [N] of features [N, 320]."""
        logits: torch.Tensor = self.head(self.dropout(features))
        return logits.squeeze(1)
