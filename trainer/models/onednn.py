"""Convolutions and max-pooling in bfloat16, in the layout of memory that oneDNN chooses for them.

oneDNN multiplies for torch in any case. Left to itself from layer to layer it also pools, and remembers in a byte which
of four values was the largest, where torch keeps eight; gradients are written once instead of being zeroed first. That
saves an eighth of the classic network's step. In float32 there is nothing to be won.
"""

from collections.abc import Iterable
from functools import cache

import torch
from torch import nn


def is_faster_here(images: torch.Tensor) -> bool:
    """Return whether layers should go this way: under autocast to bfloat16, on a processor that multiplies in it."""
    return (
        torch.is_autocast_enabled("cpu")  # first: while a network is traced for an export, there are no images
        and torch.get_autocast_dtype("cpu") is torch.bfloat16
        and images.device.type == "cpu"
        and multiplies_bfloat16()
    )


def forward(layers: Iterable[nn.Module], images: torch.Tensor) -> torch.Tensor:
    """Return what the layers give for images [N, C, H, W], bfloat16, with gradients for their weights.

    The layers are convolutions, max-poolings and ReLUs.
    """
    maps = images.bfloat16().to_mkldnn()
    for layer in layers:
        match layer:
            case nn.Conv2d():
                weight, bias = layer.weight.bfloat16(), layer.bias if layer.bias is None else layer.bias.bfloat16()
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


@cache
def multiplies_bfloat16() -> bool:
    """Return whether the processor can, which is tried once a process: torch's own question is private."""
    layers = nn.Sequential(nn.Conv2d(1, 1, 3), nn.MaxPool2d(2), nn.ReLU())
    try:
        with torch.inference_mode(False), torch.enable_grad(), torch.autocast("cpu", enabled=False):
            torch.autograd.grad(forward(layers, torch.zeros(1, 1, 4, 4)).sum(), list(layers.parameters()))
    except RuntimeError:  # built without oneDNN, or the processor lacks the instructions
        return False
    return True
