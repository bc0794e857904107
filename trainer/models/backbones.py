"""The pre-trained networks that `transfer` builds on, and where their weights come from.

EfficientNet-Lite's weights are installed with CatDog. Those of torchvision's networks are taken from torch's cache, or
downloaded into it.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import nn

from trainer.core.progress import Cancelled, Progress
from trainer.core.text import join, text
from trainer.files.download import DownloadError, fetch
from trainer.models import efficientnet_lite, lite_weights
from trainer.models.lite_weights import Tensors

# What torchvision's photos are normalised with: mean and standard deviation of ImageNet's, red, green, blue.
_IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


class Backbone(NamedTuple):
    """A network that turns photos into maps of features."""

    stages: Callable[[], nn.Sequential]
    """Builds it, freshly initialised; the last stage gives [N, features, H, W]."""
    weights: Callable[[Progress, Cancelled], Tensors]
    """Gives the state of `stages` that ImageNet's photos made."""
    features: int
    image_size: int
    """The side of the photos that it learnt from, in pixels."""
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


def _lite(name: str) -> Backbone:
    """Return one of the networks whose weights are installed with CatDog."""
    return Backbone(
        lambda: efficientnet_lite.stages(name),
        lambda _progress, _cancelled: lite_weights.weights(name),
        efficientnet_lite.FEATURES,
        efficientnet_lite.SCALES[name].image_size,
        (127 / 255,) * 3,
        (128 / 255,) * 3,
    )


def _torchvision(builder: str, weights: str, *, features: int, image_size: int = 224) -> Backbone:
    """Return one of torchvision's networks, without its classifier."""

    def stages() -> nn.Sequential:
        from trainer.hardware.torchvision_shim import torchvision  # noqa: PLC0415 - two seconds, for those who want it

        body: nn.Sequential = getattr(torchvision.models, builder)(weights=None).features
        return body

    def state(progress: Progress, cancelled: Cancelled) -> Tensors:
        from trainer.hardware.torchvision_shim import torchvision  # noqa: PLC0415

        entry: Any = torchvision.models.get_weight(weights)
        tensors = _from_cache(entry.url, progress, cancelled)
        return {
            name.removeprefix("features."): tensor for name, tensor in tensors.items() if name.startswith("features.")
        }

    return Backbone(stages, state, features, image_size, *_IMAGENET)


def _from_cache(url: str, progress: Progress, cancelled: Cancelled) -> Tensors:
    """Return the weights at an address, kept in torch's cache. Raises DownloadError and CancelledError."""
    folder = Path(torch.hub.get_dir()) / "checkpoints"
    path = folder / url.rsplit("/", 1)[-1]
    # The names of torchvision's files end with the first digits of their SHA-256.
    start = path.stem.rsplit("-", 1)[-1]

    def is_right(file: Path) -> bool:
        return hashlib.sha256(file.read_bytes()).hexdigest().startswith(start)

    if not (path.is_file() and is_right(path)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            fetch(url, path, is_right, progress=progress, cancelled=cancelled)
        except DownloadError as error:
            raise DownloadError(
                join([text("The weights of this backbone are not on this computer."), error.what]),
                remedy=text(
                    "Connect to the internet once, or choose the backbone efficientnet-lite0, which is installed."
                ),
                path=path,
            ) from error
    tensors: Tensors = torch.load(path, map_location="cpu", weights_only=True)
    return tensors


BACKBONES: Mapping[str, Backbone] = {
    **{name: _lite(name) for name in efficientnet_lite.SCALES},
    "mobilenet-v3-large": _torchvision("mobilenet_v3_large", "MobileNet_V3_Large_Weights.IMAGENET1K_V2", features=960),
    "efficientnet-b0": _torchvision("efficientnet_b0", "EfficientNet_B0_Weights.IMAGENET1K_V1", features=1280),
    "convnext-tiny": _torchvision("convnext_tiny", "ConvNeXt_Tiny_Weights.IMAGENET1K_V1", features=768),
}
