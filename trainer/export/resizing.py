"""Pillow's BILINEAR resizing as ONNX operators, to the last bit.

ONNX has an operator Resize with antialiasing, and ONNX Runtime made it after Pillow's; but its weights are less
precise, so that values in the middle between two levels are often rounded to the other one, which moved probabilities
by up to 0.001. Here the weights are computed as in Pillow's Resample.c, in float64 and then as whole numbers with 22
bits behind the point. Sums of whole numbers are exact.
"""

from typing import NamedTuple, Self

import numpy as np

from trainer.export.graph import Graph
from trainer.export.onnx_format import Kind

# Bits behind the point of Pillow's weights: 32, less those of a pixel and two to spare.
_ONE = 1 << 22


class Span(NamedTuple):
    """What of a side is resized: names in a graph."""

    first: str
    """Where it begins, in pixels, float64 []."""
    length: str
    """Float64 []."""
    side: str
    """How many pixels the whole side has, int64 [1]: those beyond the ends count too where they are near."""

    @classmethod
    def whole(cls, graph: Graph, pixels: str, axis: int) -> Self:
        """Return the whole of a side."""
        side = sides(graph, pixels)[axis]
        return cls(_number(graph, 0), graph.cast(graph.add("Squeeze", side), Kind.DOUBLE), side)

    @classmethod
    def fixed(cls, graph: Graph, begin: float, end: float, side: int) -> Self:
        """Return a part of a side whose length is known."""
        first, last = np.float32(begin), np.float32(end)  # as Pillow holds them
        return cls(_number(graph, float(first)), _number(graph, float(last - first)), graph.constant([side]))


def sides(graph: Graph, pixels: str) -> tuple[str, str]:
    """Return height and width of pixels [H, W, 3], int64 [1] each."""
    shape = graph.add("Shape", pixels)
    height, width = (graph.add("Gather", shape, graph.constant([axis]), axis=0) for axis in (0, 1))
    return height, width


def one_pass(graph: Graph, pixels: str, axis: int, size: int, span: Span) -> str:
    """Return pixels, uint8 [H, W, 3], with the height (axis 0) or width (axis 1) of the span resized to `size`.

    Where the photo gets smaller, a pixel is the mean of all that fall on it, weighted by a triangle as wide as two.
    """
    if axis == 0:
        return _rows(graph, pixels, size, span)
    turned = graph.add("Transpose", pixels, perm=(1, 0, 2))  # rows lie together in memory
    return graph.add("Transpose", _rows(graph, turned, size, span), perm=(1, 0, 2))


def _rows(graph: Graph, pixels: str, size: int, span: Span) -> str:
    """Return pixels [N, M, 3] with the span of N resized to `size`."""
    # Names as in Pillow's precompute_coeffs.
    scale = graph.add("Div", span.length, _number(graph, size))
    filter_scale = filter_scale_of(graph, scale)
    places = graph.add("Add", graph.constant(np.arange(size, dtype=np.float64)), _number(graph, 0.5))
    center = graph.add("Add", span.first, graph.add("Mul", places, scale))
    low = graph.add("Add", graph.add("Sub", center, filter_scale), _number(graph, 0.5))
    xmin = graph.cast(graph.add("Max", low, _number(graph, 0)), Kind.INT64)  # [size]
    taps = graph.cast(graph.add("Ceil", filter_scale), Kind.INT64)
    taps = graph.add("Add", graph.add("Add", taps, taps), graph.constant(1))
    tap = graph.add("Unsqueeze", graph.add("Range", graph.constant(0), taps, graph.constant(1)), graph.constant([1]))
    weights, sources = _weights(graph, center, filter_scale, graph.add("Add", xmin, tap), span.side)
    column = graph.constant([-1, 1, 1])

    def add_tap(body: Graph, tap: str, total: str) -> str:
        seen = body.add("Gather", pixels, body.add("Gather", sources, tap, axis=0), axis=0)
        weight = body.add("Reshape", body.add("Gather", weights, tap, axis=0), column)
        return body.add("Add", total, body.add("Mul", body.cast(seen, Kind.INT32), weight))

    half = graph.constant(np.full((1, 1, 1), _ONE // 2, dtype=np.int32))
    shape = graph.add("Concat", graph.constant([size]), sides(graph, pixels)[1], graph.constant([3]), axis=0)
    start = graph.add("Expand", half, shape)
    total = graph.repeat(taps, start, Kind.INT32, add_tap)
    return graph.cast(graph.add("Div", total, graph.constant(np.array(_ONE, dtype=np.int32))), Kind.UINT8)


def filter_scale_of(graph: Graph, scale: str) -> str:
    """Return how many pixels wide half of the triangle is: the antialiasing."""
    return graph.add("Max", scale, _number(graph, 1))


def _weights(graph: Graph, center: str, filter_scale: str, source: str, side: str) -> tuple[str, str]:
    """Return the weights of pixels, int32, and the pixels, for their numbers `source`: all are [taps, size]."""
    middle = graph.add("Add", graph.add("Sub", graph.cast(source, Kind.DOUBLE), center), _number(graph, 0.5))
    away = graph.add("Abs", graph.add("Mul", middle, graph.add("Div", _number(graph, 1), filter_scale)))
    weight = graph.add("Max", graph.add("Sub", _number(graph, 1), away), _number(graph, 0))
    weight = graph.add("Where", graph.add("Less", source, side), weight, _number(graph, 0))
    share = graph.add("Div", weight, graph.add("ReduceSum", weight, graph.constant([0])))
    rounded = graph.add("Add", graph.add("Mul", share, _number(graph, _ONE)), _number(graph, 0.5))
    last = graph.add("Sub", side, graph.constant([1]))
    return graph.cast(rounded, Kind.INT32), graph.add("Min", source, last)


def _number(graph: Graph, value: float) -> str:
    return graph.constant(np.array(value, dtype=np.float64))
