"""What all plots share: axes of whole epochs, plain numbers or percent, a still surface, and the theme's colours."""

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt

from catdog_gui.look import theme
from catdog_gui.look.language import number
from catdog_gui.look.words import percent

# Of an axis at the left: a label that does not fit is not drawn at all.
_NUMBERS, _PERCENT = 46, 58


class EpochAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no annotations
    """Ticks at whole epochs alone."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return (spacing, places) of one level of ticks."""
        span = max(high - low, 1e-9)
        # 45 pixels keep four digits apart.
        wanted = max(span / max(size / 45, 1), 1)
        step = next((step for step in _steps() if step >= wanted), wanted)
        first = -int(-low // step) * step
        places = [first + number * step for number in range(int((high - first) // step) + 1)]
        return [(step, [place for place in places if place >= 0])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the epochs' numbers."""
        return [number(value) for value in values]


class ValueAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no annotations
    """Numbers, or fractions written as percentages."""

    def __init__(self, orientation: str, *, in_percent: bool, **options: Any) -> None:
        self._in_percent = in_percent
        super().__init__(orientation, **options)
        if orientation in ("left", "right"):
            self.setWidth(_PERCENT if in_percent else _NUMBERS)
        self.enableAutoSIPrefix(False)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return the major ticks; minor ones would only be grey noise here."""
        levels: list[tuple[float, list[float]]] = super().tickValues(low, high, size)[:1]
        if not self._in_percent:
            return levels
        return [(spacing, [place for place in places if place <= 1.0 + 1e-9]) for spacing, places in levels]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the values in words, with as many digits as the spacing needs."""
        if self._in_percent:
            digits = 0 if spacing >= 0.01 - 1e-9 else 1
            return [percent(value, digits) for value in values]
        digits = 1 if spacing >= 0.1 - 1e-9 else 2 if spacing >= 0.01 - 1e-9 else 3
        return [number(value, digits) for value in values]


def keep_still(plot: pg.PlotWidget) -> None:
    """Take a plot's frame, buttons, menu and mouse away: a stray drag would move it out of sight."""
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.setFrameShape(plot.Shape.NoFrame)
    item = plot.getPlotItem()
    item.hideButtons()
    item.setMenuEnabled(False)
    item.setMouseEnabled(x=False, y=False)


def colour_axes(plot: pg.PlotWidget) -> None:
    """Give a plot's ground and axes the theme's colours."""
    colours = theme.colours()
    plot.setBackground(colours.surface)
    for side in ("left", "bottom"):
        axis = plot.getPlotItem().getAxis(side)
        axis.setPen(pg.mkPen(colours.border))
        axis.setTextPen(pg.mkPen(colours.muted))


def _steps() -> list[float]:
    return [factor * 10.0**power for power in range(5) for factor in (1, 2, 5)]
