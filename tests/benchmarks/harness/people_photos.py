"""Varies photos as people's own vary: the animal small or cut off, crooked, in the flash, on a screen, with a sticker.

The photos of a research collection show one animal in the middle, large and well lit. What people bring does not, so
the starter model learns from copies too that this makes of its training photos.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

# The side of what is made, in pixels: a little more than the network sees.
SIDE = 320
_GREY_SHARE = 0.05


def vary(photo: Image.Image, backgrounds: Sequence[Image.Image], chance: np.random.Generator) -> Image.Image:
    """Return a varied copy of an RGB photo, `SIDE` pixels square; small animals are put before the backgrounds."""
    if chance.random() < 0.5:
        photo = ImageOps.mirror(photo)
    photo = photo.rotate(chance.normal(0, 8), Image.Resampling.BILINEAR, fillcolor=_mean_colour(photo))
    kind = chance.random()
    framed = _cut(photo, chance) if kind < 0.55 else _shrunk(photo, backgrounds, chance) if kind < 0.85 else photo
    framed = framed.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    for change, share in ((_lit, 0.7), (_stickers, 0.15), (_screen, 0.1), (_coarse, 0.4)):
        if chance.random() < share:
            framed = change(framed, chance)
    return ImageOps.grayscale(framed).convert("RGB") if chance.random() < _GREY_SHARE else framed


def _mean_colour(photo: Image.Image) -> tuple[int, ...]:
    colour = photo.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(colour, tuple)
    return tuple(int(value) for value in colour)


def _cut(photo: Image.Image, chance: np.random.Generator) -> Image.Image:
    """Return a part of at least a third of the area, of another shape."""
    area, shape = chance.uniform(0.35, 1), np.exp(chance.uniform(-0.35, 0.35))
    width = min(photo.width, int(photo.width * np.sqrt(area * shape)))
    height = min(photo.height, int(photo.height * np.sqrt(area / shape)))
    left, top = chance.integers(0, photo.width - width + 1), chance.integers(0, photo.height - height + 1)
    return photo.crop((left, top, left + width, top + height))


def _shrunk(photo: Image.Image, backgrounds: Sequence[Image.Image], chance: np.random.Generator) -> Image.Image:
    """Return the photo small, before something else or before its own blurred colours, with soft borders."""
    if chance.random() < 0.5:
        ground = photo.resize((SIDE, SIDE)).filter(ImageFilter.GaussianBlur(25))
    else:
        ground = _cut(backgrounds[chance.integers(len(backgrounds))], chance).resize((SIDE, SIDE))
    side = int(SIDE * chance.uniform(0.35, 0.85))
    small = photo.resize((side, side), Image.Resampling.BILINEAR)
    soft = int(chance.integers(2, 13))
    mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(mask).rounded_rectangle((soft, soft, side - soft, side - soft), radius=side // 5, fill=255)
    left, top = chance.integers(0, SIDE - side + 1), chance.integers(0, SIDE - side + 1)
    ground.paste(small, (int(left), int(top)), mask.filter(ImageFilter.GaussianBlur(soft)))
    return ground


def _lit(photo: Image.Image, chance: np.random.Generator) -> Image.Image:
    """Return the photo in another light: dark, pale, flashed, or of another white."""
    for enhance, spread in ((ImageEnhance.Brightness, 0.35), (ImageEnhance.Contrast, 0.25), (ImageEnhance.Color, 0.3)):
        photo = enhance(photo).enhance(float(np.exp(chance.normal(0, spread))))
    white = np.exp(chance.normal(0, 0.08, 3))
    pixels = np.asarray(photo, dtype=np.float32) * white
    if chance.random() < 0.15:  # a flash: bright in the middle, dark around
        y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
        pixels *= (0.45 + 1.1 * np.exp(-2 * (x**2 + y**2)))[..., None]
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _stickers(photo: Image.Image, chance: np.random.Generator) -> Image.Image:
    """Return the photo with a few coloured shapes or a line of text on it."""
    drawn = photo.copy()
    pen = ImageDraw.Draw(drawn)
    for _ in range(chance.integers(1, 5)):
        colour = tuple(chance.integers(0, 256, 3).tolist())
        left, top = chance.integers(0, SIDE, 2).tolist()
        size = int(chance.integers(SIDE // 16, SIDE // 5))
        shape = chance.integers(3)
        if shape == 0:
            pen.ellipse((left, top, left + size, top + size), fill=colour)
        elif shape == 1:
            pen.rounded_rectangle((left, top, left + 2 * size, top + size), radius=size // 4, fill=colour)
        else:
            pen.text((left, top), "photo 2026", fill=colour, font_size=size)
    return drawn


def _screen(photo: Image.Image, chance: np.random.Generator) -> Image.Image:
    """Return the photo as one of a screen: a pattern of stripes, and less contrast."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    angle, period = chance.uniform(0, np.pi), chance.uniform(2.2, 9)
    stripes = 1 + chance.uniform(0.03, 0.15) * np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / period)
    pixels = 25 + 0.85 * np.asarray(photo, dtype=np.float32) * stripes[..., None]
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _coarse(photo: Image.Image, chance: np.random.Generator) -> Image.Image:
    """Return the photo small, blurred or noisy, as zoomed and forwarded photos are."""
    side = int(chance.integers(90, SIDE))
    photo = photo.resize((side, side), Image.Resampling.BILINEAR).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    if chance.random() < 0.3:
        noise = chance.normal(0, chance.uniform(3, 20), (SIDE, SIDE, 3))
        photo = Image.fromarray((np.asarray(photo, dtype=np.float32) + noise).clip(0, 255).astype(np.uint8))
    return photo
