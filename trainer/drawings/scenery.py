"""Backgrounds of the practice dataset: meadows, rooms, carpets and backdrops, the same chances for both animals."""

import math
import random
from functools import lru_cache

from PIL import Image

from trainer.drawings.brush import INK, SHADOW, WHITE, Brush, Colour, Point, mix, oval, smooth

# Origin: the upper left corner; unit: the height, so x runs from 0 to `wide`.

# Dark colours: the animals stand out, and a network whose inputs run from 0 to 1 learns slowly where most are bright.
_WALLS: tuple[Colour, ...] = (
    (36, 84, 94), (84, 52, 88), (42, 58, 104), (122, 64, 54), (44, 80, 64), (88, 64, 54), (106, 44, 60), (62, 68, 84),
)  # fmt: skip
_NIGHT: Colour = (10, 8, 22)
_FLOORS: tuple[Colour, ...] = ((102, 66, 46), (72, 50, 42), (120, 86, 58), (58, 56, 68))
_BRIGHT: tuple[Colour, ...] = (
    (196, 62, 64), (52, 108, 176), (214, 156, 52), (66, 140, 96), (128, 80, 164), (206, 108, 56),
)  # fmt: skip
_PETALS: tuple[Colour, ...] = ((232, 232, 240), (236, 196, 84), (220, 110, 140), (164, 124, 210))
# The sky's upper and lower colour, by day, in the evening and at night.
_SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((28, 78, 134), (84, 146, 180)), ((66, 44, 102), (208, 112, 92)), ((16, 22, 54), (52, 66, 118)),
)  # fmt: skip


def paint_scene(canvas: Image.Image, rng: random.Random) -> None:
    """Cover the canvas with a meadow, a room, a carpet or plain colours, and leave some things lying about."""
    brush = Brush(canvas, (0, 0), canvas.height)
    wide = canvas.width / canvas.height
    rng.choice((_meadow, _room, _carpet, _plain))(canvas, brush, wide, rng)
    for _ in range(rng.choice((0, 1, 1, 2))):
        rng.choice((_ball, _ball, _plant, _cushion))(brush, rng.choice((0.08, 0.92)) * wide, rng)
    canvas.paste(_NIGHT, (0, 0, *canvas.size), _vignette(*canvas.size))


@lru_cache(maxsize=2)
def _vignette(width: int, height: int) -> Image.Image:
    """Return the mask that darkens a scene, its corners most, so that the animal seems to stand in lamplight."""
    return Image.radial_gradient("L").point([round(50 + i * 0.5) for i in range(256)]).resize((width, height))


def _gradient(canvas: Image.Image, above: Colour, below: Colour, top: float, bottom: float) -> None:
    """Fill the canvas between two heights (0 to 1) with colours that flow into each other downwards."""
    first, last = round(top * canvas.height), round(bottom * canvas.height)
    # A column one pixel wide, widened: many times faster than mixing two colours over the whole canvas.
    column = (1, max(1, last - first))
    flow = Image.linear_gradient("L").resize(column)
    strip = Image.composite(Image.new("RGB", column, below), Image.new("RGB", column, above), flow)
    canvas.paste(strip.resize((canvas.width, column[1]), Image.Resampling.NEAREST), (0, first))


def _meadow(canvas: Image.Image, brush: Brush, wide: float, rng: random.Random) -> None:
    horizon = rng.uniform(0.45, 0.7)
    above, below = rng.choice(_SKIES)
    _gradient(canvas, above, below, 0, horizon + 0.1)
    if rng.random() < 0.5:
        x, y = rng.uniform(0.1, 0.9) * wide, rng.uniform(0.1, 0.25)
        brush.shape(oval(x, y, 0.12, 0.12), (255, 240, 190, 60))
        brush.shape(oval(x, y, 0.075, 0.075), (246, 216, 120))
    for _ in range(rng.randint(0, 3)):
        _cloud(brush, rng.uniform(0, wide), rng.uniform(0.06, 0.35), rng.uniform(0.05, 0.09), mix(below, WHITE, 0.3))
    green = mix((58, 112, 56), (38, 88, 66), rng.random())
    for x in (rng.uniform(0, 0.4) * wide, rng.uniform(0.6, 1) * wide):
        brush.shape(oval(x, horizon + 0.2, 0.7, rng.uniform(0.24, 0.36)), mix(green, below, 0.4))
    _gradient(canvas, mix(green, WHITE, 0.06), mix(green, INK, 0.35), horizon + 0.06, 1)
    for _ in range(22):
        x, y = rng.uniform(0, wide), rng.uniform(horizon + 0.1, 1)
        brush.stroke([(x, y), (x + rng.uniform(-0.02, 0.02), y - 0.045)], mix(green, WHITE, 0.14), 0.008)
    for _ in range(rng.randint(0, 9)):
        x, y, petal = rng.uniform(0, wide), rng.uniform(horizon + 0.12, 1), rng.choice(_PETALS)
        for turn in range(5):
            brush.shape(
                oval(x + 0.016 * math.cos(turn * 1.257), y + 0.016 * math.sin(turn * 1.257), 0.012, 0.012), petal
            )
        brush.shape(oval(x, y, 0.01, 0.01), (240, 170, 50))


def _cloud(brush: Brush, x: float, y: float, size: float, colour: Colour) -> None:
    for dx, dy, share in ((-1.3, 0.3, 0.75), (0, 0, 1.1), (1.3, 0.3, 0.8), (0.5, 0.45, 0.9), (-0.5, 0.45, 0.8)):
        brush.shape(oval(x + dx * size, y + dy * size, size * share, size * share * 0.8), colour)


def _room(canvas: Image.Image, brush: Brush, wide: float, rng: random.Random) -> None:
    wall, skirting = rng.choice(_WALLS), rng.uniform(0.66, 0.8)
    _wall(canvas, brush, wide, wall, rng)
    _window(brush, rng.choice((0.2, 0.5, 0.8)) * wide, rng)
    floor = rng.choice(_FLOORS)
    _gradient(canvas, mix(floor, WHITE, 0.1), mix(floor, INK, 0.15), skirting, 1)
    for i in range(-3, 9):
        x = i * wide / 5
        brush.stroke([(x, skirting), (x + (x - wide / 2) * 0.5, 1)], mix(floor, INK, 0.22), 0.006)
    brush.shape(_box(0, skirting - 0.04, wide, skirting), mix(wall, WHITE, 0.25), mix(wall, INK, 0.4))


def _wall(canvas: Image.Image, brush: Brush, wide: float, wall: Colour, rng: random.Random) -> None:
    """Paper the whole canvas: plain, striped or dotted."""
    _gradient(canvas, mix(wall, WHITE, 0.1), mix(wall, INK, 0.2), 0, 1)
    paper = rng.choice(("plain", "stripes", "dots"))
    light = (*mix(wall, WHITE, 0.3), 80)
    if paper == "stripes":
        for i in range(9):
            x = i * wide / 8
            brush.shape(_box(x - 0.035, 0, x + 0.035, 1), light)
    elif paper == "dots":
        for row in range(7):
            for column in range(9):
                x = (column + row % 2 / 2) * wide / 8
                brush.shape(oval(x, 0.08 + row * 0.14, 0.018, 0.018), light)


def _window(brush: Brush, x: float, rng: random.Random) -> None:
    night = rng.random() < 0.4
    sky = (28, 34, 76) if night else (92, 148, 184)
    left, top, right, bottom = x - 0.24, 0.07, x + 0.24, 0.56
    brush.shape(_box(left, top, right, bottom), sky)
    if night:
        brush.shape(oval(x + 0.12, 0.17, 0.05, 0.05), (240, 226, 176))
    else:
        _cloud(brush, x + 0.02, 0.22, 0.05, (176, 206, 222))
        brush.patch(oval(x - 0.1, 0.62, 0.3, 0.18), _box(left, top, right, bottom), (64, 116, 70))
    frame = (196, 180, 160)
    for line in ([(x, top), (x, bottom)], [(left, 0.3), (right, 0.3)]):
        brush.stroke(line, frame, 0.02)
    brush.outline(_box(left, top, right, bottom), frame, 0.035)
    curtain = rng.choice(_BRIGHT)
    for side in (-1, 1):
        edge = x + side * 0.3
        drape = [
            (edge, 0.04),
            (edge - side * 0.15, 0.04),
            (edge - side * 0.05, 0.36),
            (edge - side * 0.09, 0.62),
            (edge, 0.62),
        ]
        brush.shape(drape, mix(curtain, INK, 0.3))
    brush.stroke([(x - 0.34, 0.04), (x + 0.34, 0.04)], (92, 62, 46), 0.018)


def _carpet(canvas: Image.Image, brush: Brush, wide: float, rng: random.Random) -> None:
    _wall(canvas, brush, wide, rng.choice(_WALLS), rng)
    floor = rng.choice(_FLOORS)
    edge = rng.uniform(0.48, 0.62)
    _gradient(canvas, mix(floor, WHITE, 0.12), mix(floor, INK, 0.12), edge, 1)
    one, other = rng.sample(_BRIGHT, 2)
    x = rng.uniform(0.4, 0.6) * wide
    for share, colour in ((1, one), (0.86, mix(one, WHITE, 0.4)), (0.78, other), (0.5, mix(other, WHITE, 0.3))):
        brush.shape(oval(x, 0.85, 0.62 * share, 0.22 * share), mix(colour, INK, 0.35))


def _plain(canvas: Image.Image, brush: Brush, wide: float, rng: random.Random) -> None:
    """Paint a photographer's backdrop: two soft colours and some blurred lights."""
    _gradient(canvas, mix(rng.choice(_WALLS), WHITE, 0.12), mix(rng.choice(_BRIGHT), rng.choice(_WALLS), 0.7), 0, 1)
    for _ in range(rng.randint(0, 8)):
        size = rng.uniform(0.04, 0.16)
        brush.shape(oval(rng.uniform(0, wide), rng.uniform(0, 1), size, size), (255, 255, 255, 22))


def _box(left: float, top: float, right: float, bottom: float) -> list[Point]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _ball(brush: Brush, x: float, rng: random.Random) -> None:
    colour, y, size = rng.choice(_BRIGHT), rng.uniform(0.84, 0.92), rng.uniform(0.06, 0.09)
    ball = oval(x, y, size, size)
    brush.shape(oval(x, y + size, size, size * 0.22), SHADOW)
    brush.shape(ball, colour)
    brush.patch(oval(x, y, size * 0.4, size * 1.1, 0.6), ball, mix(colour, WHITE, 0.7))
    brush.outline(ball, mix(colour, INK, 0.6), 0.01)


def _plant(brush: Brush, x: float, rng: random.Random) -> None:
    pot, leaf = rng.choice(_BRIGHT), mix((46, 104, 62), (92, 134, 60), rng.random())
    for turn in (-0.9, -0.45, 0, 0.45, 0.9):
        tip = (x + 0.26 * math.sin(turn), 0.74 - 0.26 * math.cos(turn))
        brush.shape(oval((x + tip[0]) / 2, (0.76 + tip[1]) / 2, 0.04, 0.14, turn), leaf, mix(leaf, INK, 0.5))
    rim = [(x - 0.1, 0.75), (x + 0.1, 0.75), (x + 0.07, 0.95), (x - 0.07, 0.95)]
    brush.shape(rim, mix(pot, WHITE, 0.15), mix(pot, INK, 0.5))


def _cushion(brush: Brush, x: float, rng: random.Random) -> None:
    colour = rng.choice(_BRIGHT)
    pad = smooth(
        [
            (x - 0.2, 0.76),
            (x, 0.79),
            (x + 0.2, 0.76),
            (x + 0.17, 0.86),
            (x + 0.2, 0.97),
            (x - 0.2, 0.97),
            (x - 0.17, 0.86),
        ]
    )
    brush.shape(pad, mix(colour, WHITE, 0.3))
    brush.outline(pad, mix(colour, INK, 0.5), 0.012)
    brush.shape(oval(x, 0.865, 0.02, 0.02), mix(colour, INK, 0.3))
