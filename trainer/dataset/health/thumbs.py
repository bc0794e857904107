"""Photos as thumbs, a few pixels each: enough to find copies, small enough to keep one of every photo."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from trainer.dataset.records import digest
from trainer.files.file_cache import FileCache

SIDE = 32
_CHROMA_SIDE = 16
_GREY_BYTES, _CHROMA_BYTES = SIDE**2, _CHROMA_SIDE**2
_BYTES = _GREY_BYTES + 2 * _CHROMA_BYTES
THUMBS = FileCache("thumbs", ".thumbs", limit_bytes=300 * 10**6)
"""One file for each dataset: 39 MB for 25,000 photos."""
_KEY_BYTES = 16

Thumb = NDArray[np.uint8]
"""[1536]: 32 by 32 grey pixels, 16 by 16 of Cb, and of Cr. The whole photo, its proportions changed."""


class Thumbs(NamedTuple):
    """N thumbs to compute with."""

    grey: NDArray[np.float32]
    """[N, 32, 32], from 0 to 255."""
    chroma: NDArray[np.float32]
    """[N, 2, 16, 16], Cb and Cr, 0 where there is no colour."""

    @classmethod
    def of(cls, thumbs: Sequence[Thumb]) -> "Thumbs":
        """Return these thumbs."""
        numbers = np.stack(thumbs).astype(np.float32)
        grey, chroma = numbers[:, :_GREY_BYTES], numbers[:, _GREY_BYTES:] - 128
        return cls(grey.reshape(-1, SIDE, SIDE), chroma.reshape(-1, 2, _CHROMA_SIDE, _CHROMA_SIDE))

    def chosen(
        self, numbers: NDArray[np.int64] | NDArray[np.bool_], mirrored: NDArray[np.bool_] | None = None
    ) -> "Thumbs":
        """Return some of them, by their numbers [P] or as [N] says, those mirrored for which `mirrored` [P] says so."""
        grey, chroma = self.grey[numbers], self.chroma[numbers]
        if mirrored is not None:
            grey[mirrored], chroma[mirrored] = grey[mirrored][..., ::-1], chroma[mirrored][..., ::-1]
        return Thumbs(grey, chroma)


def thumb_of(image: Image.Image) -> Thumb:
    """Return the thumb of an upright RGB photo."""
    grey = image.resize((SIDE, SIDE), Image.Resampling.BILINEAR).convert("L")
    colours = image.resize((_CHROMA_SIDE, _CHROMA_SIDE), Image.Resampling.BILINEAR).convert("YCbCr")
    _, *chroma = colours.split()
    return np.concatenate([np.asarray(each, dtype=np.uint8).ravel() for each in (grey, *chroma)])


def blank_thumb() -> Thumb:
    """Return the thumb of a photo that is a copy of nothing."""
    return np.zeros(_BYTES, dtype=np.uint8)


def remember(root: str, thumbs: Mapping[str, Thumb]) -> None:
    """Keep the thumbs of a dataset, by the photos' digests, for its next scan."""
    THUMBS.put(_key(root), b"".join(bytes.fromhex(key) + thumb.tobytes() for key, thumb in thumbs.items()))


def recall(root: str) -> dict[str, Thumb]:
    """Return the thumbs that were kept, by the photos' digests."""
    content = THUMBS.get(_key(root)) or b""
    size = _KEY_BYTES + _BYTES
    entries = (content[begin : begin + size] for begin in range(0, len(content) - size + 1, size))
    return {entry[:_KEY_BYTES].hex(): np.frombuffer(entry, dtype=np.uint8, offset=_KEY_BYTES) for entry in entries}


def _key(root: str) -> str:
    return digest(root.encode(errors="surrogateescape"))
