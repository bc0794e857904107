"""Convolutions by oneDNN with what follows them: pooling, or limiting to 0 to 6.

oneDNN multiplies for torch in any case. Left to itself from layer to layer it also pools, and remembers in a byte which
of four values was the largest, where torch keeps eight; gradients are written once instead of being zeroed first. That
saves an eighth of the classic network's step in bfloat16, and as much in float32 on a processor with AVX2. Limiting a
convolution's results as they come saves the maps a way to memory and back: a seventh of EfficientNet-Lite's time in
bfloat16, a sixth of Lite0's in float32 with AVX2. In float32 with AVX-512 there is nothing to be won.
"""

from collections.abc import Iterable, Sequence
from functools import cache

import torch
from torch import nn
from torch.nn.utils import skip_init


def dtype_here(images: torch.Tensor) -> torch.dtype | None:
    """Return the type in which layers should go this way for these images; None where torch is as fast."""
    if not isinstance(images, torch.Tensor) or images.device.type != "cpu":  # a traced network is given no images
        return None
    if not torch.is_autocast_enabled("cpu"):
        return torch.float32 if images.dtype is torch.float32 and _has_avx2_alone() else None
    is_low = torch.get_autocast_dtype("cpu") is torch.bfloat16 and multiplies_bfloat16()
    return torch.bfloat16 if is_low else None


def forward(layers: Iterable[nn.Module], images: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Return what the layers give for images [N, C, H, W] in that type, with gradients for their weights.

    The layers are convolutions, max-poolings and ReLUs; the type is bfloat16 or float32.
    """
    maps = images.to(dtype).to_mkldnn()
    for layer in layers:
        match layer:
            case nn.Conv2d():
                weight, bias = layer.weight.to(dtype), layer.bias if layer.bias is None else layer.bias.to(dtype)
                # conv2d itself takes weights in float32 alone beside such maps.
                maps = torch.ops.aten.mkldnn_convolution(
                    maps, weight, bias, layer.padding, layer.stride, layer.dilation, layer.groups
                )
            case nn.MaxPool2d():
                maps = torch.mkldnn_max_pool2d(maps, layer.kernel_size, layer.stride, layer.padding)
            case nn.ReLU():
                maps = maps.relu()
            case _:
                raise TypeError(type(layer).__name__)
    return maps.to_dense()


def _has_avx2_alone() -> bool:
    return torch.backends.cpu.get_cpu_capability() == "AVX2" and torch.backends.mkldnn.is_available()


def convolve(
    convolution: nn.Conv2d,
    maps: torch.Tensor,
    weight: torch.Tensor,
    padding: Sequence[int],
    *,
    limited: bool,
) -> torch.Tensor:
    """Return [N, C', H', W'] of [N, C, H, W], in their type, without a way back for gradients.

    The weights, in that type too, and the padding may be others than the convolution's own; `limited` results are
    brought to 0 to 6.
    """
    then, limits = ("hardtanh", [0.0, 6.0]) if limited else ("none", [])
    stride, dilation, groups = convolution.stride, convolution.dilation, convolution.groups
    # The name is private since nobody but torch's compiler uses it.
    at_once = torch.ops.mkldnn._convolution_pointwise  # noqa: SLF001
    found: torch.Tensor = at_once(maps, weight, convolution.bias, padding, stride, dilation, groups, then, limits, None)
    return found


@cache
def multiplies_bfloat16() -> bool:
    """Return whether the processor can, which is tried once a process: torch's own question is private."""
    # Its weights are not drawn: whoever trains meanwhile draws from the same generator.
    layers = nn.Sequential(skip_init(nn.Conv2d, 1, 1, 3), nn.MaxPool2d(2), nn.ReLU())
    try:
        with torch.inference_mode(False), torch.enable_grad(), torch.autocast("cpu", enabled=False):
            torch.autograd.grad(
                forward(layers, torch.zeros(1, 1, 4, 4), torch.bfloat16).sum(), list(layers.parameters())
            )
    except RuntimeError:  # built without oneDNN, or the processor lacks the instructions
        return False
    return True
