"""What each photo of a dataset is like, whatever it shows: light, sharpness, size, format, camera, date.

All of it from one decode a photo, and kept by the photo's digest, so that a check that was cancelled goes on where it
was.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from trainer.core.errors import CancelledError, PhotoError
from trainer.core.pipeline import map_in_order
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import text
from trainer.dataset.photo import open_with_header
from trainer.dataset.records import Photo, digest
from trainer.dataset.sources.source import PhotoSource
from trainer.files.file_cache import FileCache

SIDE = 256
"""Pixels of the longer side of what is measured: about what a network sees of a photo."""
FACTS = FileCache("facts", ".facts", limit_bytes=100 * 10**6)
"""One file for each dataset: 2.5 MB for 25,000 photos."""
_VERSION = b"1:"
"""Of what is measured: facts of another version are measured anew."""

# As for the scan: no thread waits for work, and cancelling is prompt.
_MAX_THREADS = 8
_WAITING_PER_THREAD = 4
_KEPT_EVERY = 5_000
"""Photos after which the facts are kept, which takes some hundredths of a second: a crash costs no more than these."""

_GREY = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_DATE = re.compile(r"((?:19|20)\d\d)[:/-](0[1-9]|1[0-2])[:/-](0[1-9]|[12]\d|3[01])\b")


class PhotoFacts(msgspec.Struct, frozen=True, array_like=True):
    """What a photo is like."""

    width: int
    """In pixels as it is seen, like the height."""
    height: int
    bytes_per_pixel: float
    """Of the file."""
    brightness: float
    """Mean of the grey levels, 0 (black) to 1 (white)."""
    contrast: float
    """Standard deviation of the grey levels, 0 to 0.5."""
    sharpness: float
    """Variance of the Laplacian of grey levels from 0 to 255, of the photo fitted into 256 pixels. Source: S. Pertuz,
    D. Puig and M. A. Garcia, "Analysis of focus measure operators for shape-from-focus", Pattern Recognition 46 (2013),
    LAP4."""
    format: str
    """Pillow's name: "JPEG", "PNG", …"""
    camera: str = ""
    """Make and model from the EXIF; empty where it says nothing."""
    taken: str = ""
    """Day as "YYYY-MM-DD" from the EXIF; empty where it says nothing."""

    @property
    def aspect(self) -> float:
        """Width by height."""
        return self.width / self.height


def look_at(data: bytes) -> PhotoFacts:
    """Return what the photo in a file is like. Raises PhotoError; damaged EXIF is no error."""
    image, (width, height), opened = open_with_header(data, SIDE)
    image.thumbnail((SIDE, SIDE), Image.Resampling.BILINEAR)
    grey = np.asarray(image, dtype=np.float32) @ _GREY  # [H, W], 0 to 255
    camera, taken = _exif(opened)
    return PhotoFacts(
        width=width,
        height=height,
        bytes_per_pixel=len(data) / (width * height),
        brightness=float(grey.mean()) / 255,
        contrast=float(grey.std()) / 255,
        sharpness=_sharpness(grey),
        # MPO is JPEG with more photos behind the first, as some phones write it.
        format="JPEG" if opened.format == "MPO" else opened.format or "",
        camera=camera,
        taken=taken,
    )


def facts_of(
    photos: Sequence[Photo],
    source: PhotoSource,
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
    threads: int | None = None,
) -> dict[str, PhotoFacts]:
    """Return the facts of these photos of a source, by their digests. What is known from before is not read again.

    A photo that is gone or was changed since the scan has none. `progress` and `cancelled` are called in the calling
    thread. Raises CancelledError soon after `cancelled` returns True; what was found until then is kept.
    """
    root = str(source.root)
    known = recall(root)
    unknown = list({photo.digest: photo for photo in photos if photo.digest not in known}.values())
    done = len({photo.digest for photo in photos}) - len(unknown)
    total = done + len(unknown)
    progress(done, total)
    try:
        for photo, facts in zip(unknown, _looks(source, unknown, cancelled, threads), strict=True):
            if facts is not None:
                known[photo.digest] = facts
            done += 1
            progress(done, total)
            if done % _KEPT_EVERY == 0:
                remember(root, known)
    finally:
        if unknown:
            remember(root, known)
    return {photo.digest: known[photo.digest] for photo in photos if photo.digest in known}


def remember(root: str, facts: Mapping[str, PhotoFacts]) -> None:
    """Keep the facts of a dataset's photos, by their digests."""
    FACTS.put(_key(root), msgspec.msgpack.encode(facts))


def recall(root: str) -> dict[str, PhotoFacts]:
    """Return the facts that were kept."""
    try:
        return msgspec.msgpack.decode(FACTS.get(_key(root)) or b"", type=dict[str, PhotoFacts])
    except msgspec.DecodeError:  # nothing was kept, or the file is damaged
        return {}


def _key(root: str) -> str:
    return digest(_VERSION + root.encode(errors="surrogateescape"))


def _looks(
    source: PhotoSource, photos: Sequence[Photo], cancelled: Cancelled, threads: int | None
) -> Iterator[PhotoFacts | None]:
    """Yield the facts of each photo in order; None for one that is gone or changed."""

    def look(photo: Photo) -> PhotoFacts | None:
        try:
            data = source.read(photo.path)
            return look_at(data) if digest(data) == photo.digest else None
        except PhotoError:
            return None

    count = threads or min(os.cpu_count() or 1, _MAX_THREADS)
    for facts in map_in_order(look, photos, workers=count, ahead=count * _WAITING_PER_THREAD, name="facts"):
        if cancelled():
            raise CancelledError(text("The check of the photos was cancelled."))
        yield facts


def _sharpness(grey: NDArray[np.float32]) -> float:
    """Return the variance of the Laplacian of grey levels [H, W], 0 where there is no pixel with four neighbours."""
    if min(grey.shape) < 3:
        return 0.0
    middle = grey[1:-1, 1:-1]
    return float((grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * middle).var())


def _exif(opened: Image.Image) -> tuple[str, str]:
    """Return camera and day."""
    try:
        exif = opened.getexif()
        make, model = (_words(exif.get(tag)) for tag in (ExifTags.Base.Make, ExifTags.Base.Model))
        inner = exif.get_ifd(ExifTags.IFD.Exif)
        days = (inner.get(ExifTags.Base.DateTimeOriginal), exif.get(ExifTags.Base.DateTime))
    except Exception:  # noqa: BLE001 - damaged EXIF makes Pillow raise anything, and the photo itself is fine
        return "", ""
    # Many cameras write the make into the model too: "Canon", "Canon EOS 5D".
    camera = model if make and model.lower().startswith(make.lower()) else f"{make} {model}".strip()
    found = (_DATE.match(_words(day)) for day in days)
    return camera, next(("-".join(match.groups()) for match in found if match), "")


def _words(value: Any) -> str:
    """Return a value of EXIF as a short line of text, whatever it is."""
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return " ".join(value.replace("\0", " ").split())[:80] if isinstance(value, str) else ""
