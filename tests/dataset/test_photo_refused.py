"""Photos that cannot be read are refused with the reason, whatever they hold."""

import io
import os
import random
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

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
from tests.dataset.test_photo import SIZE
from trainer.core.errors import PhotoError
from trainer.dataset.photo import (
    MAX_PHOTO_PIXELS,
    check_photo,
    open_photo,
    pixel_count,
)


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


def test_pixels_are_counted_without_decoding() -> None:
    assert pixel_count(png_header(5_000, 4_000)) == 20_000_000
    assert pixel_count(jpeg(width=30, height=20)) == 600
    assert pixel_count(b"no photo") == 0


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
