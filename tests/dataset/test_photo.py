"""Every good format is read to the right pixels; every bad file is told apart; nothing else ever escapes."""

import io
import struct
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from tests.bad_files import (
    encoded,
    jpeg,
    jpeg_with_damaged_exif,
    picture,
    png,
)
from trainer.dataset.names import PHOTO_ENDINGS
from trainer.dataset.photo import (
    check_photo,
    open_photo,
    photo_pixels,
    read_photo_file,
)

SIZE = (48, 32)


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image).astype(int)


def assert_near(got: Image.Image, wanted: Image.Image, tolerance: float) -> None:
    assert got.mode == "RGB"
    assert got.size == wanted.size
    assert np.abs(pixels(got) - pixels(wanted)).mean() <= tolerance


@pytest.mark.parametrize(
    ("kind", "options", "tolerance"),
    [
        ("PNG", {}, 0),
        ("BMP", {}, 0),
        ("TIFF", {}, 0),
        ("TIFF", {"compression": "tiff_lzw"}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("WEBP", {"quality": 95}, 5),
        ("JPEG", {"quality": 95}, 4),
        ("JPEG", {"quality": 95, "progressive": True}, 4),
        ("HEIF", {"quality": 95}, 6),
        ("AVIF", {"quality": 95}, 6),
    ],
)
def test_good_formats_give_their_colours(
    kind: str, options: dict[str, object], tolerance: float, tmp_path: Path
) -> None:
    original = picture(*SIZE)
    data = encoded(original, kind, **options)
    assert_near(open_photo(data), original, tolerance)
    assert check_photo(data) == SIZE
    path = tmp_path / "photo with a wrong ending.txt"
    path.write_bytes(data)
    assert_near(open_photo(path), original, tolerance)


def test_a_cmyk_jpeg_keeps_its_colours() -> None:
    original = picture(*SIZE)
    assert_near(open_photo(encoded(original.convert("CMYK"), "JPEG", quality=95)), original, 6)


def test_sixteen_bits_are_scaled_and_not_clipped() -> None:
    ramp = np.linspace(0, 65535, 48 * 32).reshape(32, 48).astype(np.uint16)
    got = pixels(open_photo(encoded(Image.fromarray(ramp), "PNG")))
    wanted = np.rint(ramp / 257).astype(int)
    assert (got == wanted[..., None]).all()


@pytest.mark.parametrize("kind", ["TIFF", "PIL"])
@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (np.array([[0.0, 0.5, 1.0, np.nan]], np.float32), [0, 128, 255, 0]),
        (np.array([[0.0, 100.0, 255.0, np.inf]], np.float32), [0, 100, 255, 255]),
        (np.array([[-1.0, 0.0, 1.0, 0.0]], np.float32), [0, 128, 255, 128]),
        (np.array([[0, 7, 255, 1]], np.int32), [0, 7, 255, 1]),
        (np.array([[0, 257, 65535, 514]], np.int32), [0, 1, 255, 2]),
        (np.array([[0, 1_000_000, 600_000, 0]], np.int32), [0, 255, 153, 0]),
    ],
)
def test_grey_in_floats_and_large_numbers_is_brought_to_eight_bits(
    kind: str, values: np.ndarray, wanted: list[int]
) -> None:
    image = Image.fromarray(values)
    got = open_photo(image if kind == "PIL" else encoded(image, "TIFF"))
    assert pixels(got)[0, :, 0].tolist() == wanted


def test_a_palette_keeps_its_colours() -> None:
    original = picture(*SIZE).quantize(64)
    assert_near(open_photo(encoded(original, "PNG")), original.convert("RGB"), 0)
    assert_near(open_photo(encoded(original, "GIF")), original.convert("RGB"), 0)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA", "La", "RGBa"])
def test_transparency_is_laid_on_white(mode: str) -> None:
    image = Image.new("RGBA", (2, 1), (0, 0, 0, 0))
    image.putpixel((1, 0), (0, 0, 0, 255))
    straight = {"La": "LA"}.get(mode, "RGBA")
    got = open_photo(image.convert(straight).convert(mode))
    assert pixels(got)[0].tolist() == [[255] * 3, [0] * 3]


def test_transparent_colours_of_png_and_gif_are_laid_on_white() -> None:
    palette = Image.new("P", (2, 1))
    palette.putpalette([200, 0, 0, 0, 200, 0])
    palette.putpixel((1, 0), 1)
    for kind in ("PNG", "GIF"):
        got = open_photo(encoded(palette, kind, transparency=0))
        assert pixels(got)[0].tolist() == [[255, 255, 255], [0, 200, 0]]
    grey = Image.new("L", (2, 1), 7)
    grey.putpixel((1, 0), 9)
    assert pixels(open_photo(encoded(grey, "PNG", transparency=7)))[0, :, 0].tolist() == [255, 9]
    half = Image.new("RGBA", (1, 1), (0, 0, 0, 127))
    assert pixels(open_photo(encoded(half, "PNG")))[0, 0].tolist() == [128] * 3


@pytest.mark.parametrize("mode", ["1", "L", "YCbCr", "HSV", "RGBX"])
def test_other_modes_become_rgb(mode: str) -> None:
    original = picture(*SIZE).convert(mode)
    assert_near(open_photo(original), original.convert("RGB"), 0)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF", "AVIF"])
def test_the_first_frame_of_an_animation_is_used(kind: str) -> None:
    first, second = Image.new("RGB", SIZE, (200, 30, 30)), Image.new("RGB", SIZE, (30, 200, 30))
    data = encoded(first, kind, save_all=True, append_images=[second])
    assert_near(open_photo(data), first, 3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_turned_upright(kind: str, orientation: int) -> None:
    upright = picture(*SIZE)
    # How the camera stored it: the inverse of what turns it upright.
    stored = {
        1: upright,
        2: upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: upright.transpose(Image.Transpose.ROTATE_180),
        4: upright.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(Image.Transpose.TRANSPOSE),
        6: upright.transpose(Image.Transpose.ROTATE_90),
        7: upright.transpose(Image.Transpose.TRANSVERSE),
        8: upright.transpose(Image.Transpose.ROTATE_270),
    }[orientation]
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    lossless = {"WEBP": {"lossless": True}}.get(kind, {"quality": 95})
    # In bytes, since pillow-heif writes HEIF's own rotation, which alone counts there, for these only.
    data = encoded(stored, kind, exif=exif.tobytes(), **lossless)
    assert_near(open_photo(data), upright, 6)
    assert check_photo(data) == SIZE
    with Image.open(io.BytesIO(data)) as opened:
        assert_near(open_photo(opened), upright, 6)


def test_a_damaged_or_odd_exif_block_does_not_cost_the_photo() -> None:
    assert_near(open_photo(jpeg_with_damaged_exif()), open_photo(jpeg()), 0)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 99
    assert open_photo(jpeg(exif=exif)).size == SIZE
    good = jpeg()
    payload = b"Exif\0\0" + b"not a TIFF at all"
    torn = good[:2] + b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload + good[2:]
    assert open_photo(torn).size == SIZE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_exif_block_that_is_none_does_not_cost_the_photo(kind: str) -> None:
    assert open_photo(encoded(picture(*SIZE), kind, exif=b"Exif\0\0not a TIFF at all")).size == SIZE


def test_an_exif_orientation_that_is_no_number_is_upright() -> None:
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0" + struct.pack("<HHI", 0x0112, 2, 4) + b"abc\0" + bytes(4)
    assert open_photo(jpeg(exif=exif)).size == SIZE


def test_pillows_warnings_reach_nobody_and_change_nothing_else() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        open_photo(jpeg_with_damaged_exif())
        open_photo(jpeg_with_damaged_exif())
        warnings.warn("ours", UserWarning, stacklevel=1)
        assert sum("PIL" in str(entry[3]) for entry in warnings.filters) == 1
    assert [str(warning.message) for warning in caught] == ["ours"]


def test_pillows_log_is_not_printed(tmp_path: Path) -> None:
    tags = bytearray(encoded(picture(*SIZE), "TIFF"))
    where = tags.index(struct.pack("<HH", 277, 3))  # samples a pixel
    tags[where + 8 : where + 10] = struct.pack("<H", 99)
    (tmp_path / "a.tif").write_bytes(bytes(tags))
    # In a fresh interpreter, since pytest listens to every log here.
    code = "from pathlib import Path; import sys, trainer.dataset.photo as p\ntry: p.open_photo(Path(sys.argv[1]))\n"
    code += "except p.PhotoError as error: print(error.kind)"
    ran = subprocess.run([sys.executable, "-c", code, tmp_path / "a.tif"], capture_output=True, text=True, check=True)
    assert (ran.stdout.strip(), ran.stderr) == ("unreadable", "")


def test_threads_read_the_same_photo_alike_while_warnings_are_errors() -> None:
    data = [jpeg_with_damaged_exif(), png(), jpeg(3)] * 20
    wanted = [open_photo(one).tobytes() for one in data]
    with ThreadPoolExecutor(4) as pool:
        assert [image.tobytes() for image in pool.map(open_photo, data)] == wanted


def test_a_size_hint_decodes_a_jpeg_at_the_smallest_scale_that_covers_it() -> None:
    data = jpeg(width=801, height=400)
    assert [open_photo(data, size=size).size for size in (1, 50, 51, 200, 201, 5000)] == [
        (101, 50),
        (101, 50),
        (201, 100),
        (401, 200),
        (801, 400),
        (801, 400),
    ]
    assert check_photo(data) == (801, 400)
    assert open_photo(png(width=801, height=400), size=50).size == (801, 400)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_photo_pixels_squeezes_to_a_square(kind: str) -> None:
    wide = Image.new("RGB", (400, 100), "white")
    wide.paste((0, 0, 0), (200, 0, 400, 100))
    got = photo_pixels(encoded(wide, kind), 20)
    assert (got.shape, got.dtype, got.flags.writeable) == ((20, 20, 3), np.uint8, True)
    assert got[:, :8].min() > 240
    assert got[:, 12:].max() < 15


def test_photo_pixels_averages_when_it_makes_smaller() -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 255
    assert np.abs(photo_pixels(Image.fromarray(stripes), 8).astype(int) - 128).max() <= 5


def test_a_pil_image_is_left_alone() -> None:
    original = picture(*SIZE)
    before = original.tobytes()
    got = open_photo(original)
    got.putpixel((0, 0), (1, 2, 3))
    assert original.tobytes() == before
    assert (photo_pixels(original, 9) == photo_pixels(encoded(original, "PNG"), 9)).all()


def test_endings_are_those_of_the_good_formats() -> None:
    assert {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".avif"} <= PHOTO_ENDINGS
    assert all(ending == ending.lower() and ending.startswith(".") for ending in PHOTO_ENDINGS)


def test_reading_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "cat.jpg"
    path.write_bytes(jpeg())
    before = path.stat()
    data = read_photo_file(path)
    photo_pixels(path, 16)
    assert path.read_bytes() == data
    assert path.stat().st_mtime_ns == before.st_mtime_ns
