"""Photos of every format that is read, zips of photos, and tables that name photos."""

import io
import struct
import zipfile
import zlib
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from tests.bad_files import encoded, make_zip, picture, tree, two_classes
from tests.fuzz.kind import Kind
from tests.fuzz.mutate import mutated_bytes
from tests.fuzz.sane import demand, demand_dataset
from trainer.core.errors import PhotoError
from trainer.dataset.photo import check_photo, open_photo, photo_pixels, pixel_count
from trainer.dataset.scan import scan
from trainer.dataset.sources.source import open_source

_SIDE = 32
_PNG = b"\x89PNG\r\n\x1a\n"


@cache
def _photos() -> tuple[bytes, ...]:
    colours, turned = picture(24, 16, 1), Image.Exif()
    turned[0x0112] = 6
    grey16 = Image.fromarray(np.linspace(0, 65535, 24 * 16).reshape(16, 24).astype(np.uint16))
    frames: dict[str, Any] = {"save_all": True, "append_images": [picture(24, 16, 2)]}
    kinds: list[tuple[Image.Image, str, dict[str, Any]]] = [
        (colours, "JPEG", {"exif": turned}),
        (colours, "JPEG", {"progressive": True}),
        (colours.convert("CMYK"), "JPEG", {}),
        (colours.convert("L"), "JPEG", {}),
        (colours, "MPO", frames),
        (colours, "PNG", {"exif": turned}),
        (colours.convert("RGBA"), "PNG", {}),
        (colours.convert("P"), "PNG", {"transparency": 3}),
        (grey16, "PNG", {}),
        (colours, "PNG", frames),
        (colours.convert("P"), "GIF", frames),
        (colours, "BMP", {}),
        (colours.convert("P"), "BMP", {}),
        (colours, "WEBP", {"exif": turned}),
        (colours.convert("RGBA"), "WEBP", {"lossless": True}),
        (colours, "WEBP", frames),
        (colours, "TIFF", {}),
        (colours, "TIFF", {"compression": "tiff_lzw"}),
        (colours, "TIFF", {"compression": "tiff_adobe_deflate"}),
        (colours, "TIFF", {"compression": "jpeg"}),
        (grey16, "TIFF", {}),
        (colours.convert("F"), "TIFF", {}),
        (colours, "HEIF", {}),
        (colours.convert("RGBA"), "HEIF", {}),
        (colours, "AVIF", {}),
    ]
    return tuple(encoded(image, kind, **options) for image, kind, options in kinds)


def _make_photo(random: Random) -> bytes:
    data = mutated_bytes(random.choice(_photos()), random, _photos())
    return _with_right_checksums(data) if data.startswith(_PNG) and random.random() < 0.7 else data


def _with_right_checksums(data: bytes) -> bytes:
    """Return a PNG whose chunks have the checksums of what they hold: else no damage comes further than there."""
    found, place = bytearray(data), len(_PNG)
    while place + 12 <= len(found):
        length = int.from_bytes(found[place : place + 4], "big")
        end = place + 8 + length
        if end + 4 > len(found):
            break
        found[end : end + 4] = struct.pack(">I", zlib.crc32(found[place + 4 : end]))
        place = end + 4
    return bytes(found)


def check_one_photo(data: bytes) -> None:
    """Look at a photo in every way in which the program does."""
    demand(pixel_count(data) >= 0, "a negative number of pixels")
    try:
        width, height = check_photo(data)
    except PhotoError as error:
        demand(error.what, "no reason")
    else:
        demand(width > 0 and height > 0, f"{width} x {height} pixels")
    image = open_photo(data)
    demand(image.mode == "RGB" and min(image.size) > 0, f"a photo of mode {image.mode}, {image.size}")
    pixels = photo_pixels(data, _SIDE)
    demand(pixels.shape == (_SIDE, _SIDE, 3) and pixels.dtype == np.uint8, f"pixels {pixels.shape} {pixels.dtype}")


_ODD_NAMES = (
    *("../../out.jpg", "/etc/cats/1.jpg", "C:\\cats\\1.jpg", "cats/\x1b[2J.jpg", "cats/" + "x" * 60000, "cats//1.jpg"),
    *("cats/.", "cats/..", "", "/", "cats/1.jpg/", "cats\\1.jpg", "dogs/é.jpg", "dogs/\u202egpj.exe", "cats/con.jpg"),
)


@cache
def _zips() -> tuple[bytes, ...]:
    found = []
    for deflate in (False, True):
        buffer = io.BytesIO()
        make_zip(buffer, two_classes(3), deflate=deflate)  # type: ignore[arg-type]  # ZipFile takes either
        found.append(buffer.getvalue())
    return tuple(found)


def _make_zip(random: Random) -> bytes:
    match random.randrange(4):
        case 0:  # anywhere
            return mutated_bytes(random.choice(_zips()), random, _zips())
        case 1:  # in the table of contents and its end
            data = random.choice(_zips())
            start = data.rindex(b"PK\x01\x02", 0, data.index(b"PK\x01\x02") + 200)
            return data[:start] + mutated_bytes(data[start:], random)
        case 2:  # its photos
            photos = {name: mutated_bytes(data, random) for name, data in two_classes(3).items()}
            return _zipped(photos, random)
        case _:  # its names
            photos = {
                random.choice(_ODD_NAMES) if random.random() < 0.4 else name: data
                for name, data in two_classes(4).items()
            }
            return mutated_bytes(_zipped(photos, random), random) if random.random() < 0.3 else _zipped(photos, random)


def _zipped(photos: dict[str, bytes], random: Random) -> bytes:
    buffer = io.BytesIO()
    method = random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in photos.items():
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type = name, method
            info.external_attr = random.choice((0o100644, 0o120777, 0o040755, 0o010644)) << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def _check_dataset(path: Path) -> None:
    found = scan(path, threads=1)
    demand_dataset(found)
    with open_source(path) as source:
        for photo in found.photos:
            demand(len(source.read(photo.path)) == photo.bytes, "other bytes than the scan found")


def _check_zip(data: bytes, folder: Path) -> None:
    path = folder / "photos.zip"
    path.write_bytes(data)
    _check_dataset(path)


_TABLES = (
    b"path,class,split\ncats/0.jpg,cat,train\ncats/1.jpg,cat,test\ndogs/0.jpg,dog,train\ndogs/1.jpg,dog,val\n",
    b"cats/0.jpg;cat\ncats/1.jpg;cat\ndogs/0.jpg;dog\ndogs/1.jpg;dog\n",
    'filename\tlabel\n"cats/0.jpg"\tcat\nfile:///nowhere/x.jpg\tdog\ndogs\\0\tdog\n'.encode("utf-16"),
)
_CELLS = (
    *(
        b'"',
        b'""',
        b",",
        b";",
        b"\t",
        b"\n",
        b"\r",
        b"\0",
        b"/dev/zero",
        b"../..",
        b"file:///dev/zero",
        b"file://[",
        b".",
    ),
    *(b"cats", b"", b"cat", b"dog", b"\xff\xfe", b"\xef\xbb\xbf", b"%00", b"cats/pipe.jpg", b"x" * 70000, b"=1+1"),
)


def _make_table(random: Random) -> bytes:
    data = bytearray(random.choice(_TABLES))
    for _ in range(random.randrange(1, 4)):
        place = random.randrange(len(data))
        data[place : place + random.choice((0, 0, 4, 10))] = random.choice(_CELLS)
    return mutated_bytes(bytes(data), random, _TABLES) if random.random() < 0.5 else bytes(data)


def _check_table(data: bytes, folder: Path) -> None:
    tree(folder, two_classes(2))
    (folder / "photos.csv").write_bytes(data)
    _check_dataset(folder / "photos.csv")


PHOTO = Kind("photo", _make_photo, lambda data, _folder: check_one_photo(data))
ZIP = Kind("zip", _make_zip, _check_zip)
TABLE = Kind("table", _make_table, _check_table)
