"""One photo, read the same way wherever it is needed: upright, RGB, 8 bits; or a PhotoError that says why not.

Only the formats below are opened. Pillow knows others, some of which start programs (EPS starts Ghostscript), and a
stranger's file should not be able to choose them.
"""

import errno
import io
import logging
import os
import stat
import warnings
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from trainer.core.errors import PhotoError
from trainer.core.text import Text, text
from trainer.files.regular import read_regular

PhotoKind = Literal[
    "unreadable",
    "truncated",
    "empty",
    "not an image",
    "too large",
    "no permission",
    "broken link",
    "path too long",
]

MAX_PHOTO_PIXELS = 89_478_485
"""Pillow's own limit for a decompression bomb: a quarter of a gibibyte at three bytes a pixel."""

MAX_PHOTO_BYTES = 400_000_000
"""A larger file is not read into memory: the largest allowed photo takes 4 x 89,478,485 bytes uncompressed."""

_IS_WINDOWS = os.name == "nt"

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF")

_REASONS: dict[PhotoKind, Text] = {
    "unreadable": text("This photo is damaged. Copy it again from the camera or the web."),
    "truncated": text("This photo is cut off. Copy it again from the camera or the web."),
    "empty": text("This file is empty. Copy it again from the camera or the web."),
    "not an image": text("This file is not a photo, although its name says so. Remove it, or save it as JPEG or PNG."),
    "too large": text(
        "This photo is too large (over {millions} million pixels). Save it smaller.",
        millions=MAX_PHOTO_PIXELS // 1_000_000,
    ),
    "no permission": text("You are not allowed to read this. Change its permissions."),
    "broken link": text("This is a link that leads nowhere. Remove it, or put the photo itself in its place."),
    "path too long": text(
        "This has a longer path than the system can open. Move the folder to a place with a shorter path."
    ),
}

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings each EXIF orientation upright (EXIF 2.32, tag 0x0112)."""
_SIDEWAYS = (5, 6, 7, 8)
_Decoded = tuple[Image.Image, tuple[int, int], Image.Image]

# Pillow logs errors of damaged files, which Python prints where no program has set up a log.
logging.getLogger("PIL").addHandler(logging.NullHandler())
pillow_heif.register_heif_opener()
# Here and not in the first decode: Pillow loads its formats lazily, and two threads may decode first at the same time.
Image.init()


def open_photo(source: bytes | Path | Image.Image, *, size: int | None = None) -> Image.Image:
    """Return a new upright RGB image of 8 bits a channel; of an animation, its first frame.

    Transparent parts become white. 16-bit grey is scaled to 8 bits, not clipped. A given PIL image is not changed.

    `size` only saves time: a JPEG file is decoded at the smallest of the scales 1/8, 1/4, 1/2 and 1 whose two sides
    are both at least `size`. Everything else ignores it.

    Raises PhotoError whatever is wrong, with one of the kinds of `PhotoKind`.
    """
    return _decode(source, size)[0]


def photo_pixels(source: bytes | Path | Image.Image, size: int) -> NDArray[np.uint8]:
    """Return the photo as a uint8 array [size, size, 3], RGB from 0 to 255.

    This is the one pre-processing that training, evaluation and prediction share: `open_photo`, then both sides are
    resized to `size`, so nothing is cut away, but the proportions change. Pillow's BILINEAR filter averages over all
    source pixels that fall on one when it makes an image smaller.

    Raises PhotoError as `open_photo` does.
    """
    image = open_photo(source, size=size)
    return np.array(image.resize((size, size), Image.Resampling.BILINEAR), dtype=np.uint8)


def check_photo(data: bytes) -> tuple[int, int]:
    """Decode the whole photo, as cheaply as its format allows, and return (width, height) as it is seen.

    Raises PhotoError exactly where `open_photo` would.
    """
    return open_small(data, 1)[1]


def open_small(data: bytes, size: int) -> tuple[Image.Image, tuple[int, int]]:
    """Return what `open_photo` does with this `size`, and the photo's full (width, height) as it is seen."""
    return _decode(data, size)[:2]


def open_with_header(data: bytes, size: int) -> _Decoded:
    """Return what `open_small` does, and the image as it was opened, which knows its format and its EXIF."""
    return _decode(data, size)


def pixel_count(data: bytes) -> int:
    """Return how many pixels a photo has by its header; 0 where that cannot be read. Nothing is decoded."""
    _mute_pillow()
    try:
        with _open(data) as image:
            return image.width * image.height
    except Exception:  # noqa: BLE001 - as in `_decode`
        return 0


def read_photo_file(path: Path) -> bytes:
    """Return the bytes of a plain file of at most MAX_PHOTO_BYTES; raise PhotoError for anything else."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            # A pipe would block for ever, a device might never end.
            raise photo_error("not an image", path)
        if status.st_size > MAX_PHOTO_BYTES:
            raise photo_error("too large", path)
        return read_regular(path)
    except (OSError, ValueError) as error:
        raise file_error(error, path) from error


def photo_error(kind: PhotoKind, path: Path | str | None = None) -> PhotoError:
    """Return the PhotoError of this kind with its sentence."""
    return PhotoError(kind, _REASONS[kind], path=path)


def file_error(error: OSError | ValueError, path: Path) -> PhotoError:
    """Return what a failure to open or read a file means to its owner."""
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.EACCES, errno.EPERM):
        return photo_error("no permission", path)
    if number == errno.ENAMETOOLONG:
        return photo_error("path too long", path)
    if number == errno.ELOOP or (number == errno.ENOENT and path.is_symlink()):
        return photo_error("broken link", path)
    # Windows says "not found" of a path it cannot open because of its length.
    if number == errno.ENOENT and len(str(path)) > 255 and _IS_WINDOWS:
        return photo_error("path too long", path)
    if number == errno.ENOENT:
        reason = text("There is no such file. Check its name, and whether it was moved.")
        return PhotoError("unreadable", reason, path=path)
    cause = getattr(error, "strerror", None) or error
    reason = text("This cannot be read ({cause}). Copy it again from the camera or the web.", cause=str(cause))
    return PhotoError("unreadable", reason, path=path)


def _decode(source: bytes | Path | Image.Image, size: int | None) -> _Decoded:
    """Return the upright RGB image, the full (width, height) as it is seen, and the image as it was opened."""
    path = source if isinstance(source, Path) else None
    data = read_photo_file(source) if isinstance(source, Path) else source
    if data == b"":
        raise photo_error("empty", path)
    _mute_pillow()
    try:
        image = _open(data) if isinstance(data, bytes) else data
        _refuse_size(image.size, path)
        full = image.size
        drafted = size is not None and isinstance(data, bytes) and image.format in ("JPEG", "MPO")
        if size is not None and drafted:
            image.draft(None, (size, size))
        image.load()
        # HEIF may find out its true size only now. Pillow has already turned a TIFF.
        full = full if drafted else image.size
        orientation = 1 if image.format == "TIFF" else _orientation(image)
        rgb = _rgb(image)
        if orientation in _TURNS:
            rgb = rgb.transpose(_TURNS[orientation])
        return rgb, full[::-1] if orientation in _SIDEWAYS else full, image
    except PhotoError:
        raise
    except Exception as error:  # the plugins raise anything at all on damaged files
        raise _decoding_error(error, data, path) from error


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=_FORMATS)


def _refuse_size(size: tuple[int, int], path: Path | None) -> None:
    if size[0] * size[1] > MAX_PHOTO_PIXELS:
        raise photo_error("too large", path)
    if min(size) < 1:
        raise photo_error("unreadable", path)


def _mute_pillow() -> None:
    """Let Pillow's warnings (about damaged EXIF or TIFF tags, which do no harm here) reach nobody.

    `warnings.catch_warnings` would restore the filters of all threads when one of them is done. Instead, one filter for
    Pillow's modules stays, and is put in front again where other filters have come before it.
    """
    front: Any = warnings.filters[0] if warnings.filters else None
    if front is None or front[0] != "ignore" or getattr(front[3], "pattern", None) != _PILLOW:
        warnings.filterwarnings("ignore", module=_PILLOW)


_PILLOW = r"(PIL|pillow_heif)\."


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 (upright) where it is missing or cannot be read."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # noqa: BLE001 - damaged EXIF makes Pillow raise anything, and the photo itself is fine
        return 1
    return value if isinstance(value, int) else 1


def _rgb(image: Image.Image) -> Image.Image:
    """Return a new RGB image of 8 bits."""
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        return _eight_bit_grey(image).convert("RGB")
    if image.has_transparency_data:
        straight = image.convert("LA") if image.mode == "La" else image
        seen = straight.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB")
    return image.convert("RGB") if image.mode != "RGB" else image.copy()


def _eight_bit_grey(image: Image.Image) -> Image.Image:
    """Return mode "L" from 16 or 32 bits or floats: white is the smallest of 1 (floats), 255 and 65535 that fits."""
    values = np.asarray(image).astype(np.float32)
    finite = values[np.isfinite(values)]
    low, high = float(finite.min(initial=0)), float(finite.max(initial=0))
    values = np.nan_to_num(values, nan=0, posinf=high, neginf=low)
    if image.mode.startswith("I;16"):
        white = 65535.0
    elif low < 0 or high > 65535:
        values, white = values - low, high - low
    else:
        white = 1.0 if image.mode == "F" and high <= 1 else 255.0 if high <= 255 else 65535.0
    return Image.fromarray(np.rint(values * (255 / white)).astype(np.uint8))


def _decoding_error(error: Exception, data: bytes | Image.Image, path: Path | None) -> PhotoError:
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning | MemoryError):
        return photo_error("too large", path)
    if isinstance(data, Image.Image):
        return photo_error("truncated" if "truncated" in str(error) else "unreadable", path)
    if isinstance(error, UnidentifiedImageError) and not _begins_as_photo(data):
        return photo_error("not an image", path)
    cut = "truncated" in str(error).lower() or _is_cut_off(data)
    return photo_error("truncated" if cut else "unreadable", path)


def _begins_as_photo(data: bytes) -> bool:
    return (
        data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*"))
        or (data.startswith(b"RIFF") and data[8:12] == b"WEBP")
        or (data.startswith(b"BM") and data[6:10] == bytes(4))
        or (data[4:8] == b"ftyp" and data[8:11] in (b"hei", b"hev", b"mif", b"msf", b"avi"))
    )


_ENDS = ((b"\xff\xd8", b"\xff\xd9", 1024), (b"\x89PNG", b"IEND", 1024), (b"GIF8", b";", 1))
"""How a format begins, its end mark, and how far from the end that may be: cameras write notes after it."""


def _is_cut_off(data: bytes) -> bool:
    """Say whether a file that could not be decoded is shorter than its format says."""
    for begin, end, reach in _ENDS:
        if data.startswith(begin):
            return end not in data.rstrip(b"\0")[-reach:]
    return len(data) < _declared_length(data)


def _declared_length(data: bytes) -> int:
    """Return how long a file must at least be by what its own header says."""
    if data.startswith(b"RIFF"):
        return 8 + int.from_bytes(data[4:8], "little")
    if data.startswith(b"BM"):
        return int.from_bytes(data[2:6], "little")
    if data.startswith((b"II", b"MM")):  # up to the list of tags, which most programs write behind the pixels
        order: Literal["little", "big"] = "little" if data.startswith(b"II") else "big"
        tags = int.from_bytes(data[4:8], order)
        return tags + 2 + 12 * int.from_bytes(data[tags : tags + 2], order)
    position = 0
    while position + 8 <= len(data):  # the boxes of HEIC and AVIF
        length = int.from_bytes(data[position : position + 4], "big")
        if length < 8:  # 0: up to the end of the file; 1: a 64-bit length, which no photo needs
            return 0
        position += length
    return position
