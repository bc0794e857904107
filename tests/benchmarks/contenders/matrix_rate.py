"""How fast this machine multiplies matrices: the limit of all arithmetic. `epoch.py` starts it.

python -m tests.benchmarks.contenders.matrix_rate

In the type that CatDog itself computes in here: without instructions for it, bfloat16 is slower a hundred times over.
"""

import json
import time

import torch

from trainer.hardware.devices import choose_precision

_SIDE = 2048  # three matrices of 8 MB: too large for the cores' own caches, as a network's activations are
_SECONDS = 3.0


def main() -> None:
    """Print the rate in GFLOP/s and the type, by as many threads as torch takes."""
    dtype = choose_precision("auto", torch.device("cpu"))
    found = {"gflops": _rate(dtype), "type": str(dtype).removeprefix("torch.")}
    print(json.dumps({**found, "threads": torch.get_num_threads()}))


def _rate(dtype: torch.dtype) -> float:
    """Return GFLOP/s of products of square matrices, warm."""
    left, right = (torch.randn(_SIDE, _SIDE).to(dtype) for _ in range(2))
    out = torch.empty_like(left)
    torch.mm(left, right, out=out)
    products, began = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - began) < _SECONDS:
        torch.mm(left, right, out=out)
        products += 1
    return 2 * _SIDE**3 * products / elapsed / 1e9


if __name__ == "__main__":
    main()
