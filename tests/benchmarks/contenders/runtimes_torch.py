"""The backbone in PyTorch, one way of several. `runtimes.py` starts it.

python -m tests.benchmarks.contenders.runtimes_torch WAY SECONDS
"""

import json
import sys
import time

import torch
from torch import nn

from trainer.hardware import devices
from trainer.hardware.parallel import CHUNK
from trainer.models.fuse import fuse_for_inference
from trainer.models.transfer import Transfer

# Precision, batch norms folded into the convolutions before them, channels last.
WAYS = {
    "PyTorch, float32": (torch.float32, False, False),
    "PyTorch, float32, folded": (torch.float32, True, True),
    "PyTorch, bfloat16": (torch.bfloat16, False, True),
    "PyTorch, bfloat16, folded": (torch.bfloat16, True, True),
}


def backbone(*, folded: bool) -> nn.Sequential:
    """Return the backbone with its weights."""
    network = Transfer(backbone="efficientnet-lite0")
    network.load_pretrained(lambda _done, _total: None, lambda: False)
    whole = fuse_for_inference(network, torch.device("cpu")) if folded else network.eval()
    frozen: nn.Sequential = whole.frozen_layers()  # type: ignore[assignment]  # Transfer's is one
    return frozen


def main() -> None:
    """Print photos a second."""
    precision, folded, channels_last = WAYS[sys.argv[1]]
    torch.set_num_threads(1)
    cpu = torch.device("cpu")
    layout = torch.channels_last if channels_last else torch.contiguous_format
    network = backbone(folded=folded).to(memory_format=layout)  # type: ignore[call-overload]  # missing in torch's stubs
    images = torch.rand(CHUNK, 3, 224, 224).contiguous(memory_format=layout)
    with torch.inference_mode(), devices.autocast(precision, cpu):
        for _ in range(3):
            network(images)
        photos, began = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - began) < float(sys.argv[2]):
            network(images).float().mean(dim=(2, 3))
            photos += CHUNK
    print(json.dumps({"photos_per_second": photos / elapsed}))


if __name__ == "__main__":
    main()
