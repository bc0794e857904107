"""EfficientNet-Lite0, 1 and 2: small networks for phones, pre-trained on ImageNet.

Architecture: Tan and Le, "EfficientNet: Rethinking model scaling", 2019, without squeeze-and-excitation and with ReLU6
("EfficientNet-Lite", Google, 2020). The layers' names are our own, so the weights are matched by their order.
"""

import math
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F

# As in the TensorFlow original, whose weights these are.
_EPSILON = 1e-3
FEATURES = 1280


class Stage(NamedTuple):
    """Blocks of one width; the first has the stride."""

    blocks: int
    kernel: int
    stride: int
    expansion: int
    width: int


class Scale(NamedTuple):
    """How much larger than Lite0 a network is: the factors of the paper's section 3.3."""

    width: float
    depth: float
    image_size: int
    """The side of the photos that it learnt from, in pixels."""


SCALES = {
    "efficientnet-lite0": Scale(1.0, 1.0, 224),
    "efficientnet-lite1": Scale(1.0, 1.1, 240),
    "efficientnet-lite2": Scale(1.1, 1.2, 260),
}
STEM = 32
STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)


class SamePadded(nn.Conv2d):
    """A strided convolution padded as TensorFlow does: on an even side, one more at the end than at the beginning."""

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return [N, C, ceil(H / stride), ceil(W / stride)]."""
        inputs, weight, padding = self.as_usual(inputs)
        return F.conv2d(inputs, weight, self.bias, self.stride, padding, groups=self.groups)

    def as_usual(self, inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, int]:
        """Return inputs, weights and padding of a convolution padded the usual way that gives the same.

        Where a processor convolves channels each by itself and nothing learns, no copy of the maps is made, which would
        take longer than the convolution: zeros in front of a kernel, a row and a column, let it be padded alike all
        round.
        """
        stride, kernel = self.stride[0], self.kernel_size[0]
        pads = []
        for side in (inputs.shape[3], inputs.shape[2]):
            missing = max((-(-side // stride) - 1) * stride + kernel - side, 0)
            pads += [missing // 2, missing - missing // 2]
        before, after = pads[:2]
        # Graphics cards have programs of their own for kernels of 3 and 5 pixels.
        is_plain = inputs.device.type != "cpu" or inputs.requires_grad or self.weight.requires_grad
        if self.groups > 1 and not is_plain and pads == [before, after] * 2:
            weight = self.weight if before == after else F.pad(self.weight, [after - before, 0, after - before, 0])
            return inputs, weight, after
        return F.pad(inputs, pads), self.weight, 0


def _conv(width_in: int, width_out: int, kernel: int, *, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    norm = nn.BatchNorm2d(width_out, eps=_EPSILON)
    if stride > 1:
        return [SamePadded(width_in, width_out, kernel, stride, groups=groups, bias=False), norm]
    return [nn.Conv2d(width_in, width_out, kernel, padding=kernel // 2, groups=groups, bias=False), norm]


class Block(nn.Module):
    """An inverted residual: widen, convolve each channel by itself, narrow (Sandler et al., "MobileNetV2", 2018)."""

    def __init__(self, width_in: int, width_out: int, *, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = width_in * expansion
        widen = [*_conv(width_in, wide, 1), nn.ReLU6()] if expansion > 1 else []
        each = [*_conv(wide, wide, kernel, stride=stride, groups=wide), nn.ReLU6()]
        self.layers = nn.Sequential(*widen, *each, *_conv(wide, width_out, 1))
        self.adds = stride == 1 and width_in == width_out

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return [N, width_out, H / stride, W / stride] for [N, width_in, H, W]."""
        found: torch.Tensor = self.layers(inputs)
        return inputs + found if self.adds else found


def stages(name: str) -> nn.Sequential:
    """Return a network's nine stages, freshly initialised: [N, 3, S, S] -> [N, 1280, ceil(S/32), ceil(S/32)]."""
    scale = SCALES[name]
    parts = [nn.Sequential(*_conv(3, STEM, 3, stride=2), nn.ReLU6())]
    width_in = STEM
    for place, stage in enumerate(STAGES):
        width = _rounded(stage.width * scale.width)
        # The Lite networks keep the first and the last stage as shallow as Lite0's, and the stem and the head as wide.
        ends = place in (0, len(STAGES) - 1)
        blocks = []
        for number in range(stage.blocks if ends else math.ceil(stage.blocks * scale.depth)):
            stride = stage.stride if number == 0 else 1
            blocks.append(Block(width_in, width, kernel=stage.kernel, stride=stride, expansion=stage.expansion))
            width_in = width
        parts.append(nn.Sequential(*blocks))
    parts.append(nn.Sequential(*_conv(width_in, FEATURES, 1), nn.ReLU6()))
    return nn.Sequential(*parts)


def _rounded(width: float, divisor: int = 8) -> int:
    """Return the nearest multiple of 8 that loses at most a tenth, as the paper's code rounds widths."""
    rounded = max(divisor, int(width + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * width else rounded
