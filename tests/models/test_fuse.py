"""A network for prediction alone gives what the one that learnt gives."""

import pytest
import torch
from torch import nn

from trainer.hardware.devices import autocast
from trainer.hardware.parallel import one_thread
from trainer.models import onednn
from trainer.models.efficientnet_lite import SamePadded
from trainer.models.fuse import ConvReLU6, Pointwise, fuse_for_inference
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


@pytest.mark.parametrize(
    ("precision", "vectors"), [(torch.float32, "AVX512"), (torch.float32, "AVX2"), (torch.bfloat16, "AVX512")]
)
def test_limiting_within_the_convolution_gives_the_same(
    precision: torch.dtype, vectors: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: vectors)
    network = Transfer(backbone="efficientnet-lite0")
    fused = fuse_for_inference(network, CPU)
    assert sum(isinstance(module, ConvReLU6) for module in fused.modules()) == 33  # stem, head, widening and each
    with torch.inference_mode(), autocast(precision, CPU):
        found = fused.forward_frozen(_photos())
        apart = _unlimited(fused).forward_frozen(_photos())
        exact = network.eval().forward_frozen(_photos())
    at_once = vectors == "AVX2"  # in float32, too: the limits change nothing, but sums are in another order
    assert torch.equal(found, apart) or (at_once and torch.allclose(found, apart, rtol=1e-4))
    assert torch.linalg.vector_norm(found - exact) < (0.05 if precision is torch.bfloat16 else 1e-4) * exact.norm()


def test_a_processor_without_bfloat16_limits_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onednn, "multiplies_bfloat16", lambda: False)
    layer = ConvReLU6(nn.Conv2d(3, 4, 3).requires_grad_(requires_grad=False))
    photos = _photos() * 40
    assert layer.low is None
    assert torch.equal(layer(photos), nn.functional.relu6(layer.convolution(photos)))
    assert layer(photos).max() == 6


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("side", [64, 65])
@pytest.mark.parametrize("kernel", [3, 5])
def test_each_channel_padded_without_a_copy_changes_no_bit(kernel: int, side: int, precision: torch.dtype) -> None:
    layer = SamePadded(16, 16, kernel, 2, groups=16, bias=False)
    maps = torch.rand(2, 16, side, side, generator=torch.Generator().manual_seed(2))
    maps = maps.contiguous(memory_format=torch.channels_last)
    with autocast(precision, CPU):
        padded, _, none = layer.as_usual(maps)  # it learns
        copied = layer(maps)
        layer.requires_grad_(requires_grad=False)
        as_they_are, _, some = layer.as_usual(maps)
        found = layer(maps)
    assert padded.shape[2] > side
    assert none == 0 < some
    assert as_they_are is maps
    assert found.shape == (2, 16, 32 + side % 2, 32 + side % 2)
    assert torch.equal(found, copied)


@pytest.mark.parametrize("vectors", ["AVX512", "AVX2"])
def test_a_photo_has_the_same_numbers_in_any_company(vectors: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: vectors)
    fused = fuse_for_inference(Transfer(backbone="efficientnet-lite0"), CPU)
    with torch.inference_mode(), one_thread():
        together = fused.forward_frozen(_photos())
        alone = [fused.forward_frozen(photo[None]) for photo in _photos()]
    assert torch.equal(together, torch.cat(alone))


@pytest.mark.parametrize("vectors", ["AVX512", "AVX2"])
def test_a_convolution_of_single_pixels_is_a_product_of_matrices(vectors: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: vectors)
    fused = fuse_for_inference(Transfer(backbone="efficientnet-lite0"), CPU)
    products = [module for module in fused.backbone.modules() if isinstance(module, Pointwise)]
    assert len(products) == 31  # widening and narrowing; the first block widens nothing
    maps = torch.rand(3, products[0].convolution.in_channels, 9, 7).contiguous(memory_format=torch.channels_last)
    found, convolved = products[0](maps), products[0].convolution(maps)
    assert found.shape == convolved.shape
    torch.testing.assert_close(found, convolved)
    assert not Pointwise.can_replace(nn.Conv2d(4, 4, 1, stride=2))
    assert not Pointwise.can_replace(nn.Conv2d(4, 4, 1, groups=4))
