"""One epoch the plain PyTorch way, as the tutorials have it; `epoch.py` starts it.

    python -m tests.benchmarks.contenders.plain_epoch DATASET

ImageFolder decodes every JPEG in every epoch, torchvision's v2 transforms vary each photo by itself in two worker
processes, and the network (ours) multiplies in float32. Nothing is done to make it slow: the transforms are those of
the mission, in the order that costs least (squeezed first), on tensors of bytes.
"""

import json
import sys
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from trainer import models
from trainer.hardware.torchvision_shim import torchvision

_SIZE, _BATCH, _WORKERS = 150, 32, 2
_WARM_UP_BATCHES = 8
_Batches = Iterable[tuple[torch.Tensor, torch.Tensor]]


def main() -> None:
    """Warm up, time one epoch, and print it."""
    dataset = Path(sys.argv[1])
    v2 = torchvision.transforms.v2
    squeezed = [v2.ToImage(), v2.Resize((_SIZE, _SIZE))]
    varied = [
        v2.RandomAffine(
            40, translate=(0.2, 0.2), scale=(0.8, 1.2), shear=11.5, interpolation=v2.InterpolationMode.BILINEAR
        ),
        v2.RandomHorizontalFlip(),
    ]
    numbers = [v2.ToDtype(torch.float32, scale=True)]
    train = _loader(dataset / "train", v2.Compose([*squeezed, *varied, *numbers]), shuffle=True)
    validation = _loader(dataset / "val", v2.Compose([*squeezed, *numbers]), shuffle=False)
    torch.manual_seed(0)
    network = models.build("classic", image_size=_SIZE, dropout=0.5)
    optimiser = torch.optim.RMSprop(network.parameters(), lr=1e-4)
    _learn(network, optimiser, islice(train, _WARM_UP_BATCHES))
    _accuracy(network, islice(validation, _WARM_UP_BATCHES))
    began = time.perf_counter()
    _learn(network, optimiser, train)
    trained = time.perf_counter()
    accuracy = _accuracy(network, validation)
    ended = time.perf_counter()
    print(json.dumps({"seconds": ended - began, "validation_seconds": ended - trained, "val_accuracy": accuracy}))


def _loader(folder: Path, transform: object, *, shuffle: bool) -> _Batches:
    photos = torchvision.datasets.ImageFolder(folder, transform)
    return DataLoader(photos, batch_size=_BATCH, shuffle=shuffle, num_workers=_WORKERS)


def _learn(network: nn.Module, optimiser: torch.optim.Optimizer, batches: _Batches) -> None:
    network.train()
    for images, classes in batches:
        optimiser.zero_grad()
        loss = F.binary_cross_entropy_with_logits(network(images), classes.float())
        loss.backward()
        optimiser.step()


@torch.inference_mode()
def _accuracy(network: nn.Module, batches: _Batches) -> float:
    network.eval()
    right = total = 0
    for images, classes in batches:
        right += int(((network(images) >= 0) == (classes == 1)).sum())
        total += len(classes)
    return right / total


if __name__ == "__main__":
    main()
