"""Embeddings of photos of other things, which come with CatDog: what "neither" looks like to a backbone.

They are features of about 800 photos, a byte each, and no photos; `resources/models/negatives.md` says of what, and
`python -m tests.benchmarks.negatives` makes them.
"""

import safetensors.torch
import torch
from safetensors import SafetensorError

from trainer.core.errors import ModelFileError
from trainer.core.text import text
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
        tensors = safetensors.torch.load(path.read_bytes())
    except FileNotFoundError:
        return None
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelFileError(
            text("{path} is damaged.", path=path), remedy=text("Install CatDog again."), path=path
        ) from error
    if _FEATURES.format(network) not in tensors:
        return None
    return tensors[_FEATURES.format(network)].float() * tensors[_SCALE.format(network)]


def pack(found: dict[str, torch.Tensor]) -> bytes:
    """Return the file's content for embeddings [M, D], none below zero, by the backbones' names."""
    tensors = {}
    for name, embeddings in found.items():
        scale = embeddings.amax(dim=0).clamp(min=1e-6) / _STEPS
        tensors[_FEATURES.format(name)] = (embeddings / scale).round().to(torch.uint8).contiguous()
        tensors[_SCALE.format(name)] = scale
    return safetensors.torch.save(tensors)
