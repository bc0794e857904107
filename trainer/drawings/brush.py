"""What the practice dataset is drawn with: colours, a few curves, and a brush with its own units."""

import math
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw

Colour = tuple[int, int, int]
Ink = tuple[int, int, int] | tuple[int, int, int, int]  # the fourth number is the opacity, 0 to 255
Point = tuple[float, float]

WHITE, INK = (255, 255, 255), (38, 28, 30)
SHADOW: Ink = (30, 20, 30, 56)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Return the colour that lies `share` (0 to 1) of the way from `one` to `other`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def oval(x: float, y: float, rx: float, ry: float, turn: float = 0) -> list[Point]:
    """Return an ellipse around (x, y), turned by `turn` radians."""
    cos, sin = math.cos(turn), math.sin(turn)
    steps = 20 if max(rx, ry) < 0.25 else 40  # small ones look as round with fewer corners
    ring = [(rx * math.cos(math.tau * i / steps), ry * math.sin(math.tau * i / steps)) for i in range(steps)]
    return [(x + u * cos - v * sin, y + u * sin + v * cos) for u, v in ring]


def bend(start: Point, pull: Point, end: Point) -> list[Point]:
    """Return a quadratic Bezier curve from `start` to `end`, drawn towards `pull`."""
    shares = [((1 - t) ** 2, 2 * t * (1 - t), t * t) for t in (i / 12 for i in range(13))]
    return [(a * start[0] + b * pull[0] + c * end[0], a * start[1] + b * pull[1] + c * end[1]) for a, b, c in shares]


def smooth(corners: Sequence[Point]) -> list[Point]:
    """Return a closed curve through all `corners` (Catmull-Rom spline)."""
    curve = []
    for i, (bx, by) in enumerate(corners):
        (ax, ay), (cx, cy), (dx, dy) = corners[i - 1], corners[(i + 1) % len(corners)], corners[(i + 2) % len(corners)]
        for t in (0, 1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6):
            wa, wb = t * (t * (2 - t) - 1) / 2, (t * t * (3 * t - 5) + 2) / 2
            wc, wd = t * (t * (4 - 3 * t) + 1) / 2, t * t * (t - 1) / 2
            curve.append((ax * wa + bx * wb + cx * wc + dx * wd, ay * wa + by * wb + cy * wc + dy * wd))
    return curve


def both_sides(right: list[Point]) -> list[Point]:
    """Complete a symmetric outline whose right half goes from the top middle to the bottom middle."""
    return right + [(-x, y) for x, y in right[-2:0:-1]]


class Brush:
    """Draws on a canvas in units of its own: around `origin`, `scale` pixels a unit, turned by `tilt` radians.

    y points down. `flip` -1 mirrors left and right, so that every pose looks both ways.
    """

    def __init__(self, canvas: Image.Image, origin: Point, scale: float, tilt: float = 0, flip: int = 1) -> None:
        self._canvas = canvas
        self._pen = ImageDraw.Draw(canvas, "RGBA")  # in this mode a translucent colour blends with what is there
        self._origin, self._scale, self._flip = origin, scale, flip
        self._cos, self._sin = math.cos(tilt) * scale, math.sin(tilt) * scale

    def shape(self, points: Sequence[Point], fill: Ink, line: Ink | None = None) -> None:
        """Fill a shape, and draw its outline where `line` is given."""
        self._pen.polygon(self._place(points), fill)
        if line is not None:
            self.outline(points, line)

    def outline(self, points: Sequence[Point], line: Ink, width: float = 0.05) -> None:
        """Draw round a shape."""
        self.stroke([*points, points[0], points[1]], line, width)

    def stroke(self, points: Sequence[Point], line: Ink, width: float) -> None:
        """Draw an open line with round ends and corners."""
        placed = self._place(points)
        pixels = max(1, round(width * self._scale))
        self._pen.line(placed, line, pixels)
        # Pillow leaves notches where thick segments meet. Its own joints are slow, and between the short segments of
        # a thin curve nobody sees them.
        if pixels > 3:
            cornered = len(placed) < 12 or pixels > 12
            for x, y in placed if cornered else (placed[0], placed[-1]):
                self._pen.ellipse((x - pixels / 2, y - pixels / 2, x + pixels / 2 - 1, y + pixels / 2 - 1), line)

    def patch(self, points: Sequence[Point], inside: Sequence[Point], fill: Colour) -> None:
        """Fill only that part of a shape which lies on the shape `inside`."""
        self._paste(ImageChops.darker(*self._masks(inside, points)), inside, fill)

    def shade(self, points: Sequence[Point], strength: float = 0.2) -> None:
        """Darken a shape's right and lower rim, as light from the upper left would."""
        shifted = [(x - 0.12 * self._flip, y - 0.12) for x, y in points]
        whole, lit = self._masks(points, shifted)
        rim = ImageChops.subtract(whole, lit).point([round(i * strength) for i in range(256)])
        self._paste(rim, points, INK)

    def _place(self, points: Sequence[Point]) -> list[Point]:
        """Turn points of our own units into pixels."""
        ox, oy = self._origin
        cos, sin, flip = self._cos, self._sin, self._flip
        return [(ox + flip * x * cos - y * sin, oy + flip * x * sin + y * cos) for x, y in points]

    def _frame(self, points: Sequence[Point]) -> tuple[int, int, int, int]:
        """Return the left, top, right and lower border of a shape in whole pixels, on the canvas."""
        xs, ys = zip(*self._place(points), strict=True)
        left, top = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
        right, bottom = min(self._canvas.width, math.ceil(max(xs))), min(self._canvas.height, math.ceil(max(ys)))
        return left, top, max(left + 1, right), max(top + 1, bottom)

    def _masks(self, inside: Sequence[Point], other: Sequence[Point]) -> tuple[Image.Image, Image.Image]:
        """Return two shapes as masks that cover the frame of the first."""
        left, top, right, bottom = self._frame(inside)
        masks = (Image.new("L", (right - left, bottom - top)), Image.new("L", (right - left, bottom - top)))
        for mask, points in zip(masks, (inside, other), strict=True):
            ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in self._place(points)], 255)
        return masks

    def _paste(self, mask: Image.Image, inside: Sequence[Point], fill: Colour) -> None:
        left, top, *_ = self._frame(inside)
        self._canvas.paste(fill, (left, top, left + mask.width, top + mask.height), mask)
