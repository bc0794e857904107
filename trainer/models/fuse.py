"""Networks for prediction alone: the same results in less time."""

import copy

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from trainer.hardware.devices import to_device
from trainer.models import onednn
from trainer.models.efficientnet_lite import Block, SamePadded
from trainer.models.network import Network


def fuse_for_inference(network: Network, device: torch.device) -> Network:
    """Return a copy that gives the same outputs in less time and can no longer learn.

    Batch norms become part of the convolutions before them, which they only scale and shift, and so does ReLU6.
    """
    fast = copy.deepcopy(network).eval().requires_grad_(requires_grad=False)
    for module in fast.modules():
        if isinstance(module, nn.Sequential):
            _fold(module)
    for module in fast.modules():
        if isinstance(module, Block):  # in other networks there is nothing to be won
            _multiply_pixels(module)
    return to_device(fast, device)


def _fold(layers: nn.Sequential) -> None:
    for place in range(len(layers) - 1):
        convolution, norm = layers[place], layers[place + 1]
        if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            layers[place] = fuse_conv_bn_eval(convolution, norm)
            layers[place + 1] = nn.Identity()
    for place in range(len(layers) - 2):
        convolution = layers[place]
        is_limited = isinstance(layers[place + 1], nn.Identity) and isinstance(layers[place + 2], nn.ReLU6)
        if isinstance(convolution, nn.Conv2d) and is_limited:
            layers[place], layers[place + 2] = ConvReLU6(convolution), nn.Identity()


def _multiply_pixels(module: nn.Module) -> None:
    """Put a `Pointwise` in place of every convolution that it can replace."""
    for name, child in module.named_children():
        if isinstance(module, ConvReLU6) and child is module.low:  # for bfloat16, in which torch needs no help
            continue
        if isinstance(child, nn.Conv2d) and Pointwise.can_replace(child):
            setattr(module, name, Pointwise(child))
        else:
            _multiply_pixels(child)


class Pointwise(nn.Module):
    """A convolution of 1 by 1 pixel as what it is: a product of matrices, all pixels [N * H * W, C] and the weights.

    On one thread and with few images torch brings the maps into another order of memory for it, and back, in float32.
    EfficientNet-Lite0 takes an eighth less time without, and its numbers are the same. With AVX2 alone, oneDNN's
    convolution is faster still.
    """

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        self.convolution = convolution

    @staticmethod
    def can_replace(convolution: nn.Conv2d) -> bool:
        """Return whether each pixel that comes out is made of one pixel with all of its channels."""
        is_plain = convolution.kernel_size == convolution.stride == (1, 1) and convolution.padding == (0, 0)
        return is_plain and convolution.groups == 1

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return [N, C', H, W] for [N, C, H, W]."""
        if torch.is_autocast_enabled("cpu") or inputs.device.type != "cpu":
            convolved: torch.Tensor = self.convolution(inputs)
            return convolved
        if onednn.dtype_here(inputs) is not None:
            return _convolve(self.convolution, inputs, limited=False)
        weight = self.convolution.weight.flatten(1)
        return F.linear(inputs.permute(0, 2, 3, 1), weight, self.convolution.bias).permute(0, 3, 1, 2)


class ConvReLU6(nn.Module):
    """A convolution of frozen weights that limits what it gives to 0 to 6: at once, where oneDNN is faster so."""

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        self.convolution: nn.Conv2d | Pointwise = convolution
        self.low = copy.deepcopy(convolution).bfloat16() if onednn.multiplies_bfloat16() else None

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return [N, C', H', W'] for [N, C, H, W]."""
        dtype, plain = onednn.dtype_here(inputs), self.convolution
        if dtype is torch.bfloat16 and self.low is not None:
            return _convolve(self.low, inputs.bfloat16(), limited=True)
        if dtype is torch.float32:
            convolution = plain.convolution if isinstance(plain, Pointwise) else plain
            return _convolve(convolution, inputs, limited=True)
        return F.relu6(plain(inputs), inplace=True)


def _convolve(convolution: nn.Conv2d, maps: torch.Tensor, *, limited: bool) -> torch.Tensor:
    """Return what oneDNN gives for maps of the weights' type."""
    weight, padding = convolution.weight, convolution.padding
    assert not isinstance(padding, str)
    if isinstance(convolution, SamePadded):
        maps, weight, same = convolution.as_usual(maps)
        padding = (same, same)
    return onednn.convolve(convolution, maps, weight, padding, limited=limited)
