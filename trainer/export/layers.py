"""Layers and functions of torch as ONNX operators. Each writer returns the name of its result."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from trainer.export.graph import Graph
from trainer.models.efficientnet_lite import SamePadded
from trainer.models.shard_layers import ShardBatchNorm2d, ShardDropout

Operand = str | float | torch.Tensor


def _convolution(graph: Graph, layer: nn.Conv2d, inputs: str) -> str:
    if isinstance(layer, SamePadded):
        padding: dict[str, Any] = {"auto_pad": "SAME_UPPER"}
    else:
        assert not isinstance(layer.padding, str)
        padding = {"pads": (*layer.padding, *layer.padding)}
    weights = [graph.weight(part) for part in (layer.weight, layer.bias) if part is not None]
    strides, dilations = tuple(layer.stride), tuple(layer.dilation)
    return graph.add("Conv", inputs, *weights, strides=strides, dilations=dilations, group=layer.groups, **padding)


def _batch_norm(graph: Graph, layer: nn.BatchNorm2d, inputs: str) -> str:
    parts = (layer.weight, layer.bias, layer.running_mean, layer.running_var)
    names = [graph.weight(part) for part in parts if part is not None]
    return graph.add("BatchNormalization", inputs, *names, epsilon=float(layer.eps))


def _linear(graph: Graph, layer: nn.Linear, inputs: str) -> str:
    product = graph.add("MatMul", inputs, graph.add("Transpose", graph.weight(layer.weight), perm=(1, 0)))
    return product if layer.bias is None else graph.add("Add", product, graph.weight(layer.bias))


def _max_pool(graph: Graph, layer: nn.MaxPool2d, inputs: str) -> str:
    kernel, stride, padding = (_pair(size) for size in (layer.kernel_size, layer.stride, layer.padding))
    return graph.add("MaxPool", inputs, kernel_shape=kernel, strides=stride, pads=(*padding, *padding))


def _global_mean(graph: Graph, layer: nn.AdaptiveAvgPool2d, inputs: str) -> str:
    assert _pair(layer.output_size) == (1, 1)
    return graph.add("GlobalAveragePool", inputs)


def _pixel_unshuffle(graph: Graph, layer: nn.PixelUnshuffle, inputs: str) -> str:
    """Write it as SpaceToDepth, whose channels are in another order; the inputs are images, with three."""
    factor, channels = layer.downscale_factor, 3
    order = [place * channels + channel for channel in range(channels) for place in range(factor**2)]
    return graph.add("Gather", graph.add("SpaceToDepth", inputs, blocksize=factor), graph.constant(order), axis=1)


def _layer_norm(graph: Graph, inputs: str, normalized_shape: Sequence[int], **parameters: Any) -> str:
    parts = (graph.weight(parameters[name]) for name in ("weight", "bias"))
    axis = -len(normalized_shape)
    return graph.add("LayerNormalization", inputs, *parts, axis=axis, epsilon=float(parameters["eps"]))


def _gelu(graph: Graph, inputs: str) -> str:
    """Write it in full: the operator Gelu came with a later version."""
    error = graph.add("Erf", graph.add("Mul", inputs, graph.constant(math.sqrt(0.5))))
    doubled = graph.add("Mul", inputs, graph.add("Add", error, graph.constant(1.0)))
    return graph.add("Mul", doubled, graph.constant(0.5))


def _clipped(graph: Graph, inputs: str, low: float, high: float) -> str:
    return graph.add("Clip", inputs, graph.constant(float(low)), graph.constant(float(high)))


def _arithmetic(operator: str) -> Callable[[Graph, Operand, Operand], str]:
    def write(graph: Graph, left: Operand, right: Operand) -> str:
        return graph.add(operator, _operand(graph, left), _operand(graph, right))

    return write


def _operand(graph: Graph, value: Operand) -> str:
    if isinstance(value, str):
        return value
    return graph.weight(value) if isinstance(value, torch.Tensor) else graph.constant(float(value))


def _mean(graph: Graph, inputs: str, dim: Sequence[int]) -> str:
    return graph.add("ReduceMean", inputs, graph.constant(list(dim)), keepdims=0)


def _flip(graph: Graph, inputs: str, dim: int) -> str:
    # From the last place backwards, to before the first.
    places = [graph.constant([number]) for number in (-1, torch.iinfo(torch.int64).min, dim, -1)]
    return graph.add("Slice", inputs, *places)


def _squeeze(graph: Graph, inputs: str, dim: int) -> str:
    return graph.add("Squeeze", inputs, graph.constant([dim]))


def _permute(graph: Graph, inputs: str, *dims: Any) -> str:
    return graph.add("Transpose", inputs, perm=dims if isinstance(dims[0], int) else tuple(dims[0]))


def _weighted_maps(graph: Graph, equation: str, maps: str, weights: torch.Tensor) -> str:
    """Write the sum of maps [N, C, H, W] by weights [C] as a convolution, which every runtime has."""
    assert equation == "nchw,c->nhw"
    return _squeeze(graph, graph.add("Conv", maps, graph.weight(weights.reshape(1, -1, 1, 1))), 1)


def _same_layer(_graph: Graph, _layer: nn.Module, inputs: str) -> str:
    return inputs


def _same(_graph: Graph, inputs: str, *_: object) -> str:
    return inputs


def _pair(size: Any) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else (size[0], size[1])


# Layers that only differ while learning give what they get.
LAYERS: dict[Any, Callable[..., str]] = {
    nn.Conv2d: _convolution,
    SamePadded: _convolution,
    nn.BatchNorm2d: _batch_norm,
    ShardBatchNorm2d: _batch_norm,
    nn.Linear: _linear,
    nn.LayerNorm: lambda graph, layer, inputs: _layer_norm(
        graph, inputs, layer.normalized_shape, weight=layer.weight, bias=layer.bias, eps=layer.eps
    ),
    nn.MaxPool2d: _max_pool,
    nn.AdaptiveAvgPool2d: _global_mean,
    nn.PixelUnshuffle: _pixel_unshuffle,
    nn.Flatten: lambda graph, _layer, inputs: graph.add("Flatten", inputs, axis=1),
    nn.ReLU: lambda graph, _layer, inputs: graph.add("Relu", inputs),
    nn.ReLU6: lambda graph, _layer, inputs: _clipped(graph, inputs, 0, 6),
    nn.SiLU: lambda graph, _layer, inputs: graph.add("Mul", inputs, graph.add("Sigmoid", inputs)),
    nn.Sigmoid: lambda graph, _layer, inputs: graph.add("Sigmoid", inputs),
    nn.Hardsigmoid: lambda graph, _layer, inputs: graph.add("HardSigmoid", inputs, alpha=1 / 6, beta=0.5),
    nn.Hardswish: lambda graph, _layer, inputs: graph.add("HardSwish", inputs),
    nn.GELU: lambda graph, _layer, inputs: _gelu(graph, inputs),
    nn.Dropout: _same_layer,
    ShardDropout: _same_layer,
    nn.Identity: _same_layer,
}
FUNCTIONS: dict[Any, Callable[..., str]] = {
    "add": _arithmetic("Add"),
    "iadd": _arithmetic("Add"),
    "sub": _arithmetic("Sub"),
    "mul": _arithmetic("Mul"),
    "truediv": _arithmetic("Div"),
    "relu": lambda graph, inputs, **_: graph.add("Relu", inputs),
    "mean": _mean,
    "flip": _flip,
    "squeeze": _squeeze,
    "permute": _permute,
    "einsum": _weighted_maps,
    "layer_norm": _layer_norm,
    "float": _same,
    "stochastic_depth": _same,
}
