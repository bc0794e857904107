"""Photos a second through the frozen backbone: PyTorch in several ways, and ONNX Runtime.

    python -m tests.benchmarks.runtimes [--rounds 5] [--quick]

EfficientNet-Lite0 at 224 pixels, one thread, batches of eight, on noise: what is in a photo does not change its time.
Each contender is a process of its own that runs alone; they take turns. CatDog predicts with the last of PyTorch's
ways. ONNX Runtime gets the same numbers, with the batch norms folded in, and has to give the same features.
"""

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from tests.benchmarks.contenders.runtimes_torch import WAYS, backbone
from tests.benchmarks.harness import environments, options
from tests.benchmarks.harness.figures import Figure, interleave, ratios
from tests.benchmarks.harness.options import PYTHON
from tests.benchmarks.harness.process import ROOT, BenchmarkError, answer
from tests.benchmarks.harness.results import Row, report
from trainer.models.efficientnet_lite import Block, SamePadded

_OURS, _ONNX = "PyTorch, bfloat16, folded", "ONNX Runtime, float32"


def main() -> int:
    """Measure, print and keep the rows."""
    parser = options.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = interleave(_contenders(Path(folder), quick=wanted.quick), 1 if wanted.quick else wanted.rounds)
    report("runtimes", _rows(found), quick=wanted.quick)
    return 0


def _contenders(folder: Path, *, quick: bool) -> dict[str, Callable[[], float]]:
    seconds = "0.1" if quick else "4"
    contenders = {
        name: (lambda name=name: _rate([PYTHON, "-m", "tests.benchmarks.contenders.runtimes_torch", name, seconds]))
        for name in WAYS
    }
    try:
        python = environments.python_with("onnx", environments.ONNX, "0.2 GB")
    except BenchmarkError as error:
        options.say(str(error))
        return contenders
    described = folder / "backbone.npz"
    describe(described)
    program = ROOT / "tests" / "benchmarks" / "contenders" / "runtimes_onnx.py"
    return {**contenders, _ONNX: lambda: _rate([python, program, described, seconds])}


def _rate(command: Sequence[str | Path]) -> float:
    return float(answer(command)["photos_per_second"])


def _rows(found: Mapping[str, Sequence[float]]) -> list[Row]:
    ours = found[_OURS]
    rows = []
    for name, rates in found.items():
        times = Figure.of(ratios(ours, rates)).text()
        compared = "CatDog's way" if name == _OURS else f"CatDog's way is {times} × as fast"
        rows.append(Row(f"the backbone on one thread: {name}", Figure.of(rates).text("photos/s"), compared))
    return rows


def describe(path: Path) -> None:
    """Write the folded backbone as a list of operations with their numbers, one photo, and its features."""
    network = backbone(folded=True)
    operations: list[dict[str, Any]] = []
    arrays: dict[str, np.ndarray] = {}
    for module in network:
        _operations(module, operations, arrays)
    photo = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.inference_mode():
        features = network(photo).mean(dim=(2, 3))
    np.savez(path, operations=json.dumps(operations), photo=photo.numpy(), features=features.numpy(), **arrays)


def _operations(module: nn.Module, operations: list[dict[str, Any]], arrays: dict[str, np.ndarray]) -> None:
    match module:
        case nn.Conv2d():
            name = f"conv{len(operations)}"
            assert module.bias is not None
            arrays[f"{name}.weight"], arrays[f"{name}.bias"] = module.weight.numpy(), module.bias.numpy()
            same = isinstance(module, SamePadded)
            pads = None if same else [module.padding[0]] * 4  # type: ignore[list-item]  # a number here
            operations.append(
                {"kind": "conv", "name": name, "stride": module.stride[0], "groups": module.groups, "pads": pads}
            )
        case nn.ReLU6():
            operations.append({"kind": "relu6"})
        case Block():
            operations.append({"kind": "keep"})
            _operations(module.layers, operations, arrays)
            operations.append({"kind": "add" if module.adds else "forget"})
        case nn.Sequential():
            for part in module:
                _operations(part, operations, arrays)


if __name__ == "__main__":
    options.conclude(main)
