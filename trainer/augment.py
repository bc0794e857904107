"""Varies training photos at random, a whole batch at a time, on the device that trains.

All random numbers of an epoch are drawn at once, a row for each training photo: how a photo is varied depends on the
run's seed, the epoch and the photo, and not on which batch it falls into or where a run was interrupted.
"""

import math

import numpy as np
import torch
from torch.nn import functional as F

from trainer import seeds
from trainer.config import AugmentConfig

_NUMBERS = 9  # random numbers a photo: rotation, shift (2), shear, zoom (2), flip, brightness, contrast


def draw(count: int, *, seed: int, epoch: int) -> torch.Tensor:
    """Return the random numbers of an epoch, float32 [count, 9], uniform in [-1, 1)."""
    generator = seeds.generator(seed, "augment", epoch)
    return torch.rand(count, _NUMBERS, generator=generator) * 2 - 1


def augment(images: torch.Tensor, numbers: torch.Tensor, settings: AugmentConfig) -> torch.Tensor:
    """Return images varied, float [N, 3, S, S] in [0, 1] as given.

    `numbers` are these photos' rows of `draw`, [N, 9]. Beyond the edges the outermost pixels are repeated.
    """
    if settings.is_off:
        return images
    grid = F.affine_grid(_matrices(numbers, settings), list(images.shape), align_corners=False)
    varied = F.grid_sample(images, grid, padding_mode="border", align_corners=False)
    if settings.brightness or settings.contrast:
        brightness = (numbers[:, 7] * settings.brightness).view(-1, 1, 1, 1)
        contrast = (1 + numbers[:, 8] * settings.contrast).view(-1, 1, 1, 1)
        varied = ((varied - 0.5) * contrast + (0.5 + brightness)).clamp_(0, 1)
    return varied


def _matrices(numbers: torch.Tensor, settings: AugmentConfig) -> torch.Tensor:
    """Return affine maps [N, 2, 3] from the varied photo's coordinates, [-1, 1] both ways, to the photo's.

    Rotation, then shear, then zoom about the centre, then the shift; shear as Keras's ImageDataGenerator has it.
    """
    turn = numbers[:, 0] * math.radians(settings.rotation)
    slant = numbers[:, 3] * math.radians(settings.shear)
    zoom_x = 1 + numbers[:, 4] * settings.zoom
    zoom_y = 1 + numbers[:, 5] * settings.zoom
    mirror = torch.where((numbers[:, 6] < 0) & settings.flip, -1.0, 1.0)
    shift = numbers[:, 1:3] * (2 * settings.shift)  # the coordinates span 2
    x = torch.stack([torch.cos(turn) * zoom_x * mirror, -torch.sin(turn + slant) * zoom_y, shift[:, 0]], dim=1)
    y = torch.stack([torch.sin(turn) * zoom_x * mirror, torch.cos(turn + slant) * zoom_y, shift[:, 1]], dim=1)
    return torch.stack([x, y], dim=1)


def preview(pixels: np.ndarray, settings: AugmentConfig, *, count: int, seed: int = 0) -> np.ndarray:
    """Return one photo varied `count` times: uint8 [S, S, 3] in, uint8 [count, S, S, 3] out."""
    image = torch.from_numpy(pixels).permute(2, 0, 1).float().div(255)
    images = augment(image.expand(count, -1, -1, -1), draw(count, seed=seed, epoch=1), settings)
    varied: np.ndarray = images.mul(255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()
    return varied
