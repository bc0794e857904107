"""The smaller scale at which CatDog decodes large JPEG files (`photo.open_photo`), as ONNX operators."""

from trainer.export.graph import Graph
from trainer.export.onnx_format import Kind
from trainer.export.resizing import sides


def scaled_as_jpeg(graph: Graph, photo: str, jpeg: str, size: int) -> str:
    """Return a photo, uint8 [H, W, 3], at the scale at which CatDog decodes it before it is resized to `size`.

    That is 1/8, 1/4 or 1/2 where a JPEG file stays large enough. The decoder (libjpeg-turbo's jidctred.c) then gives
    the means of 8, 4 or 2 pixels either way, but for rounding, and for colours where they are stored more coarsely than
    brightness: on average of real photos, a level is off by 0.3.
    """
    height, width = (graph.add("Div", side, graph.constant([size])) for side in sides(graph, photo))
    fits = graph.add("Min", height, width)
    is_larger = graph.add("And", jpeg, graph.add("Squeeze", graph.add("Greater", fits, graph.constant([1]))))
    yes, no = graph.branch(), graph.branch()
    return graph.choose(is_larger, (yes, [_scaled(yes, photo, fits)]), (no, [photo]))[0]


def _scaled(graph: Graph, photo: str, fits: str) -> str:
    """Return a photo at the scale at which it stays as large as wanted, which it is `fits` times, at least 2."""
    scale = graph.constant([8])
    for limit, smaller in ((8, 4), (4, 2)):
        is_below = graph.add("Less", fits, graph.constant([limit]))
        scale = graph.add("Where", is_below, graph.constant([smaller]), scale)
    missing, counts = [], []
    for side in sides(graph, photo):  # up to whole squares
        missing.append(graph.add("Mod", graph.add("Neg", side), scale))
        counts.append(graph.add("Div", graph.add("Add", side, missing[-1]), scale))
    pads = graph.add("Concat", graph.constant([0, 0, 0]), *missing, graph.constant([0]), axis=0)
    pixels = graph.cast(graph.add("Pad", photo, pads, mode="edge"), Kind.FLOAT)

    any_number, colours = graph.constant([-1]), graph.constant([3])
    across = graph.add("Mul", graph.add("Mul", counts[1], scale), colours)
    pixels = _means(graph, _reshaped(graph, pixels, any_number, scale, across))  # [rows, 3 W]
    pixels = _means(graph, _reshaped(graph, pixels, any_number, scale, colours))  # [rows * columns, 3]
    pixels = _reshaped(graph, pixels, any_number, counts[1], colours)
    return graph.cast(graph.add("Round", pixels), Kind.UINT8)


def _means(graph: Graph, values: str) -> str:
    return graph.add("ReduceMean", values, graph.constant([1]), keepdims=0)


def _reshaped(graph: Graph, values: str, *shape: str) -> str:
    return graph.add("Reshape", values, graph.add("Concat", *shape, axis=0))
