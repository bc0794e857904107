"""Mixes the photos of a batch in pairs, and their targets with them, against overfitting.

Half of the mixed batches are mixed by mixup proper (Zhang et al., "mixup: Beyond empirical risk minimization", 2018),
half by CutMix, where a patch of one photo lies on the other (Yun et al., 2019), as timm does. The share comes from a
beta distribution, one for the whole batch.
"""

import torch

from trainer.core.config import TrainConfig
from trainer.training.data import seeds
from trainer.training.data.split_data import Batch

# Zhang et al. used 0.2 for photos, Yun et al. 1 (every share alike).
MIXUP_ALPHA = 0.2
CUTMIX_ALPHA = 1.0


def mixes(config: TrainConfig, epoch: int, number: int) -> bool:
    """Return whether the photos of an epoch's batch of that number are mixed."""
    return _choice(_generator(config, epoch, number)) < config.mixup


def mixup(batch: Batch, config: TrainConfig, epoch: int, number: int) -> Batch:
    """Return a batch mixed, or as it is: by the run's seed, the epoch and the batch's number in it."""
    generator = _generator(config, epoch, number)
    choice = _choice(generator)
    if choice >= config.mixup or len(batch.targets) < 2:
        return batch
    partners = torch.randperm(len(batch.targets), generator=generator).to(batch.inputs.device)
    # A frozen backbone's features [N, D] have no patches: they are mixed as a whole (Verma et al., "Manifold mixup",
    # 2019).
    if choice < config.mixup / 2 or batch.inputs.ndim == 2:
        share = _beta(MIXUP_ALPHA, generator)
        images = torch.lerp(batch.inputs[partners], batch.inputs, share)
    else:
        images, share = _cutmix(batch.inputs, partners, _beta(CUTMIX_ALPHA, generator), generator)
    targets = torch.lerp(batch.targets[partners], batch.targets, share)
    weights = torch.lerp(batch.weights[partners], batch.weights, share)
    return Batch(images, targets, weights, is_mixed=True)


def _generator(config: TrainConfig, epoch: int, number: int) -> torch.Generator:
    return seeds.generator(config.seed, "blend", epoch, number)  # another word would change runs of CatDog 0.1


def _choice(generator: torch.Generator) -> float:
    return torch.rand((), generator=generator).item()


def _cutmix(
    images: torch.Tensor, partners: torch.Tensor, share: float, generator: torch.Generator
) -> tuple[torch.Tensor, float]:
    """Return images [N, 3, S, S] with one square patch of their partners', and the share that is left of their own."""
    size = images.shape[-1]
    side = round(size * (1 - share) ** 0.5)
    top, left = torch.randint(0, size - side + 1, (2,), generator=generator).tolist()
    images = images.clone()
    images[:, :, top : top + side, left : left + side] = images[partners, :, top : top + side, left : left + side]
    return images, 1 - side * side / (size * size)


def _beta(alpha: float, generator: torch.Generator) -> float:
    """Return a number from the beta distribution with both parameters `alpha`, at most 1: by Jöhnk's method (1964)."""
    while True:
        x, y = (torch.rand(2, generator=generator, dtype=torch.float64) ** (1 / alpha)).tolist()
        if 0 < x + y <= 1:
            return float(x / (x + y))
