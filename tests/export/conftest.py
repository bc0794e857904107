"""Models of every kind that an export has to be equal to, made without training."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from msgspec import structs

from trainer import models
from trainer.core.progress import never_cancelled, no_progress
from trainer.models.detector import Detector
from trainer.models.network import Network
from trainer.models.transfer import Transfer
from trainer.storage import model_file
from trainer.storage.model_description import Preprocessing, VerdictLimits
from trainer.storage.model_file import Model

SIZE = 48
MakeModel = Callable[..., Path]


@pytest.fixture
def make_model(finished_model: Path, tmp_path: Path) -> MakeModel:
    """Return a maker of model files with random weights, whose probabilities are spread over 0 to 1.

    Their temperature, limits and statistics of batch norms are none that would hide a mistake.
    """

    def make(network: str, *, detector: str = "probes", tuned_stages: int = 0, size: int = SIZE, **limits: Any) -> Path:
        torch.manual_seed(3)
        built = models.build(network, image_size=size, dropout=0.2, tuned_stages=tuned_stages).eval()
        liven(built)
        usual: dict[str, Any] = {"detector": detector, "likeness": 0.0, "probability": 0.6, "closer_look": 0.95}
        description = structs.replace(
            model_file.load(finished_model).description,
            network=network,
            recipe="transfer" if network in models.BACKBONES else network,
            tuned_stages=tuned_stages,
            preprocessing=Preprocessing(image_size=size),
            threshold=0.45,
            temperature=0.8,
            limits=VerdictLimits(**{**usual, **limits}),
        )
        path = tmp_path / f"{network}.safetensors"
        model_file.save(path, Model(built, description, _fit(built, size, detector)))
        return path

    return make


def liven(network: Network) -> None:
    """Give a network that was just made weights by which its layers matter."""
    if isinstance(network, Transfer):
        if "lite" in network.backbone_name:  # whose weights are installed
            network.load_pretrained(no_progress, never_cancelled)
        network.feature_mean.normal_(0, 0.1)
        network.feature_std.uniform_(0.5, 1.5)
        return
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.data.uniform_(0.7, 1.5)
            module.bias.data.normal_(0, 0.1)


def _fit(network: Any, size: int, kind: Any) -> Detector:
    """Let the head spread the logits of drawings from about -3 to 3, and return a detector that finds half unlike.

    Both look where the features differ most: in any other direction they would be nearly equal, and rounding would
    decide.
    """
    from trainer.drawings.drawing import draw

    seen = [draw("dog" if seed % 2 else "cat", seed, (size, size)) for seed in range(24)]
    images = torch.stack([torch.frombuffer(bytearray(one.tobytes()), dtype=torch.uint8) for one in seen])
    images = images.view(-1, size, size, 3).permute(0, 3, 1, 2).float() / 255
    head = network.head[-1] if isinstance(network.head, torch.nn.Sequential) else network.head
    with torch.no_grad():
        hidden = network.forward_frozen(images)
        features = network.forward_features_tta(hidden)
        first, _ = _directions(features)
        head.weight.copy_(2 * first[None])
        head.bias.copy_(-2 * (features @ first).median()[None])
        _, second = _directions(network.embed(hidden, features))
    if kind == "prototypes":
        return Detector(kind, torch.nn.functional.normalize(torch.stack([second, -second]), dim=1), torch.zeros(2))
    offset = -(network.embed(hidden, features) @ second).median()
    return Detector(
        kind, torch.stack([4 * second, torch.zeros_like(second)]), torch.stack([4 * offset, torch.tensor(-9.0)])
    )


def _directions(points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the two directions in which points [N, D] differ most, such that they differ by about 1 along them."""
    _, sizes, directions = torch.linalg.svd(points - points.mean(dim=0), full_matrices=False)
    scaled = directions[:2] / sizes[:2, None] * len(points) ** 0.5
    return scaled[0], scaled[1]
