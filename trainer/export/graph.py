"""A graph of ONNX operators while it is made: what is said twice is computed once, and weights take little room."""

import hashlib
import itertools
from collections import ChainMap
from collections.abc import Callable, Iterator, Sequence
from typing import Self

import numpy as np
import torch

from trainer.export import onnx_format
from trainer.export.onnx_format import Attribute, Kind, Value

Number = int | float | bool
_Known = ChainMap[object, tuple[str, ...]]
# Tensors of fewer numbers stay as they are: they take no room.
_LARGE = 1024


class Graph:
    """Operators in the order in which they are computed. Results go by the names that the methods return.

    A branch sees the results of the graph that it belongs to; constants are all kept in the outermost graph.
    """

    def __init__(self, *, int8: bool = False) -> None:
        self._root, self._int8 = self, int8
        self._nodes: list[bytes] = []
        self._tensors: list[bytes] = []
        self._known: _Known = ChainMap()
        self._names: Iterator[str] = map("r{}".format, itertools.count(1))

    def branch(self) -> Self:
        """Return an empty graph for `choose` and `repeat`."""
        new = type(self)()
        new._root, new._known, new._names = self._root, self._known.new_child(), self._names  # noqa: SLF001 - its own
        return new

    def add(self, operator: str, *inputs: str, **attributes: Attribute) -> str:
        """Add an operator with one result and return its name."""
        return self.add_many(operator, *inputs, results=1, **attributes)[0]

    def add_many(self, operator: str, *inputs: str, results: int, **attributes: Attribute) -> tuple[str, ...]:
        """Add an operator with several results and return their names."""
        key = (operator, inputs, tuple(sorted(attributes.items())), results)
        if key not in self._known:
            self._known[key] = tuple(itertools.islice(self._names, results))
            self._nodes.append(onnx_format.node(operator, inputs, self._known[key], attributes))
        return self._known[key]

    def cast(self, values: str, kind: Kind) -> str:
        """Return values as numbers of another type."""
        return self.add("Cast", values, to=int(kind))

    def give(self, result: str, name: str) -> None:
        """Let a result be an output of that name."""
        self._nodes.append(onnx_format.node("Identity", [result], [name], {}))

    def choose(
        self, condition: str, yes: tuple[Self, Sequence[str]], no: tuple[Self, Sequence[str]]
    ) -> tuple[str, ...]:
        """Compute one of two branches with as many results each, and return the names of what it gives."""
        then_branch, else_branch = (branch.as_branch(results) for branch, results in (yes, no))
        return self.add_many("If", condition, results=len(yes[1]), then_branch=then_branch, else_branch=else_branch)

    def repeat(self, times: str, start: str, kind: Kind, step: Callable[[Self, str, str], str]) -> str:
        """Compute `step` so many times and return the name of the last result.

        It is given a branch to add to, the number of the turn (from 0) and what the turn before gave, at first `start`,
        which is of this kind.
        """
        body = self.branch()
        turn, goes_on, before = itertools.islice(self._names, 3)
        results = [goes_on, step(body, turn, before)]
        inputs = [Value(turn, Kind.INT64), Value(goes_on, Kind.BOOL), Value(before, kind, None)]
        return self.add("Loop", times, "", start, body=body.as_branch(results, inputs))

    def constant(self, value: Number | Sequence[Number] | np.ndarray) -> str:
        """Return the name of a constant; of Python's numbers, integers are int64 and others float32."""
        array = np.asarray(value)
        if not isinstance(value, np.ndarray):
            array = array.astype({"f": np.float32, "i": np.int64, "b": np.bool_}[array.dtype.kind])
        if self._root is not self:
            return self._root.constant(array)
        key = (array.dtype.str, array.shape, hashlib.sha256(array.tobytes()).digest())
        if key not in self._known:
            self._known[key] = (next(self._names),)
            self._tensors.append(onnx_format.tensor(self._known[key][0], array))
        return self._known[key][0]

    def weight(self, tensor: torch.Tensor, *, exact: bool = False) -> str:
        """Return the name of float numbers [...], stored in as little room as they take.

        Those that float16 holds exactly are stored as such, as model files do (`model_file.save`). For int8, matrices
        and kernels are stored in eight bits, with a scale for each slice of their first dimension, their outputs, but
        not those that decide alone: single outputs, and what is to be `exact`.
        """
        if self._root is not self:
            return self._root.weight(tensor, exact=exact)
        array = tensor.detach().cpu().float().contiguous().numpy()
        if array.size < _LARGE:
            return self.constant(array)
        if self._int8 and not exact and array.ndim > 1 and len(array) > 1:
            return self._eight_bits(array)
        if np.abs(array).max() <= np.finfo(np.float16).max:
            half = array.astype(np.float16)
            if np.array_equal(half.astype(np.float32), array):
                return self.cast(self.constant(half), Kind.FLOAT)
        return self.constant(array)

    def encoded(self, inputs: Sequence[Value], outputs: Sequence[Value]) -> bytes:
        """Return it in the format of ONNX files."""
        return onnx_format.graph("catdog", self._nodes, self._tensors, inputs, outputs)

    def as_branch(self, results: Sequence[str], inputs: Sequence[Value] = ()) -> bytes:
        """Return it as a branch that gives these results, in the format of ONNX files."""
        given = [next(self._names) for _ in results]
        for result, name in zip(results, given, strict=True):
            self.give(result, name)
        return onnx_format.graph("branch", self._nodes, self._tensors, inputs, [Value(name) for name in given])

    def _eight_bits(self, array: np.ndarray) -> str:
        """Keep numbers [N, ...] as int8 with a scale for each of N slices, so that the largest of a slice is ±127."""
        largest = np.abs(array).max(axis=tuple(range(1, array.ndim)))
        scale = np.where(largest > 0, largest / 127, 1).astype(np.float32)
        steps = np.rint(array / scale.reshape(-1, *[1] * (array.ndim - 1))).clip(-127, 127).astype(np.int8)
        return self.add("DequantizeLinear", self.constant(steps), self.constant(scale), axis=0)
