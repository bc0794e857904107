"""Mixes the photos of a batch in pairs, and their classes with them, against learning photos by heart.

Half of the blended batches are faded into one another (mixup: Zhang et al., "mixup: Beyond empirical risk
minimization", 2018), half get a patch of one another (CutMix: Yun et al., 2019). The share comes from a beta
distribution, as there; the whole batch has one.
"""

import torch

from trainer.core.config import TrainConfig
from trainer.training import seeds
from trainer.training.batches import Batch

# Zhang et al. used 0.2 for photos, Yun et al. 1 (every share alike).
FADING_ALPHA = 0.2
PATCH_ALPHA = 1.0


def blend(batch: Batch, config: TrainConfig, epoch: int, number: int) -> Batch:
    """Return a batch blended, or as it is: by the run's seed, the epoch and the batch's number in it."""
    generator = seeds.generator(config.seed, "blend", epoch, number)
    choice = torch.rand((), generator=generator).item()
    if choice >= config.blending or len(batch.classes) < 2:
        return batch
    partners = torch.randperm(len(batch.classes), generator=generator).to(batch.images.device)
    if choice < config.blending / 2:
        share = _beta(FADING_ALPHA, generator)
        images = torch.lerp(batch.images[partners], batch.images, share)
    else:
        images, share = _patched(batch.images, partners, _beta(PATCH_ALPHA, generator), generator)
    classes = torch.lerp(batch.classes[partners], batch.classes, share)
    weights = torch.lerp(batch.weights[partners], batch.weights, share)
    return Batch(images, classes, weights)


def _patched(
    images: torch.Tensor, partners: torch.Tensor, share: float, generator: torch.Generator
) -> tuple[torch.Tensor, float]:
    """Return images [N, 3, S, S] with one square patch of their partners', and the share that is still their own."""
    size = images.shape[-1]
    side = round(size * (1 - share) ** 0.5)
    top, left = torch.randint(0, size - side + 1, (2,), generator=generator).tolist()
    images = images.clone()
    images[:, :, top : top + side, left : left + side] = images[partners, :, top : top + side, left : left + side]
    return images, 1 - side * side / (size * size)


def _beta(alpha: float, generator: torch.Generator) -> float:
    """Return a number from the beta distribution with both parameters `alpha`, at most 1: Jöhnk's way (1964)."""
    while True:
        x, y = (torch.rand(2, generator=generator, dtype=torch.float64) ** (1 / alpha)).tolist()
        if 0 < x + y <= 1:
            return float(x / (x + y))
