"""Augmentation: training photos varied at random, a whole batch at a time, on the device that trains.

All random numbers of an epoch are drawn at once, a row for each training photo: how a photo is augmented depends
on the run's seed, the epoch and the photo, not on its batch or on where a run was interrupted.
"""

import math

import numpy as np
import torch
from torch.nn import functional as F

from trainer.core.config import AugmentConfig
from trainer.training.data import seeds

# The columns of random numbers, uniform in [-1, 1): one row a photo.
ROTATION, SHIFT_X, SHIFT_Y, SHEAR, ZOOM_X, ZOOM_Y, FLIP = range(7)
BRIGHTNESS, CONTRAST, SATURATION, CROP, CROP_SHAPE, CROP_X, CROP_Y = range(7, 14)
_COLUMNS = 14
# A crop is at most this many times as wide as high, or as high as wide (Szegedy et al., "Going deeper with
# convolutions", 2015).
_LONGEST_CROP = 4 / 3


def draw(count: int, *, seed: int, epoch: int) -> torch.Tensor:
    """Return the random numbers of an epoch, float32 [count, 14], uniform in [-1, 1)."""
    generator = seeds.generator(seed, "augment", epoch)
    return torch.rand(count, _COLUMNS, generator=generator) * 2 - 1


def mirrored(params: torch.Tensor, settings: AugmentConfig) -> torch.Tensor:
    """Return which photos are mirrored, bool [N], by their rows of `draw`."""
    return (params[:, FLIP] < 0) & settings.flip


def augment(
    images: torch.Tensor, params: torch.Tensor, settings: AugmentConfig, *, size: int | None = None
) -> torch.Tensor:
    """Return images augmented, float [N, 3, S, S] in [0, 1], resized to side `size` where one is given.

    `params` are these photos' rows of `draw`, [N, 14]. Beyond the edges the outermost pixels are repeated.
    """
    size = size or images.shape[-1]
    if settings.is_off and size == images.shape[-1]:
        return images
    grid = sampling_grid(affine_matrices(params, settings), size)
    varied = F.grid_sample(images, grid, padding_mode="border", align_corners=False)
    if settings.saturation:
        grey = varied.mean(dim=1, keepdim=True)
        varied = torch.lerp(grey, varied, _factor(params, SATURATION, settings.saturation))
    if settings.brightness or settings.contrast:
        brightness = _factor(params, BRIGHTNESS, settings.brightness) - 1
        contrast = _factor(params, CONTRAST, settings.contrast)
        varied = (varied - 0.5) * contrast + (0.5 + brightness)
    return varied.clamp_(0, 1) if settings.brightness or settings.contrast or settings.saturation else varied


def sampling_grid(matrices: torch.Tensor, size: int) -> torch.Tensor:
    """Return where each pixel comes from, [N, size, size, 2], as `F.affine_grid` does, four times as fast.

    `F.affine_grid` multiplies a matrix by each pixel's position. But x is the same all along a column and y along a
    row, so it is enough to add two rows of products.
    """
    places = (2 * torch.arange(size, device=matrices.device) + 1) / size - 1
    along_x = places[:, None] * matrices[:, None, :, 0]  # [N, size, 2]
    along_y = places[:, None] * matrices[:, None, :, 1] + matrices[:, None, :, 2]
    return along_y[:, :, None] + along_x[:, None]


def _factor(params: torch.Tensor, column: int, reach: float) -> torch.Tensor:
    """Return a factor from 1 - reach to 1 + reach for each photo, [N, 1, 1, 1]."""
    return (1 + params[:, column] * reach).view(-1, 1, 1, 1)


def affine_matrices(params: torch.Tensor, settings: AugmentConfig) -> torch.Tensor:
    """Return affine maps [N, 2, 3] from the augmented photo's coordinates, each in [-1, 1], to the photo's own.

    Rotation, then shear, then zoom about the centre, then the shift; shear as Keras's ImageDataGenerator has it.
    A crop is a further zoom and shift.
    """
    turn = params[:, ROTATION] * math.radians(settings.rotation)
    slant = params[:, SHEAR] * math.radians(settings.shear)
    crop_x, crop_y = _crop_sides(params, settings)
    zoom_x = (1 + params[:, ZOOM_X] * settings.zoom) * crop_x
    zoom_y = (1 + params[:, ZOOM_Y] * settings.zoom) * crop_y
    mirror = torch.where(mirrored(params, settings), -1.0, 1.0)
    shift_x = params[:, SHIFT_X] * (2 * settings.shift) + params[:, CROP_X] * (1 - crop_x)  # coordinates span 2
    shift_y = params[:, SHIFT_Y] * (2 * settings.shift) + params[:, CROP_Y] * (1 - crop_y)
    x = torch.stack([torch.cos(turn) * zoom_x * mirror, -torch.sin(turn + slant) * zoom_y, shift_x], dim=1)
    y = torch.stack([torch.sin(turn) * zoom_x * mirror, torch.cos(turn + slant) * zoom_y, shift_y], dim=1)
    return torch.stack([x, y], dim=1)


def _crop_sides(params: torch.Tensor, settings: AugmentConfig) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the width and height that a crop leaves, as shares of the photo's, each [N]."""
    area = 1 - settings.crop * (params[:, CROP] + 1) / 2
    if not settings.crop:
        return area, area  # 1 everywhere
    ratio = torch.exp(params[:, CROP_SHAPE] * math.log(_LONGEST_CROP))
    return (area * ratio).sqrt().clamp(max=1), (area / ratio).sqrt().clamp(max=1)


def preview(pixels: np.ndarray, settings: AugmentConfig, *, count: int, seed: int = 0) -> np.ndarray:
    """Return one photo augmented `count` times: uint8 [S, S, 3] in, uint8 [count, S, S, 3] out."""
    image = torch.from_numpy(pixels).permute(2, 0, 1).float().div(255)
    images = augment(image.expand(count, -1, -1, -1), draw(count, seed=seed, epoch=1), settings)
    varied: np.ndarray = images.mul(255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()
    return varied
