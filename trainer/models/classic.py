"""The textbook network: four convolutions with pooling, then two dense layers."""

import torch
from torch import nn

from trainer.models import onednn
from trainer.models.network import Network
from trainer.models.shard_layers import ShardDropout

CHANNELS = (32, 64, 128, 128)
HIDDEN = 512


class Classic(Network):
    """Conv 3×3 (32, 64, 128, 128), each with ReLU and 2×2 max-pooling; dropout; dense 512 with ReLU; one logit.

    Takes float images [N, 3, S, S] in [0, 1] and returns logits [N]; the sigmoid of a logit is the probability of the
    positive class. Convolutions are unpadded, as in the experiments whose curves are published (F. Chollet, "Building
    powerful image classification models using very little data", 2016, and "Deep Learning with Python", 2017).
    """

    def __init__(self, *, image_size: int = 150, dropout: float = 0.5) -> None:
        super().__init__(HIDDEN)
        layers: list[nn.Module] = []
        side, channels = image_size, 3
        for width in CHANNELS:
            # ReLU and max-pooling give the same in either order; pooling first leaves ReLU a quarter of the work.
            layers += [nn.Conv2d(channels, width, 3), nn.MaxPool2d(2), nn.ReLU()]
            side, channels = (side - 2) // 2, width
        self.features = nn.Sequential(*layers)  # [N, 3, S, S] -> [N, 128, side, side]; side is 7 for S = 150
        self.head = nn.Sequential(
            nn.Flatten(),
            ShardDropout(dropout),
            nn.Linear(channels * side * side, HIDDEN),
            nn.ReLU(),
            nn.Linear(HIDDEN, 1),
        )
        self.apply(_initialise_as_keras)

    def forward_features(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return the hidden dense layer's output, [N, 512], for images [N, 3, S, S]."""
        return self.features_of_maps(self.last_maps(hidden))

    def last_maps(self, images: torch.Tensor) -> torch.Tensor:
        """Return the last convolution's maps after pooling and ReLU, [N, 128, H, W]."""
        dtype = onednn.dtype_here(images)
        if dtype is not None:
            return onednn.forward(self.features, images, dtype)
        maps: torch.Tensor = self.features(images)
        return maps

    def features_of_maps(self, maps: torch.Tensor) -> torch.Tensor:
        """Return the hidden dense layer's output, [N, 512]."""
        features: torch.Tensor = self.head[:-1](maps)
        return features

    def forward_head(self, features: torch.Tensor) -> torch.Tensor:
        """Return logits [N] of features [N, 512]."""
        logits: torch.Tensor = self.head[-1](features)
        return logits.squeeze(1)


def _initialise_as_keras(module: nn.Module) -> None:
    """Glorot uniform weights (Glorot and Bengio 2010, equation 16) and zero biases, Keras's defaults."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        assert module.bias is not None
        nn.init.zeros_(module.bias)
