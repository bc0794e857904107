"""EfficientNet-Lite0: a small network for phones, pre-trained on ImageNet.

Architecture: Tan and Le, "EfficientNet: Rethinking model scaling", 2019, without squeeze-and-excitation and with ReLU6
("EfficientNet-Lite", Google, 2020). Its layers' names are our own, so the weights are matched by their order.
"""

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
        stride, kernel = self.stride[0], self.kernel_size[0]
        pads = []
        for side in (inputs.shape[3], inputs.shape[2]):
            missing = max((-(-side // stride) - 1) * stride + kernel - side, 0)
            pads += [missing // 2, missing - missing // 2]
        return F.conv2d(F.pad(inputs, pads), self.weight, self.bias, self.stride, groups=self.groups)


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


def stages() -> nn.Sequential:
    """Return the nine stages, freshly initialised: [N, 3, S, S] -> [N, 1280, S/32, S/32]."""
    parts = [nn.Sequential(*_conv(3, STEM, 3, stride=2), nn.ReLU6())]
    width_in = STEM
    for stage in STAGES:
        blocks = []
        for number in range(stage.blocks):
            stride = stage.stride if number == 0 else 1
            blocks.append(Block(width_in, stage.width, kernel=stage.kernel, stride=stride, expansion=stage.expansion))
            width_in = stage.width
        parts.append(nn.Sequential(*blocks))
    parts.append(nn.Sequential(*_conv(width_in, FEATURES, 1), nn.ReLU6()))
    return nn.Sequential(*parts)
