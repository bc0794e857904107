"""Why a verdict: a heat map over the photo of what speaks for the class that it names."""

from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

from trainer.core.results import Prediction
from trainer.dataset.photo import open_photo, photo_pixels
from trainer.inference.predictor import Photograph, Predictor

# Five colours of matplotlib's inferno: lightness rises evenly, so that it is read in grey and by colour-blind people.
_STOPS = np.array([[40, 11, 84], [120, 28, 109], [188, 55, 84], [237, 105, 37], [252, 200, 60]], dtype=np.float32)
OPACITY = 0.6


class Explanation(NamedTuple):
    """What speaks for one class in one photo."""

    class_name: str
    """The class of the verdict; where there is no verdict, the more probable one."""
    heat: np.ndarray
    """Float32 [S, S] from 0 (nothing here speaks for the class) to 1 (the most in this photo); S is the image size.

    It covers the whole photo, whatever its proportions: stretch it over the photo. All 0 where nothing in the photo
    speaks for the class.
    """


def explain(predictor: Predictor, photo: Photograph, prediction: Prediction | None = None) -> Explanation:
    """Return what speaks for the class of the verdict on a photo; the verdict is computed where it is not given.

    The heat is of the photo as a whole, also where a closer look at its parts decided the verdict. It tells where the
    network found its evidence, not why this is evidence. Raises PhotoError for a photo that cannot be read.
    """
    pixels = photo_pixels(photo, predictor.description.preprocessing.image_size)[None]
    shares = prediction.probabilities if prediction is not None else None
    if shares is not None:
        positive = shares[predictor.description.classes[1]]
    else:
        positive = float(predictor.probabilities(predictor.outputs(pixels))[0])
    target = int(positive >= predictor.description.threshold)
    towards = predictor.class_activation(pixels) * (1 if target else -1)
    return Explanation(predictor.description.classes[target], _smooth(towards, pixels.shape[1])[0].numpy())


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


def overlay(photo: Photograph, heat: np.ndarray, *, opacity: float = OPACITY, side: int = 1600) -> Image.Image:
    """Return the photo, its longer side at most `side`, below its heat map, whose hottest place hides `opacity` of it.

    Raises PhotoError.
    """
    image = open_photo(photo, size=side)
    image.thumbnail((side, side))
    colours = heat_colours(heat)
    colours[..., 3] = np.rint(colours[..., 3] * opacity)
    above = Image.fromarray(colours, "RGBA").resize(image.size, Image.Resampling.BICUBIC)
    return Image.alpha_composite(image.convert("RGBA"), above).convert("RGB")
