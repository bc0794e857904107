"""Charts as inline SVG. Colours, dashes and type sizes are those of the report's style sheet, by class name."""

import math
from collections.abc import Iterator, Sequence

import msgspec
from markupsafe import Markup

Point = tuple[float, float]

# In the units of the drawing, which is as wide as its column: on a phone they are a little less than a pixel.
WIDTH, HEIGHT = 420, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 20, 30, 42
_TICKS = 5


class Axis(msgspec.Struct, frozen=True, kw_only=True):
    """What one direction of a chart means."""

    title: str
    low: float
    high: float
    percent: bool = False
    """Whether the values are fractions, shown in percent."""
    whole: bool = False
    """Whether there is nothing between whole numbers."""

    def place(self, value: float) -> float:
        """Return where a value lies between the ends of the axis, 0 to 1."""
        span = self.high - self.low
        return min(1.0, max(0.0, (value - self.low) / span)) if span else 0.5

    def ticks(self) -> list[float]:
        """Return a handful of round numbers from one end to the other."""
        span = self.high - self.low
        if not 0 < span < math.inf:
            return [self.low]
        rough = span / _TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
        step = max(1.0, round(step)) if self.whole else step
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]

    def written(self, value: float) -> str:
        """Return a tick's number as it is shown."""
        return f"{100 * value:.4g} %" if self.percent else f"{value:.4g}"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line through points, in the look of a class of the style sheet."""

    points: Sequence[Point]
    look: str
    name: str = ""
    """In the legend; without one it has no place there."""
    dots: bool = False
    """Whether the points are marked, and not joined. A single point always is."""


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """An upright line from one value to another, such as an interval."""

    x: float
    low: float
    high: float


def chart(
    lines: Sequence[Line],
    *,
    x: Axis,
    y: Axis,
    name: str,
    bars: Sequence[Bar] = (),
    rings: Sequence[Point] = (),
) -> Markup:
    """Return a chart as an SVG element. `name` is what a screen reader says of it; `rings` stand out."""
    parts = [
        *_grid(x, y),
        *(_bar(bar, x, y) for bar in bars),
        *(part for line in lines for part in _line(line, x, y)),
        *(_dot(point, x, y, "ring", 5.5) for point in rings),
        *_legend([line for line in lines if line.name]),
    ]
    opening = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(WIDTH, HEIGHT, name)
    return Markup("\n").join([opening, *parts, Markup("</svg>")])


def _grid(x: Axis, y: Axis) -> Iterator[Markup]:
    left, bottom = _x(x.low, x), _y(y.low, y)
    right, top = WIDTH - _RIGHT, _TOP
    for value in y.ticks():
        place = _y(value, y)
        yield Markup('<path class="grid" d="M{:.1f} {:.1f}H{:.1f}"/>').format(left, place, right)
        yield _words(y.written(value), left - 7, place + 4, "end")
    for value in x.ticks():
        yield _words(x.written(value), _x(value, x), bottom + 18, "middle")
    yield Markup('<path class="axis" d="M{:.1f} {:.1f}V{:.1f}H{:.1f}"/>').format(left, top, bottom, right)
    yield _words(x.title, (left + right) / 2, HEIGHT - 5, "middle")
    yield _words(y.title, 2, 14, "start")


def _line(line: Line, x: Axis, y: Axis) -> Iterator[Markup]:
    places = [f"{_x(across, x):.1f} {_y(up, y):.1f}" for across, up in line.points]
    if len(places) > 1 and not line.dots:
        yield Markup('<path class="line {}" d="M{}"/>').format(line.look, "L".join(places))
    else:
        yield from (_dot(point, x, y, f"dot {line.look}", 3.5) for point in line.points)


def _bar(bar: Bar, x: Axis, y: Axis) -> Markup:
    low, high = _y(bar.low, y), _y(bar.high, y)
    return Markup('<path class="bar" d="M{:.1f} {:.1f}V{:.1f}"/>').format(_x(bar.x, x), low, high)


def _dot(point: Point, x: Axis, y: Axis, look: str, radius: float) -> Markup:
    return Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="{}"/>').format(
        look, _x(point[0], x), _y(point[1], y), radius
    )


def _legend(lines: Sequence[Line]) -> Iterator[Markup]:
    """Draw a sample of each line with its name, from the right end to the left."""
    place = float(WIDTH - _RIGHT)
    for line in reversed(lines):
        yield _words(line.name, place, 14, "end")
        place -= 7.0 * len(line.name) + 8
        if line.dots:
            yield Markup('<circle class="dot {}" cx="{:.1f}" cy="10" r="3.5"/>').format(line.look, place - 4)
            place -= 8 + 14
        else:
            yield Markup('<path class="line {}" d="M{:.1f} 10H{:.1f}"/>').format(line.look, place - 30, place)
            place -= 30 + 14


def _words(words: str, x: float, y: float, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(x, y, anchor, words)


def _x(value: float, axis: Axis) -> float:
    return _LEFT + axis.place(value) * (WIDTH - _LEFT - _RIGHT)


def _y(value: float, axis: Axis) -> float:
    return HEIGHT - _BOTTOM - axis.place(value) * (HEIGHT - _TOP - _BOTTOM)
