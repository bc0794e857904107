"""Ways to make a copy of a photo that nobody should take for another photo."""

import io
import random
from collections.abc import Callable

from PIL import Image, ImageEnhance, ImageOps

Change = Callable[[Image.Image, random.Random], Image.Image]


def resized(image: Image.Image, chance: random.Random) -> Image.Image:
    factor = chance.uniform(0.4, 0.8)
    return image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.LANCZOS)


def recompressed(image: Image.Image, chance: random.Random) -> Image.Image:
    return Image.open(io.BytesIO(saved(image, chance.choice([25, 40, 60]))))


def cropped(image: Image.Image, chance: random.Random) -> Image.Image:
    left, top = (round(chance.uniform(0, 0.1) * side) for side in image.size)
    return image.crop((left, top, left + round(0.9 * image.width), top + round(0.9 * image.height)))


def mirrored(image: Image.Image, _chance: random.Random) -> Image.Image:
    return ImageOps.mirror(image)


def brightened(image: Image.Image, _chance: random.Random) -> Image.Image:
    return ImageEnhance.Brightness(image).enhance(1.4)


def turned(image: Image.Image, _chance: random.Random) -> Image.Image:
    return image.rotate(5, Image.Resampling.BICUBIC, fillcolor="white")


def saved(image: Image.Image, quality: int = 90) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()
