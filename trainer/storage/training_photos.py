"""Training photos that a run keeps beside its model, so that a verdict can be compared with them.

One safetensors file: embeddings, classes, names and small images. Opening somebody's file never runs their code.
"""

import contextlib
import itertools
from pathlib import Path
from typing import NamedTuple

import msgspec
import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open

from trainer.core.errors import DiskError, ModelFileError
from trainer.core.text import text
from trainer.files.atomic import write_atomically
from trainer.files.kinds import is_file
from trainer.files.regular import read_regular
from trainer.storage.model_file import digest_of

FORMAT = 2  # 1, of former versions, is read too
_SEALED_SINCE = 2  # the first with a checksum
MOST = 5_000
"""Photos at most: with 1,280 features each, they take about 27 MB."""
MOST_BYTES = 400_000_000
"""A larger file is not read: none of ours comes near, however many features a network has."""
MOST_THUMBNAIL_BYTES = 32_000
_KEY = "catdog_training_photos"
_EMBEDDINGS, _CLASSES, _NAMES = "embeddings", "class_indices", "names"
_THUMBNAILS, _ENDS = "thumbnails", "thumbnail_ends"


class TrainingPhotos(NamedTuple):
    """N training photos of one model."""

    embeddings: torch.Tensor
    """Float16 [N, D], by the model's network (`Network.embed`)."""
    class_indices: torch.Tensor
    """Uint8 [N]: 0 or 1."""
    names: tuple[str, ...]
    """Where they lay below the dataset's root, with forward slashes, as text to be read."""
    thumbnails: tuple[bytes, ...]
    """JPEG files, the longer side 96 pixels."""


class _Header(msgspec.Struct, frozen=True):
    format: int
    model: str
    sha256: str = ""


def save(path: Path, photos: TrainingPhotos, *, model: str) -> None:
    """Write the photos of the model with that digest, whole or not at all. Raises DiskError."""
    ends = torch.tensor([len(one) for one in photos.thumbnails], dtype=torch.int64).cumsum(0)
    tensors = {
        _EMBEDDINGS: photos.embeddings.half().contiguous(),
        _CLASSES: photos.class_indices.to(torch.uint8),
        _NAMES: _bytes("\0".join(photos.names).encode()),
        _THUMBNAILS: _bytes(b"".join(photos.thumbnails)),
        _ENDS: ends,
    }
    header = msgspec.json.encode(_Header(FORMAT, model, digest_of(tensors, model))).decode()
    write_atomically(path, safetensors.torch.save(tensors, {_KEY: header}))


def load(path: Path, *, model: str) -> TrainingPhotos | None:
    """Return the photos kept for the model with that digest; None where there is no file, or it is of another model.

    Raises ModelFileError where the file is damaged, from a newer version, or none of ours.
    """
    if not is_file(path):
        return None
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _damaged(path)
        with safe_open(path, framework="pt") as file:
            header = msgspec.json.decode((file.metadata() or {}).get(_KEY, ""), type=_Header)
        if header.format > FORMAT:
            what = text("The training photos in {path} were written by a newer CatDog.", path=str(path))
            raise ModelFileError(what, remedy=text("Update CatDog."), path=path)
        if header.model != model:
            return None
        # Not through the mapping of `safe_open`: where a mapped file is cut off, the process ends.
        tensors = safetensors.torch.load(read_regular(path))
        if header.format >= _SEALED_SINCE and header.sha256 != digest_of(tensors, model):
            raise _damaged(path)
        return _unpacked(tensors, path)
    except (SafetensorError, OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        raise _damaged(path) from error


def carry_over(source: Path, before: str, target: Path, after: str) -> None:
    """Keep the photos of one model for another that sees photos as it does; both are given by their digests.

    Where there are none, or they are damaged, or the disk refuses, the other model has none.
    """
    with contextlib.suppress(ModelFileError, DiskError):
        photos = load(source, model=before)
        if photos is not None:
            save(target, photos, model=after)


def _unpacked(tensors: dict[str, torch.Tensor], path: Path) -> TrainingPhotos:
    """Return what these tensors hold. Raises ModelFileError where they do not fit together."""
    embeddings, classes, ends = tensors[_EMBEDDINGS], tensors[_CLASSES], tensors[_ENDS]
    count = len(ends)
    fits = (
        (embeddings.dtype, classes.dtype, ends.dtype) == (torch.float16, torch.uint8, torch.int64)
        and (embeddings.ndim, classes.ndim, ends.ndim) == (2, 1, 1)
        and len(embeddings) == len(classes) == count <= MOST
        and all(tensors[name].dtype == torch.uint8 and tensors[name].ndim == 1 for name in (_NAMES, _THUMBNAILS))
        and bool(embeddings.isfinite().all())
        and bool((classes <= 1).all())
    )
    if not fits:
        raise _damaged(path)
    names = tuple(tensors[_NAMES].numpy().tobytes().decode().split("\0")) if count else ()
    content = tensors[_THUMBNAILS].numpy().tobytes()
    starts = [0, *ends.tolist()]
    lengths = [end - start for start, end in itertools.pairwise(starts)]
    if len(names) != count or starts[-1] != len(content):
        raise _damaged(path)
    if any(not 0 <= length <= MOST_THUMBNAIL_BYTES for length in lengths):
        raise _damaged(path)
    thumbnails = tuple(content[start : start + length] for start, length in zip(starts, lengths, strict=False))
    return TrainingPhotos(embeddings, classes, names, thumbnails)


def _bytes(content: bytes) -> torch.Tensor:
    return torch.frombuffer(bytearray(content), dtype=torch.uint8) if content else torch.empty(0, dtype=torch.uint8)


def _damaged(path: Path) -> ModelFileError:
    return ModelFileError(
        text("The training photos in {path} are damaged.", path=str(path)),
        remedy=text("Delete this file: the model works without it."),
        path=path,
    )
