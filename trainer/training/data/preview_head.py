"""A small head that learns while photos are still being looked at, only to show how well it goes. Nothing keeps it."""

from typing import NamedTuple

import torch
from torch.nn import functional as F

from trainer.training.data import seeds

# Photos that are remembered of each split, the newest: their features take 10 MB.
MOST = 2048
# Of fewer validation photos a share would say nothing.
FEWEST = 8
# Steps on random photos for each chunk that comes, and how many photos a step has.
_STEPS, _BATCH = 4, 64
# As the recipe's own head learns.
_LEARNING_RATE, _WEIGHT_DECAY = 1e-3, 0.03


class HeadScore(NamedTuple):
    """How well the head does on the validation photos so far."""

    photos: int
    loss: float
    accuracy: float


class PreviewHead:
    """A linear head on features [N, D] of one scale. It has its own randomness, and touches nobody else's."""

    def __init__(self, features: int) -> None:
        self._training, self._validation = _Memory(features), _Memory(features)
        self._weight, self._bias = torch.zeros(features), torch.zeros(1)
        self._optimiser = torch.optim.AdamW(
            [self._weight, self._bias], lr=_LEARNING_RATE, weight_decay=_WEIGHT_DECAY, foreach=False
        )
        self._generator = seeds.generator(0, "preview")
        self._count = 0
        self._sum, self._squares = torch.zeros((2, features), dtype=torch.float64)

    def add_training(self, features: torch.Tensor, targets: torch.Tensor) -> None:
        """Remember training photos: features float32 [N, D], targets float32 [N]."""
        self._training.add(features, targets)
        self._count += len(features)
        self._sum += features.sum(dim=0)
        self._squares += features.square().sum(dim=0)

    def add_validation(self, features: torch.Tensor, targets: torch.Tensor) -> None:
        """Remember validation photos."""
        self._validation.add(features, targets)

    def learn(self) -> None:
        """Take some steps on random training photos that are remembered."""
        known = self._training.count
        if not known:
            return
        mean, std = self._scale()
        for _ in range(_STEPS):
            chosen = torch.randint(known, (min(_BATCH, known),), generator=self._generator)
            scaled = (self._training.features[chosen] - mean) / std
            error = (scaled @ self._weight + self._bias).sigmoid() - self._training.targets[chosen]
            self._weight.grad = error @ scaled / len(chosen)  # of the binary cross-entropy
            self._bias.grad = error.mean(dim=0, keepdim=True)
            self._optimiser.step()

    def score(self) -> HeadScore | None:
        """Return how well the head does; None as long as there are too few photos to say."""
        photos = self._validation.count
        if photos < FEWEST or not self._training.has_both:
            return None
        mean, std = self._scale()
        weight = self._weight / std
        targets = self._validation.targets[:photos]
        logits = self._validation.features[:photos] @ weight + (self._bias - mean @ weight)
        loss = F.binary_cross_entropy_with_logits(logits, targets)
        return HeadScore(photos, float(loss), float(((logits > 0) == (targets > 0.5)).float().mean()))

    def _scale(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Return mean and deviation of the training photos' features so far, as `Transfer.fit_feature_scale` does."""
        mean = self._sum / self._count
        variance = (self._squares / self._count - mean.square()).clamp_min(0)
        return mean.float(), (variance.sqrt() + 1e-3).float()


class _Memory:
    """The newest photos of one split."""

    def __init__(self, features: int) -> None:
        self.features, self.targets = torch.empty(MOST, features), torch.empty(MOST)
        self.count = self._next = 0

    @property
    def has_both(self) -> bool:
        """Whether photos of both classes are there."""
        known = self.targets[: self.count]
        return bool((known > 0.5).any() and (known < 0.5).any())

    def add(self, features: torch.Tensor, targets: torch.Tensor) -> None:
        """Put photos in place of the oldest."""
        places = torch.arange(self._next, self._next + len(features)) % MOST
        self.features[places], self.targets[places] = features, targets
        self._next = (self._next + len(features)) % MOST
        self.count = min(self.count + len(features), MOST)
