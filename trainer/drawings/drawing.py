"""Cartoon cats and dogs, drawn with Pillow from a seed: what the practice dataset is made of.

What tells the two apart is what tells real ones apart: ears, eyes, nose, muzzle, whiskers, tongue, tail. Everything
else (fur colours, markings, poses, collars, backgrounds) is drawn from the same chances for both, so that a network
has to look at the animal.
"""

import math
import random
from dataclasses import dataclass
from typing import Literal

from PIL import Image

from trainer.drawings.brush import INK, SHADOW, WHITE, Brush, Colour, Point, bend, both_sides, mix, oval, smooth
from trainer.drawings.scenery import paint_scene

Animal = Literal["cat", "dog"]

_ZOOM = 2  # everything is drawn this much larger and scaled down, which is what makes the lines smooth
_PINK, _TONGUE, _MOUTH = (244, 160, 164), (240, 96, 112), (120, 38, 48)
# One palette for both animals: colour alone must not give the class away.
_FURS: tuple[Colour, ...] = (
    (236, 152, 74),  # ginger
    (243, 219, 178),  # cream
    (222, 176, 104),  # golden
    (168, 114, 72),  # brown
    (128, 86, 64),  # chocolate
    (160, 164, 174),  # silver
    (112, 124, 144),  # slate
    (104, 100, 114),  # charcoal
    (247, 244, 238),  # white
    (206, 186, 164),  # sand
)
_COLLARS: tuple[Colour, ...] = ((214, 62, 70), (52, 120, 200), (64, 160, 110), (240, 184, 60), (150, 92, 190))
_CAT_IRISES: tuple[Colour, ...] = ((126, 200, 88), (240, 196, 60), (96, 188, 214), (180, 210, 80))
_DOG_IRISES: tuple[Colour, ...] = ((92, 54, 34), (66, 42, 34), (122, 76, 42))


@dataclass(frozen=True)
class Fur:
    """The colours of one animal's coat."""

    base: Colour
    light: Colour  # muzzle, chest and paws
    mark: Colour  # stripes, spots and patches
    line: Colour  # outlines

    @classmethod
    def pick(cls, rng: random.Random) -> "Fur":
        """Draw a coat from the palette both animals share."""
        base = mix(rng.choice(_FURS), rng.choice(_FURS), rng.uniform(0, 0.2))
        dark = sum(base) < 330
        other = mix(base, WHITE, 0.55) if dark else mix(base, (92, 56, 40), rng.uniform(0.4, 0.65))
        return cls(base, mix(base, WHITE, 0.5 if dark else 0.7), other, mix(base, INK, 0.78))


def draw(animal: Animal, seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Draw one animal as an RGB image of `size` (width, height) pixels.

    The same (animal, seed, size) gives the same pixels on every run; another seed gives another animal, pose and
    place. Cat and dog of one seed have nothing in common.
    """
    rng = random.Random(f"{animal} {seed}")
    width, height = size
    canvas = Image.new("RGB", (width * _ZOOM, height * _ZOOM))
    paint_scene(canvas, rng)
    _paint_animal(canvas, animal, rng)
    return canvas.reduce(_ZOOM)


def _paint_animal(canvas: Image.Image, animal: Animal, rng: random.Random) -> None:
    """Choose a pose and a place, then paint the body and over it the head."""
    fur = Fur.pick(rng)
    pose = rng.choices((_close_up, _sitting, _lying, _standing), (6, 3, 2, 2))[0]
    unit = min(canvas.width / 320, canvas.height / 240)
    # Head radius and the middle of the head, for a drawing of 320 x 240, that keep each pose mostly in the picture.
    radius, x, y = {
        _close_up: (rng.uniform(70, 86), rng.uniform(-22, 22), rng.uniform(4, 20)),
        _sitting: (rng.uniform(56, 64), rng.uniform(-26, 26), rng.uniform(-20, -10)),
        _lying: (rng.uniform(58, 66), rng.uniform(-40, -26), rng.uniform(2, 16)),
        _standing: (rng.uniform(56, 62), rng.uniform(-40, -26), rng.uniform(-18, -8)),
    }[pose]
    side = rng.choice((-1, 1))
    middle = (canvas.width / 2 + side * x * unit, canvas.height / 2 + y * unit)
    body = Brush(canvas, middle, radius * unit, tilt=0, flip=side)
    pose(body, animal, fur, rng)
    head = Brush(canvas, middle, radius * unit, tilt=math.radians(rng.uniform(-13, 13)), flip=side)
    (_cat_head if animal == "cat" else _dog_head)(head, fur, rng)


# Bodies. Origin: the middle of the head; unit: its radius; y points down.


def _close_up(brush: Brush, _animal: Animal, fur: Fur, rng: random.Random) -> None:
    """Paint only shoulders: the head fills the picture."""
    trunk = smooth([(-0.5, 0.4), (0.5, 0.4), (1.1, 1.2), (1.35, 3), (-1.35, 3), (-1.1, 1.2)])
    _coat(brush, trunk, fur, rng)
    brush.patch(oval(0, 1.35, 0.5, 0.75), trunk, fur.light)
    _collar(brush, rng)


def _sitting(brush: Brush, animal: Animal, fur: Fur, rng: random.Random) -> None:
    """Paint an animal that sits and faces us."""
    brush.shape(oval(0, 2.04, 1.5, 0.2), SHADOW)
    _tail(brush, animal, (0.75, 1.85), fur)
    trunk = smooth([(-0.5, 0.4), (0.5, 0.4), (0.8, 1.1), (1, 1.75), (0.5, 2.05), (-0.5, 2.05), (-1, 1.75), (-0.8, 1.1)])
    _coat(brush, trunk, fur, rng)
    brush.shape(oval(0, 1.05, 0.42, 0.5), fur.light)
    for x in (-0.84, 0.84):
        _paw(brush, x, 1.98, fur)
    for x in (-0.31, 0.31):
        _leg(brush, x, 1.4, 2.02, fur)
    _collar(brush, rng)


def _lying(brush: Brush, animal: Animal, fur: Fur, rng: random.Random) -> None:
    """Paint an animal that lies with its forepaws towards us."""
    brush.shape(oval(0.7, 1.42, 1.9, 0.22), SHADOW)
    _tail(brush, animal, (1.75, 1.2), fur)
    trunk = smooth([(-0.7, 0.5), (0.4, 0.3), (1.2, 0.3), (1.85, 0.6), (2.05, 1.1), (1.7, 1.45), (0, 1.4), (-0.7, 1.35)])
    _coat(brush, trunk, fur, rng)
    brush.stroke(bend((1.2, 1.38), (1.05, 0.72), (1.6, 0.62)), fur.line, 0.05)
    for x in (1.5, 0.5, -0.38):
        _paw(brush, x, 1.38, fur)
    _collar(brush, rng)


def _standing(brush: Brush, animal: Animal, fur: Fur, rng: random.Random) -> None:
    """Paint an animal that stands with its side towards us."""
    brush.shape(oval(1, 1.98, 1.6, 0.18), SHADOW)
    _tail(brush, animal, (1.95, 0.85), fur)
    far = Fur(mix(fur.base, INK, 0.25), mix(fur.light, INK, 0.25), fur.mark, fur.line)
    for x in (0.6, 1.55):
        _leg(brush, x, 1.2, 1.84, far)
    trunk = smooth([(-0.3, 0.4), (0.7, 0.3), (1.6, 0.35), (2.15, 0.75), (2, 1.35), (1, 1.35), (0.1, 1.5), (-0.35, 1.1)])
    _coat(brush, trunk, fur, rng)
    for x in (0.06, 1.9):
        _leg(brush, x, 1.15, 1.95, fur)
    _collar(brush, rng)


def _coat(brush: Brush, trunk: list[Point], fur: Fur, rng: random.Random) -> None:
    """Fill the trunk, with spots or stripes on some."""
    brush.shape(trunk, fur.base)
    marking = rng.choice(("plain", "plain", "spots", "stripes"))
    if marking == "spots":
        for _ in range(4):
            x, y = rng.choice(trunk)
            size = rng.uniform(0.25, 0.5)
            brush.patch(oval(x * 0.85, y * 0.95, size, size * rng.uniform(0.7, 1.2)), trunk, fur.mark)
    elif marking == "stripes":
        for x in (-1.0, 0.95, 1.35, 1.75, 2.15):
            brush.patch(oval(x, 0.75 if x > 1 else 1.6, 0.1, 0.55, 0.25), trunk, fur.mark)
    brush.shade(trunk)
    brush.outline(trunk, fur.line)


def _leg(brush: Brush, x: float, top: float, bottom: float, fur: Fur) -> None:
    brush.stroke([(x, top), (x, bottom)], fur.line, 0.56)
    brush.stroke([(x, top - 0.05), (x, bottom)], fur.base, 0.46)
    _paw(brush, x, bottom, fur)


def _paw(brush: Brush, x: float, y: float, fur: Fur) -> None:
    brush.shape(oval(x, y, 0.36, 0.2), fur.light, fur.line)
    for toe in (-0.11, 0.11):
        brush.stroke([(x + toe, y + 0.04), (x + toe, y + 0.16)], fur.line, 0.035)


def _tail(brush: Brush, animal: Animal, root: Point, fur: Fur) -> None:
    """Paint a cat's long thin tail, or a dog's short thick one."""
    x, y = root
    if animal == "cat":
        line, width = bend(root, (x + 1.1, y + 0.25), (x + 0.7, y - 1.1)), 0.22
    else:
        line, width = bend(root, (x + 0.6, y), (x + 0.7, y - 0.6)), 0.34
    brush.stroke(line, fur.line, width + 0.1)
    brush.stroke(line, fur.base, width)
    brush.stroke(line[-3:], fur.light, width)


def _collar(brush: Brush, rng: random.Random) -> None:
    """Put a collar on about a third of the animals, whichever they are."""
    if rng.random() < 0.35:
        colour = rng.choice(_COLLARS)
        brush.stroke(bend((-0.72, 0.75), (0, 1.3), (0.72, 0.75)), mix(colour, INK, 0.5), 0.24)
        brush.stroke(bend((-0.72, 0.75), (0, 1.3), (0.72, 0.75)), colour, 0.16)
        brush.shape(oval(0, 1.16, 0.15, 0.15), (250, 206, 84), (140, 96, 30))


# Heads. Same units, tilted.


def _cat_head(brush: Brush, fur: Fur, rng: random.Random) -> None:
    """Paint pointed ears, slit pupils, a small nose and whiskers."""
    tip, splay = rng.uniform(1.42, 1.6), rng.uniform(0.8, 0.96)
    inner = mix(_PINK, fur.base, rng.uniform(0, 0.25))
    for side in (-1, 1):
        ear = [(side * 0.06, -0.72), (side * splay, -tip), (side * 1.02, -0.1)]
        x, y = side * 0.7, -0.68
        brush.shape(ear, fur.base, fur.line)
        brush.shape([(x + (u - x) * 0.64, y + (v - y) * 0.68) for u, v in ear], inner)
        cheek = [(0.9, 0), (1.2, 0.34), (1.03, 0.36), (1.1, 0.6), (0.86, 0.58), (0.5, 0.7), (0.4, 0.2)]
        brush.shape([(side * u, v) for u, v in cheek], fur.base, fur.line)
    skull = smooth(both_sides([(0, -0.82), (0.55, -0.72), (0.96, -0.2), (1.0, 0.28), (0.6, 0.74), (0, 0.86)]))
    _face(brush, skull, fur, rng)
    for x in (-0.2, 0.2):
        brush.shape(oval(x, 0.47, 0.28, 0.22), fur.light)
    brush.shape(oval(0, 0.64, 0.2, 0.14), fur.light)
    _cat_eyes(brush, rng)
    brush.shape([(-0.15, 0.24), (0.15, 0.24), (0, 0.4)], (226, 108, 122), mix(fur.line, (120, 40, 50), 0.5))
    for side in (-1, 1):
        brush.stroke(bend((0, 0.4), (side * 0.06, 0.62), (side * 0.3, 0.52)), fur.line, 0.05)
        for start, end in ((0.36, 0.14), (0.46, 0.46), (0.56, 0.8)):
            brush.stroke(bend((side * 0.4, start), (side * 0.9, start - 0.1), (side * 1.5, end)), WHITE, 0.045)


def _dog_head(brush: Brush, fur: Fur, rng: random.Random) -> None:
    """Paint hanging ears, round pupils, a muzzle with a big nose and often a tongue."""
    skull = smooth(both_sides([(0, -0.86), (0.55, -0.74), (0.86, -0.2), (0.82, 0.35), (0.55, 0.85), (0, 1.0)]))
    _face(brush, skull, fur, rng)
    drop = rng.uniform(0.6, 1.05)
    flap = mix(rng.choice((fur.mark, fur.base)), rng.choice((fur.light, fur.base)), rng.uniform(0.3, 0.6))
    for side in (-1, 1):
        flop = [
            (0.34, -0.84),
            (0.95, -0.76),
            (1.3, -0.1),
            (1.4, drop * 0.8),
            (1.08, drop),
            (0.82, drop / 2),
            (0.7, -0.2),
        ]
        ear = smooth([(side * x, y) for x, y in flop])
        brush.shape(ear, flap)
        brush.shade(ear)
        brush.outline(ear, fur.line)
    _dog_eyes(brush, fur, rng)
    if rng.random() < 0.85:
        _panting(brush, rng)
    for x in (-0.27, 0.27):
        brush.shape(oval(x, 0.5, 0.36, 0.3), fur.light, fur.line)
    brush.shape(oval(0, 0.36, 0.36, 0.3), fur.light)
    brush.stroke([(0, 0.3), (0, 0.66)], fur.line, 0.05)
    for side in (-1, 1):
        for x, y in ((0.3, 0.48), (0.42, 0.56)):
            brush.shape(oval(side * x, y, 0.03, 0.03), fur.line)
    brush.shape(oval(0, 0.2, 0.3, 0.21), INK)
    brush.shape(oval(-0.1, 0.12, 0.09, 0.045), (255, 255, 255, 170))


def _panting(brush: Brush, rng: random.Random) -> None:
    """Paint an open mouth with the tongue hanging out; the muzzle comes on top of it."""
    reach, lean = rng.uniform(1.15, 1.4), rng.uniform(-0.12, 0.12)
    tongue = [(-0.22, 0.7), (0.22, 0.7), (0.27 + lean, reach - 0.18), (lean, reach), (-0.27 + lean, reach - 0.18)]
    brush.shape(oval(0, 0.72, 0.32, 0.28), _MOUTH, (84, 26, 38))
    brush.shape(smooth(tongue), _TONGUE, (150, 44, 62))
    brush.stroke([(0, 0.8), (lean * 0.7, reach - 0.2)], (196, 62, 82), 0.045)


def _face(brush: Brush, skull: list[Point], fur: Fur, rng: random.Random) -> None:
    """Fill the head, with markings that cats and dogs have alike."""
    brush.shape(skull, fur.base)
    marking = rng.choice(("plain", "plain", "blaze", "eye patch", "stripes", "mask", "spots"))
    if marking == "blaze":
        brush.patch(
            smooth([(-0.12, -1), (0.12, -1), (0.2, 0.2), (0.7, 0.9), (-0.7, 0.9), (-0.2, 0.2)]), skull, fur.light
        )
    elif marking == "eye patch":
        brush.patch(oval(0.42, -0.12, 0.42, 0.46, 0.3), skull, fur.mark)
    elif marking == "stripes":
        for x, y, long, turn in ((0, -0.7, 0.34, 0), (-0.3, -0.66, 0.28, -0.2), (0.3, -0.66, 0.28, 0.2)):
            brush.patch(oval(x, y, 0.075, long, turn), skull, fur.mark)
        for side in (-1, 1):
            for y in (0.12, 0.4):
                brush.patch(oval(side * 0.92, y, 0.26, 0.06, side * -0.2), skull, fur.mark)
    elif marking == "mask":
        brush.patch(smooth([(-1.2, -0.4), (0, -0.62), (1.2, -0.4), (1.1, 1.2), (-1.1, 1.2)]), skull, fur.mark)
    elif marking == "spots":
        for _ in range(4):
            x, y, size = rng.uniform(-0.8, 0.8), rng.uniform(-0.7, 0.7), rng.uniform(0.1, 0.24)
            brush.patch(oval(x, y, size, size * 0.9), skull, fur.mark)
    brush.shade(skull)
    brush.outline(skull, fur.line)


def _cat_eyes(brush: Brush, rng: random.Random) -> None:
    """Paint slanted bright eyes with slit pupils; a few cats smile with closed eyes."""
    iris, look, slit = rng.choice(_CAT_IRISES), rng.uniform(-0.06, 0.06), rng.uniform(0.05, 0.1)
    if _smiling(brush, rng):
        return
    for x, turn in ((-0.42, 0.25), (0.42, -0.25)):
        brush.shape(oval(x, -0.12, 0.27, 0.23, turn), iris, INK)
        brush.shape(oval(x + look, -0.12, slit, 0.2), INK)
        brush.shape(oval(x + look - 0.07, -0.2, 0.055, 0.055), WHITE)


def _dog_eyes(brush: Brush, fur: Fur, rng: random.Random) -> None:
    """Paint round eyes with round pupils and brows; a few dogs smile with closed eyes."""
    iris, look = rng.choice(_DOG_IRISES), rng.uniform(-0.05, 0.05)
    if _smiling(brush, rng):
        return
    for side in (-1, 1):
        x = side * 0.38
        brush.shape(oval(x, -0.12, 0.2, 0.23), WHITE, INK)
        brush.shape(oval(x + look, -0.1, 0.155, 0.175), iris)
        brush.shape(oval(x + look, -0.1, 0.1, 0.115), INK)
        brush.shape(oval(x + look - 0.06, -0.18, 0.055, 0.055), WHITE)
        brush.stroke(bend((side * 0.52, -0.46), (x, -0.58), (side * 0.21, -0.5)), fur.line, 0.06)


def _smiling(brush: Brush, rng: random.Random) -> bool:
    """Blush, and close the eyes of one animal in sixteen; return whether they are closed."""
    closed = rng.random() < 1 / 16
    for x in (-0.42, 0.42):
        brush.shape(oval(x * 1.4, 0.28, 0.15, 0.1), (*_PINK, 90))
        if closed:
            brush.stroke(bend((x - 0.18, -0.06), (x, -0.32), (x + 0.18, -0.06)), INK, 0.07)
    return closed
