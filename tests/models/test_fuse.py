"""A network for prediction alone gives what the one that learnt gives."""

import pytest
import torch
from torch import nn

from trainer.hardware.devices import autocast
from trainer.models import onednn
from trainer.models.fuse import ConvReLU6, fuse_for_inference
from trainer.models.transfer import Transfer

CPU = torch.device("cpu")


def _photos() -> torch.Tensor:
    images = torch.rand(4, 3, 65, 65, generator=torch.Generator().manual_seed(1))  # an odd side is padded unevenly
    return images.contiguous(memory_format=torch.channels_last)


def _unlimited(network: nn.Module) -> nn.Module:
    """Take a fused network's ReLU6 apart from its convolutions again."""
    for name, child in list(network.named_children()):
        setattr(network, name, nn.Sequential(child.convolution, nn.ReLU6()) if isinstance(child, ConvReLU6) else child)
        _unlimited(child)
    return network


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_limiting_within_the_convolution_changes_no_bit(precision: torch.dtype) -> None:
    network = Transfer(backbone="efficientnet-lite0")
    fused = fuse_for_inference(network, CPU)
    assert sum(isinstance(module, ConvReLU6) for module in fused.modules()) == 33  # stem, head, widening and each
    with torch.inference_mode(), autocast(precision, CPU):
        found = fused.forward_frozen(_photos())
        apart = _unlimited(fused).forward_frozen(_photos())
        exact = network.eval().forward_frozen(_photos())
    assert torch.equal(found, apart)
    assert torch.linalg.vector_norm(found - exact) < (0.05 if precision is torch.bfloat16 else 1e-4) * exact.norm()


def test_a_processor_without_bfloat16_limits_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onednn, "multiplies_bfloat16", lambda: False)
    layer = ConvReLU6(nn.Conv2d(3, 4, 3).requires_grad_(requires_grad=False))
    photos = _photos() * 40
    assert layer.low is None
    assert torch.equal(layer(photos), nn.functional.relu6(layer.convolution(photos)))
    assert layer(photos).max() == 6
