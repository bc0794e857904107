"""A network pre-trained on ImageNet, with a new head for the user's two classes."""

import copy
from collections.abc import Iterator
from typing import Self

import torch
from torch import nn

from trainer.core.progress import Cancelled, Progress
from trainer.models.backbones import BACKBONES
from trainer.models.network import Network, pooled
from trainer.models.shard_layers import ShardDropout


class Transfer(Network):
    """A backbone, global average pooling, features brought to one scale, dropout, one logit.

    The backbone is frozen but for its last `tuned` stages. Its batch norms keep the statistics of ImageNet even where
    they learn: those of a few photos are worse.
    """

    has_frozen_layers = True
    feature_mean: torch.Tensor
    feature_std: torch.Tensor

    def __init__(self, *, backbone: str, dropout: float = 0.2, tuned_stages: int = 0) -> None:
        found = BACKBONES[backbone]
        super().__init__(found.features)
        self.backbone_name = backbone
        self.backbone = found.stages().eval()
        # Features of equal scale let the head learn ten times faster.
        self.register_buffer("feature_mean", torch.zeros(found.features))
        self.register_buffer("feature_std", torch.ones(found.features))
        self.dropout = ShardDropout(dropout)
        self.head = nn.Linear(found.features, 1)
        # A head of zeros gives every photo the probability 0.5, and what it learns does not depend on chance.
        nn.init.zeros_(self.head.weight)
        assert self.head.bias is not None
        nn.init.zeros_(self.head.bias)
        self._mean, self._std = found.mean, found.std
        self.register_load_state_dict_pre_hook(_accept_old_names)  # type: ignore[no-untyped-call]  # torch's stubs
        self.unfreeze(tuned_stages)

    def unfreeze(self, stages: int) -> Self:
        """Let the last `stages` stages of the backbone learn, and freeze those before them.

        They are kept as they were, too, for `embed`: stages that see nothing but cats and dogs forget everything else.
        """
        self._tuned = min(stages, len(self.backbone))
        for number, stage in enumerate(self.backbone):
            stage.requires_grad_(requires_grad=number >= len(self.backbone) - self._tuned)
        self.original = copy.deepcopy(self._last()).requires_grad_(requires_grad=False)
        return self

    def train(self, mode: bool = True) -> Self:  # noqa: FBT001, FBT002 - torch's signature
        """Switch dropout; the backbone stays as it is in use."""
        super().train(mode)
        self.backbone.eval()
        self.original.eval()
        return self

    def pretrained_parameters(self) -> Iterator[nn.Parameter]:
        """Yield the backbone's weights."""
        yield from self.backbone.parameters()

    def forward_frozen(self, images: torch.Tensor) -> torch.Tensor:
        """Return the last frozen stage's maps [N, C, H, W]; where all stages are frozen, the features [N, D]."""
        maps: torch.Tensor = self.frozen_layers()(self._normalised(images))
        return maps if self._tuned else pooled(maps)

    def last_maps(self, images: torch.Tensor) -> torch.Tensor:
        """Return the maps of the backbone's last stage, [N, D, H, W]."""
        maps: torch.Tensor = self.backbone(self._normalised(images))
        return maps

    def map_weights(self) -> torch.Tensor:
        """Return the head's weights for features that are not brought to one scale, [D]."""
        return self.head.weight[0] / self.feature_std

    def fit_feature_scale(self, features: torch.Tensor) -> None:
        """Bring features to one scale: that of the training photos' features, [N, D], with mean 0 and deviation 1."""
        self.feature_mean.copy_(features.mean(dim=0))
        # A feature that is constant in training must not divide other photos by zero.
        self.feature_std.copy_(features.std(dim=0, correction=0) + 1e-3)

    def forward_features(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return features, float32 [N, D]."""
        if not self._tuned:
            return hidden
        return pooled(self._last()(hidden))

    def embed(self, hidden: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
        """Return the features [N, D] of the backbone as it was before it was tuned."""
        return pooled(self.original(hidden)) if self._tuned else features

    def forward_head(self, features: torch.Tensor) -> torch.Tensor:
        """Return logits [N] of features [N, D]."""
        logits: torch.Tensor = self.head(self.dropout((features - self.feature_mean) / self.feature_std))
        return logits.squeeze(1)

    def load_pretrained(self, progress: Progress, cancelled: Cancelled) -> None:
        """Take ImageNet's weights. Raises ModelFileError, DownloadError and CancelledError."""
        self.backbone.load_state_dict(BACKBONES[self.backbone_name].weights(progress, cancelled))

    def _normalised(self, images: torch.Tensor) -> torch.Tensor:
        mean, std = (images.new_tensor(numbers).view(3, 1, 1) for numbers in (self._mean, self._std))
        return (images - mean) / std

    def _last(self) -> nn.Sequential:
        return nn.Sequential(*list(self.backbone)[len(self.backbone) - self._tuned :])

    def frozen_layers(self) -> nn.Sequential:
        """Return the stages before the tuned ones."""
        return nn.Sequential(*list(self.backbone)[: len(self.backbone) - self._tuned])


def _accept_old_names(_module: nn.Module, state: dict[str, torch.Tensor], prefix: str, *_: object) -> None:
    """Let weights that CatDog 0.1 saved have their names of today."""
    for old, new in (("trunk.", "backbone."), ("centre", "feature_mean"), ("spread", "feature_std")):
        for name in [name for name in state if name.startswith(prefix + old)]:
            state[prefix + new + name.removeprefix(prefix + old)] = state.pop(name)
