"""Helpers that make the files people really have: good ones of every format, and bad ones of every kind."""

import io
import os
import struct
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import numpy as np
import pytest
from PIL import Image


def picture(width: int = 48, height: int = 32, seed: int = 0) -> Image.Image:
    """Return smooth colours, so that lossy formats stay near them, and no two seeds or corners are alike."""
    random = np.random.default_rng(seed)
    corners = random.integers(0, 256, (2, 2, 3), dtype=np.uint8)
    return Image.fromarray(corners).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def jpeg(seed: int = 0, width: int = 48, height: int = 32, **options: Any) -> bytes:
    return encoded(picture(width, height, seed), "JPEG", **options)


def png(seed: int = 0, width: int = 48, height: int = 32) -> bytes:
    return encoded(picture(width, height, seed), "PNG")


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and has next to no pixels: a decompression bomb of a hundred bytes."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg_with_damaged_exif() -> bytes:
    good = jpeg()
    payload = b"Exif\0\0II*\0\x08\0\0\0\xff\x00" + b"\x12\x01\x03\0\xff\xff\xff\xff" * 4
    return good[:2] + b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload + good[2:]


def tree(root: Path, files: dict[str, bytes]) -> Path:
    """Write files below a folder."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def two_classes(count: int = 3, prefix: str = "") -> dict[str, bytes]:
    """Return `count` different photos of each class."""
    return {
        f"{prefix}{name}/{number}.jpg": jpeg(seed=number + 1000 * index)
        for index, name in enumerate(("cats", "dogs"))
        for number in range(count)
    }


def make_zip(
    path: Path, files: dict[str, bytes], extra: Sequence[tuple[ZipInfo, bytes]] = (), *, deflate: bool = False
) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED if deflate else ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        for info, content in extra:
            archive.writestr(info, content)
    return path


def zip_entry(name: str, *, mode: int = 0o100644) -> ZipInfo:
    """Return an entry with exactly this name: ZipInfo itself would tidy it."""
    info = ZipInfo("x")
    info.filename = name
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def set_flag(path: Path, name: str, flag: int) -> None:
    """Set a flag bit of one entry in the central directory of a zip, where readers look for it."""
    data = bytearray(path.read_bytes())
    start = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode()))
    data[start + 8 : start + 10] = struct.pack("<H", struct.unpack_from("<H", data, start + 8)[0] | flag)
    path.write_bytes(data)


def declare_size(path: Path, name: str, size: int) -> None:
    """Let the central directory of a zip claim another uncompressed size for one entry."""
    data = bytearray(path.read_bytes())
    start = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode()))
    data[start + 24 : start + 28] = struct.pack("<I", size)
    path.write_bytes(data)


@contextmanager
def without_all_rights() -> Iterator[None]:
    """Be a user who may not read everything: root, whom no permission stops, becomes nobody meanwhile."""
    if not hasattr(os, "geteuid"):
        pytest.skip("this system has no such permissions")
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def public_folder() -> Iterator[Path]:
    """Return a new folder that every user may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
