"""Embeddings of photos of other things, which come with CatDog: what "neither" looks like to a backbone.

They are features of about 800 photos, a byte each, and no photos; `resources/models/negatives.md` says of what, and
`python -m tests.benchmarks.negatives` makes them.
"""

from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError

from trainer.core.errors import ModelFileError
from trainer.core.text import text
from trainer.files.regular import read_regular
from trainer.files.resources import resource

FILE = "negatives.safetensors"
_FEATURES, _SCALE = "{}.features", "{}.scale"
_STEPS = 255


def negatives(network: str) -> torch.Tensor | None:
    """Return float32 [M, D] embeddings of other things by a backbone, or None where none are known for it.

    Raises ModelFileError where the file is damaged.
    """
    path = resource("models", FILE)
    try:
        tensors = safetensors.torch.load(read_regular(path))
    except FileNotFoundError:
        return None
    except (SafetensorError, OSError, ValueError) as error:
        raise _damaged(path) from error
    features, scale = tensors.get(_FEATURES.format(network)), tensors.get(_SCALE.format(network))
    if features is None:
        return None
    if scale is None or not scale.is_floating_point() or features.dtype != torch.uint8:
        raise _damaged(path)
    if features.ndim != 2 or not len(features) or scale.shape != features.shape[1:] or not scale.isfinite().all():
        raise _damaged(path)
    return features.float() * scale


def _damaged(path: Path) -> ModelFileError:
    return ModelFileError(text("{path} is damaged.", path=path), remedy=text("Install CatDog again."), path=path)


def pack(found: dict[str, torch.Tensor]) -> bytes:
    """Return the file's content for embeddings [M, D], none below zero, by the backbones' names."""
    tensors = {}
    for name, embeddings in found.items():
        scale = embeddings.amax(dim=0).clamp(min=1e-6) / _STEPS
        tensors[_FEATURES.format(name)] = (embeddings / scale).round().to(torch.uint8).contiguous()
        tensors[_SCALE.format(name)] = scale
    return safetensors.torch.save(tensors)
