"""A network as ONNX operators: its forward pass, traced by torch.fx, one step after the other."""

import threading
from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

import torch
from torch import fx, nn

from trainer.core.errors import ExportError
from trainer.core.text import text
from trainer.export.graph import Graph
from trainer.export.layers import FUNCTIONS, LAYERS
from trainer.models.activation import class_activation
from trainer.models.network import Network


class Outputs(NamedTuple):
    """The names of what a network gives for N images."""

    logits: str
    """Float32 [N]."""
    embeddings: str
    """Float32 [N, D]."""
    activation: str | None
    """Float32 [N, H, W] (`class_activation`); None where that takes a backward pass."""


class NetworkWriter:
    """Writes a network into graphs, any number of times; its weights are kept once."""

    def __init__(self, network: Network) -> None:
        self._module = _Prediction(network.eval())
        self._steps = list(_Tracer().trace(self._module).nodes)

    def write(self, graph: Graph, images: str) -> Outputs:
        """Add the network to a graph, for float32 images [N, 3, S, S] in [0, 1]. Raises ExportError."""
        found: dict[fx.Node, Any] = {}  # the names of results, and values that do not depend on the images
        for step in self._steps:
            arguments, options = fx.node.map_arg((step.args, step.kwargs), found.__getitem__)
            if step.op == "output":
                return Outputs(*arguments[0])
            if step.op == "placeholder":
                found[step] = images
            elif step.op == "get_attr":
                found[step] = attrgetter(str(step.target))(self._module)
            elif step.op == "call_module":
                layer = self._module.get_submodule(str(step.target))
                found[step] = _of(LAYERS, type(layer), type(layer).__name__)(graph, layer, *arguments)
            elif step.target == "new_tensor":  # numbers of the network's own
                found[step] = torch.tensor(arguments[1])
            elif not any(isinstance(found[node], str) for node in step.all_input_nodes):
                found[step] = _computed(step.target, *arguments, **options)
            else:
                name = str(getattr(step.target, "__name__", step.target))
                found[step] = _of(FUNCTIONS, name, name)(graph, *arguments, **options)
        raise AssertionError("a trace ends with its output")


def _computed(target: Callable[..., Any] | str, *arguments: Any, **options: Any) -> Any:
    """Return what a function, or a method of its first argument, gives for values."""
    with torch.no_grad():
        if isinstance(target, str):
            return getattr(arguments[0], target)(*arguments[1:], **options)
        return target(*arguments, **options)


def _of(writers: dict[Any, Callable[..., str]], key: object, name: str) -> Callable[..., str]:
    if key not in writers:
        raise ExportError(
            text("This network has a layer called {name}, which cannot be written as ONNX.", name=name),
            remedy=text("Export a model of another recipe or backbone."),
        )
    return writers[key]


class _Prediction(nn.Module):
    """What `Predictor.outputs` and `Predictor.class_activation` compute."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
        hidden = self.network.forward_frozen(images)
        features = self.network.forward_features_tta(hidden)
        explained = class_activation(self.network, images) if self.network.map_weights() is not None else None
        return self.network.forward_head(features), self.network.embed(hidden, features), explained


class _Tracer(fx.Tracer):
    """Follows our own layers, too. While one traces, torch.fx stands between all modules of the process and callers."""

    alone = threading.Lock()

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.get_ident()

    def trace(self, root: Any, concrete_args: dict[str, Any] | None = None) -> fx.Graph:
        with self.alone:
            return super().trace(root, concrete_args)

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return type(m) in LAYERS or super().is_leaf_module(m, module_qualified_name)

    def call_module(self, m: nn.Module, forward: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        # A run that goes on in another thread must not notice. A slice of layers, as networks take it on the way, has
        # no name of its own; the layers in it have.
        if threading.get_ident() != self._thread or isinstance(m, nn.Sequential):
            return forward(*args, **kwargs)
        return super().call_module(m, forward, args, kwargs)
