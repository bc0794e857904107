"""The saved model: one safetensors file that describes itself. Opening somebody's file never runs their code."""

import hashlib
from pathlib import Path

import msgspec
import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import nn

from trainer import models
from trainer.errors import ModelFileError
from trainer.files import write_whole
from trainer.model_description import (
    DIGEST_KEY,
    METADATA_KEY,
    ModelDescription,
    damaged,
    parse_description,
    read_metadata,
)

Tensors = dict[str, torch.Tensor]


def save(path: Path, tensors: Tensors, description: ModelDescription) -> None:
    """Write a model file, whole or not at all. Raises DiskError."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    text = msgspec.json.encode(description).decode()
    metadata = {METADATA_KEY: text, DIGEST_KEY: _digest(tensors, text)}
    write_whole(path, safetensors.torch.save(tensors, metadata))


def load(path: Path) -> tuple[nn.Module, ModelDescription]:
    """Return the network, ready to predict on the processor, and its description.

    Raises ModelFileError where the file is damaged, cut off, from a newer version or of another kind. Its content is
    compared with the digest written beside it, so a single wrong bit is found.
    """
    metadata = read_metadata(path)
    description = parse_description(metadata, path)
    try:
        tensors = safetensors.torch.load(path.read_bytes())
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise damaged(path) from error
    if metadata.get(DIGEST_KEY) != _digest(tensors, metadata[METADATA_KEY]):
        raise damaged(path)
    return _assemble(tensors, description, path), description


def _assemble(tensors: Tensors, description: ModelDescription, path: Path) -> nn.Module:
    if description.network not in models.NETWORKS:
        raise ModelFileError(
            f"{path} holds a network called {description.network!r}, which this CatDog does not know.",
            remedy="Update CatDog.",
            path=path,
        )
    # On the meta device no memory is taken for weights that a hostile description might call for.
    with torch.device("meta"):
        network = models.build(
            description.network, image_size=description.preprocessing.image_size, dropout=description.dropout
        )
    try:
        network.load_state_dict({name: tensor.float() for name, tensor in tensors.items()}, assign=True)
    except RuntimeError:
        raise damaged(path) from None
    return network.eval().requires_grad_(requires_grad=False)


def _digest(tensors: Tensors, text: str) -> str:
    """Return the SHA-256 over the description and every tensor's name, type, shape and bytes."""
    digest = hashlib.sha256(text.encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"\n{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()
