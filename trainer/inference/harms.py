"""What happens to photos: blurred, pressed into a small JPEG file, dark, turned, small, without colour."""

import io

from PIL import Image, ImageEnhance, ImageFilter, ImageStat

from trainer.core.robustness import Harm
from trainer.dataset.photo import open_photo

LARGEST = 1024
"""Photos are made so small first, in pixels of the longer side, so that a harm is the same to those of any camera."""


def open_example(source: bytes) -> Image.Image:
    """Return a photo as it is harmed: RGB, at most LARGEST pixels wide and high. Raises PhotoError."""
    photo = open_photo(source, size=LARGEST)
    photo.thumbnail((LARGEST, LARGEST), Image.Resampling.BILINEAR)
    return photo


def harmed(photo: Image.Image, harm: Harm) -> Image.Image:
    """Return a new RGB photo with this done to it; only "size" changes how large it is."""
    strength = harm.strength
    if harm.kind == "blur":
        return photo.filter(ImageFilter.GaussianBlur(strength * max(photo.size)))
    if harm.kind == "jpeg":
        return _pressed(photo, round(strength))
    if harm.kind == "darkness":
        return ImageEnhance.Brightness(photo).enhance(strength)
    if harm.kind == "rotation":
        return _turned(photo, strength)
    if harm.kind == "size":
        small = photo.copy()
        small.thumbnail((round(strength), round(strength)), Image.Resampling.BILINEAR)
        return small
    return ImageEnhance.Color(photo).enhance(strength)


def _pressed(photo: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    photo.save(file, "JPEG", quality=quality)
    return open_photo(file.getvalue())


def _turned(photo: Image.Image, degrees: float) -> Image.Image:
    """Turn it anticlockwise; where corners become empty, they have the photo's mean colour."""
    if degrees == 90:  # nothing is cut away
        return photo.transpose(Image.Transpose.ROTATE_90)
    red, green, blue = (round(mean) for mean in ImageStat.Stat(photo).mean)
    return photo.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=(red, green, blue))
