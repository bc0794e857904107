"""Every good format is read to the right pixels; every bad file is told apart; nothing else ever escapes."""

import io
import os
import random
import struct
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from tests.bad_files import (
    encoded,
    jpeg,
    jpeg_with_damaged_exif,
    picture,
    png,
    png_header,
    public_folder,
    without_all_rights,
)
from trainer.core.errors import PhotoError
from trainer.dataset.photo import (
    MAX_PHOTO_PIXELS,
    PHOTO_ENDINGS,
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


def kind_of(source: bytes | Path | Image.Image) -> str:
    with pytest.raises(PhotoError) as caught:
        open_photo(source)
    assert str(caught.value)
    if isinstance(source, Path):
        assert caught.value.path == str(source)
    if isinstance(source, bytes):
        with pytest.raises(PhotoError) as checked:
            check_photo(source)
        assert checked.value.kind == caught.value.kind
    return caught.value.kind


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


def test_empty_and_foreign_files() -> None:
    assert kind_of(b"") == "empty"
    for foreign in (b"hello", b"BMW is a car", b"%PDF-1.4", b"\0" * 100, b"MZ\x90\0", b"%!PS-Adobe-3.0 EPSF-3.0\n"):
        assert kind_of(foreign) == "not an image"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "HEIF", "AVIF"])
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_a_photo_that_is_cut_off_is_truncated(kind: str, part: float) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8))
    data = encoded(noise, kind)
    assert kind_of(data[: int(len(data) * part)]) == "truncated"


def test_a_progressive_jpeg_that_is_cut_off_is_truncated_even_when_decoded_small() -> None:
    data = jpeg(width=640, height=480, progressive=True, quality=95)
    assert kind_of(data[: len(data) // 2]) == "truncated"


def test_a_header_alone_is_truncated() -> None:
    for kind in ("JPEG", "PNG", "GIF", "TIFF", "WEBP", "HEIF"):
        assert kind_of(encoded(picture(*SIZE), kind)[:18]) == "truncated"


def test_a_photo_that_is_damaged_is_unreadable() -> None:
    data = bytearray(png(width=200, height=200))
    data[len(data) // 2] ^= 0xFF
    assert kind_of(bytes(data)) == "unreadable"
    riff = bytearray(encoded(picture(*SIZE), "WEBP"))
    riff[20:30] = bytes(10)
    assert kind_of(bytes(riff)) == "unreadable"
    assert kind_of(b"\0\0\0\x10ftypheic\0\0\0\0" + b"\0\0\0\0mdat" + bytes(99)) == "unreadable"
    dib = bytearray(encoded(picture(*SIZE), "BMP"))
    dib[28] = 77  # bits a pixel
    assert kind_of(bytes(dib)) == "unreadable"
    boxes = bytearray(encoded(picture(*SIZE), "HEIF"))
    boxes[40:140] = bytes(100)
    assert kind_of(bytes(boxes)) == "unreadable"


@pytest.mark.parametrize("width", [9_500, 13_500, 40_000])
def test_a_decompression_bomb_is_too_large(width: int) -> None:
    assert width * width > MAX_PHOTO_PIXELS
    data = png_header(width, width)
    assert kind_of(data) == "too large"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert kind_of(data) == "too large"


def test_the_largest_photo_allowed_is_not_refused_for_its_size() -> None:
    assert Image.MAX_IMAGE_PIXELS == MAX_PHOTO_PIXELS
    assert kind_of(png_header(9459, 9459)) in {"truncated", "unreadable"}


def test_a_bomb_warning_that_is_an_error_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (Image.DecompressionBombWarning("x"), Image.DecompressionBombError("x"), MemoryError()):

        def explode(*args: object, error: BaseException = error, **options: object) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(Image, "open", explode)
            assert kind_of(b"anything") == "too large"


def test_pil_images_that_cannot_be_used() -> None:
    data = jpeg(width=200, height=200)
    with Image.open(io.BytesIO(data[: len(data) // 2])) as torn:
        assert kind_of(torn) == "truncated"
    assert kind_of(Image.new("RGB", (0, 5))) == "unreadable"


def test_files_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kind_of(tmp_path / "nothing.jpg") == "unreadable"
    assert kind_of(tmp_path) == "not an image"
    assert kind_of(tmp_path / ("x" * 300 + ".jpg")) == "path too long"
    assert kind_of(tmp_path / "nul\0l.jpg") == "unreadable"
    os.mkfifo(tmp_path / "pipe.jpg")
    assert kind_of(tmp_path / "pipe.jpg") == "not an image"
    (tmp_path / "broken.jpg").symlink_to(tmp_path / "gone.jpg")
    (tmp_path / "circle.jpg").symlink_to(tmp_path / "circle.jpg")
    assert kind_of(tmp_path / "broken.jpg") == "broken link"
    assert kind_of(tmp_path / "circle.jpg") == "broken link"
    (tmp_path / "huge.jpg").write_bytes(b"12345")
    monkeypatch.setattr("trainer.dataset.photo.MAX_PHOTO_BYTES", 4)
    assert kind_of(tmp_path / "huge.jpg") == "too large"


def test_windows_says_not_found_of_a_long_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path.joinpath(*["folder" * 10] * 5, "cat.jpg")
    assert kind_of(long) == "unreadable"
    with monkeypatch.context() as patch:
        patch.setattr("trainer.dataset.photo._IS_WINDOWS", True)
        assert kind_of(long) == "path too long"


def test_a_long_path_in_any_script_is_read_where_the_system_can(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["ordner" * 10] * 5, "кошки", "猫", "قطط 🐈")
    folder.mkdir(parents=True)
    path = folder / "мурка é.jpg"
    path.write_bytes(jpeg())
    assert len(str(path)) > 255
    assert open_photo(path).size == SIZE


def test_a_file_without_permission() -> None:
    with public_folder() as folder:
        path = folder / "secret.jpg"
        path.write_bytes(jpeg())
        path.chmod(0)
        with without_all_rights():
            assert kind_of(path) == "no permission"


def test_endings_are_those_of_the_good_formats() -> None:
    assert {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".avif"} <= PHOTO_ENDINGS
    assert all(ending == ending.lower() and ending.startswith(".") for ending in PHOTO_ENDINGS)


@pytest.fixture(scope="module")
def whole_files() -> list[bytes]:
    image = picture(40, 30)
    return [
        encoded(image, "JPEG"),
        encoded(image, "JPEG", progressive=True),
        encoded(image, "PNG"),
        encoded(image.quantize(16), "GIF"),
        encoded(image, "GIF", save_all=True, append_images=[image.rotate(9)]),
        encoded(image, "TIFF"),
        encoded(image, "TIFF", compression="tiff_lzw"),
        encoded(image, "WEBP"),
        encoded(image, "BMP"),
        encoded(image, "HEIF"),
        encoded(image, "AVIF"),
        jpeg_with_damaged_exif(),
    ]


def photo_or_refusal(data: bytes) -> Image.Image | PhotoError:
    try:
        return open_photo(data)
    except PhotoError as error:
        return error


def assert_opens_or_says_why(data: bytes) -> None:
    outcome = photo_or_refusal(data)
    if isinstance(outcome, PhotoError):
        assert outcome.kind in {"unreadable", "truncated", "empty", "not an image", "too large"}
    else:
        assert outcome.mode == "RGB"


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0", b"BM"])
)
def test_random_bytes_raise_nothing_but_photo_error(data: bytes, head: bytes) -> None:
    assert_opens_or_says_why(head + data)


@settings(deadline=None, max_examples=300)
@given(which=st.integers(0, 11), seed=st.integers(0, 2**32), cut=st.booleans())
def test_corrupted_photos_raise_nothing_but_photo_error(
    whole_files: list[bytes], which: int, seed: int, *, cut: bool
) -> None:
    chance = random.Random(seed)
    data = bytearray(whole_files[which])
    for _ in range(chance.randint(0, 12)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    assert_opens_or_says_why(bytes(data[: chance.randrange(len(data))] if cut else data))


def test_reading_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "cat.jpg"
    path.write_bytes(jpeg())
    before = path.stat()
    data = read_photo_file(path)
    photo_pixels(path, 16)
    assert path.read_bytes() == data
    assert path.stat().st_mtime_ns == before.st_mtime_ns
