"""From the decoded photo to what the network sees, as ONNX operators: CatDog's own arithmetic, step by step.

The counterpart of `trainer.dataset.photo.photo_pixels` and `closer_look.cut_into_parts`. Pixels are uint8 [H, W, 3].
"""

from collections.abc import Sequence

from trainer.export.graph import Graph
from trainer.export.jpeg_scale import scaled_as_jpeg
from trainer.export.onnx_format import Kind
from trainer.export.resizing import Span, one_pass, sides
from trainer.inference.closer_look import ENLARGED, PARTS


def photo_pixels(graph: Graph, photo: str, jpeg: str, size: int) -> str:
    """Return the photo at `size`, uint8 [size, size, 3]. `jpeg` is a bool []: whether it comes from a JPEG file."""
    return _resized(graph, scaled_as_jpeg(graph, photo, jpeg, size), size)


def to_images(graph: Graph, pixels: str) -> str:
    """Return pixels, uint8 [N, S, S, 3], as float32 [N, 3, S, S] in [0, 1]."""
    channels_first = graph.add("Transpose", graph.cast(pixels, Kind.FLOAT), perm=(0, 3, 1, 2))
    return graph.add("Div", channels_first, graph.constant(255.0))


def batch(graph: Graph, pixels: Sequence[str]) -> str:
    """Return photos [S, S, 3] as one array [N, S, S, 3]."""
    return graph.add("Concat", *(graph.add("Unsqueeze", one, graph.constant([0])) for one in pixels), axis=0)


def cut_into_parts(graph: Graph, enlarged: str, size: int) -> str:
    """Return the parts of a photo, uint8 [9, size, size, 3], for the photo at twice that size."""
    return batch(graph, [_part(graph, enlarged, box, size) for box in PARTS])


def _part(graph: Graph, enlarged: str, box: Sequence[float], size: int) -> str:
    left, top, right, bottom = (share * ENLARGED * size for share in box)
    narrow = one_pass(graph, enlarged, 1, size, Span.fixed(graph, left, right, ENLARGED * size))
    return one_pass(graph, narrow, 0, size, Span.fixed(graph, top, bottom, ENLARGED * size))


def _resized(graph: Graph, photo: str, size: int) -> str:
    """Return a photo with both sides resized to `size`.

    Pillow (13; found by trying) resizes the height first where that leaves clearly less work for the width, and else
    the width. Each pass rounds to whole numbers, so the order matters.
    """
    higher, wider = (graph.add("Sub", side, graph.constant([size])) for side in sides(graph, photo))
    least = graph.add("Max", graph.add("Mul", wider, graph.constant([2])), graph.constant([0]))
    branches = []
    for axes in ((0, 1), (1, 0)):
        branch, pixels = graph.branch(), photo
        for axis in axes:
            pixels = one_pass(branch, pixels, axis, size, Span.whole(branch, pixels, axis))
        branches.append((branch, [pixels]))
    return graph.choose(graph.add("Squeeze", graph.add("Greater", higher, least)), *branches)[0]
