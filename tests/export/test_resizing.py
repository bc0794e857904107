"""Exports read a photo as CatDog does: to the last bit, whatever its size."""

import io
from collections.abc import Callable

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from trainer.dataset.photo import open_photo, photo_pixels
from trainer.drawings.drawing import draw
from trainer.export import onnx_format, reading
from trainer.export.graph import Graph
from trainer.export.onnx_format import Kind, Value
from trainer.inference import closer_look

SIZE = 40
# Wide and high, larger and smaller, hardly and much, and one pixel thin.
SIZES = [(300, 400), (400, 300), (41, 97), (97, 41), (SIZE, SIZE), (80, 80), (20, 30), (1, 900), (900, 1), (1, 1)]


def session(write: Callable[[Graph], str], *inputs: Value) -> onnxruntime.InferenceSession:
    graph = Graph()
    graph.give(write(graph), "result")
    encoded = graph.encoded(inputs, [Value("result", Kind.UINT8, None)])
    file = onnx_format.model(encoded, version="0", metadata={})
    return onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])


PHOTO, JPEG = Value("photo", Kind.UINT8, ("h", "w", 3)), Value("jpeg", Kind.BOOL)


@pytest.fixture(scope="module")
def read() -> Callable[..., np.ndarray]:
    opened = session(lambda graph: reading.photo_pixels(graph, "photo", "jpeg", SIZE), PHOTO, JPEG)
    return lambda pixels, jpeg=False: opened.run(None, {"photo": pixels, "jpeg": np.array(jpeg)})[0]


def noise(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(width * height).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("size", SIZES)
def test_a_photo_is_resized_as_catdog_resizes_it(read: Callable[..., np.ndarray], size: tuple[int, int]) -> None:
    pixels = noise(*size)
    assert np.array_equal(read(pixels), photo_pixels(Image.fromarray(pixels), SIZE))


def test_steps_of_many_sizes_are_resized_so_too(read: Callable[..., np.ndarray]) -> None:
    sizes = np.random.default_rng(0).integers(1, 200, (60, 2)).tolist()
    wrong = [
        size
        for size in sizes
        if not np.array_equal(read(noise(*size)), photo_pixels(Image.fromarray(noise(*size)), SIZE))
    ]
    assert not wrong


@pytest.mark.parametrize("size", [32, 45, 64])
def test_the_parts_of_a_closer_look_are_cut_so_too(size: int) -> None:
    cut = session(lambda graph: reading.cut_into_parts(graph, "photo", size), PHOTO)
    pixels = noise(2 * size, 2 * size)
    assert np.array_equal(cut.run(None, {"photo": pixels})[0], closer_look.cut_into_parts(pixels, size))


@pytest.mark.parametrize("scale", [2, 3, 5, 8, 17])
@pytest.mark.parametrize("colours", ["L", "RGB"])
def test_large_jpeg_files_are_read_as_their_smaller_scale(
    read: Callable[..., np.ndarray], scale: int, colours: str
) -> None:
    file = io.BytesIO()
    draw("cat", 3, (scale * SIZE + 5, scale * SIZE + 3)).convert(colours).save(file, "JPEG", subsampling=0, quality=95)
    whole, small = np.array(open_photo(file.getvalue())), photo_pixels(file.getvalue(), SIZE).astype(int)
    imitated = np.abs(read(whole, True) - small)
    assert imitated.mean() < 0.4
    if scale < 8:  # at 1/8 a pixel is the mean of all that fall on it, which resizing alone gives nearly, too
        assert imitated.mean() < np.abs(read(whole) - small).mean()
