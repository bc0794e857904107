"""Why a verdict: a heat map over the photo of what speaks for the class that it names."""

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

from trainer.dataset.photo import open_photo, photo_pixels
from trainer.inference.predictor import Photograph, Predictor

# Five colours of matplotlib's inferno: lightness rises evenly, so that it is read in grey and by colour-blind people.
_STOPS = np.array([[40, 11, 84], [120, 28, 109], [188, 55, 84], [237, 105, 37], [252, 200, 60]], dtype=np.float32)
OPACITY = 0.6
_SIDE = 1600


def heat_map(predictor: Predictor, photo: Photograph, class_name: str) -> np.ndarray:
    """Return what speaks for a class in a photo, float32 [S, S] from 0 to 1, S being the model's image size.

    At 0 nothing in the place speaks for the class, at 1 more than anywhere else in the photo; all is 0 where nothing in
    it does. The map covers the whole photo, whatever its proportions: stretch it over the photo. It is of the photo as
    a whole also where a closer look at its parts decided the verdict. It tells where the network found its evidence,
    not why this is evidence.

    Raises PhotoError for a photo that cannot be read, and ValueError for a class that is none of the model's.
    """
    sign = (-1, 1)[predictor.description.classes.index(class_name)]
    pixels = photo_pixels(photo, predictor.description.preprocessing.image_size)[None]
    heat: np.ndarray = _smooth(sign * predictor.class_activation(pixels), pixels.shape[1])[0].numpy()
    return heat


def _smooth(maps: torch.Tensor, side: int) -> torch.Tensor:
    """Return maps [N, H, W] at [N, side, side]: what speaks against the class is 0, the most of each map 1."""
    larger = F.interpolate(maps[:, None], size=(side, side), mode="bicubic", align_corners=False)[:, 0].clamp(min=0)
    most = larger.amax(dim=(1, 2), keepdim=True)
    return torch.where(most > 0, larger / most.clamp(min=torch.finfo(torch.float32).tiny), 0.0)


def heat_colours(heat: np.ndarray) -> np.ndarray:
    """Return a heat map, [H, W] from 0 to 1, in colour: uint8 [H, W, 4], RGBA, clear where there is no heat."""
    places = np.linspace(0, 1, len(_STOPS))
    channels = [np.interp(heat, places, _STOPS[:, channel]) for channel in range(3)]
    colours: np.ndarray = np.rint(np.stack([*channels, 255 * heat], axis=-1)).astype(np.uint8)
    return colours


def overlay(photo: Photograph, heat: np.ndarray, *, opacity: float = OPACITY) -> Image.Image:
    """Return a photo, its longer side at most 1600, below its heat map, whose hottest place hides `opacity` of it.

    Raises PhotoError.
    """
    image = open_photo(photo, size=_SIDE)
    image.thumbnail((_SIDE, _SIDE))
    colours = heat_colours(heat)
    colours[..., 3] = np.rint(colours[..., 3] * opacity)
    above = Image.fromarray(colours, "RGBA").resize(image.size, Image.Resampling.BICUBIC)
    return Image.alpha_composite(image.convert("RGBA"), above).convert("RGB")
