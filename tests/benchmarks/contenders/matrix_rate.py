"""How fast this machine multiplies matrices: the limit of all arithmetic. `epoch.py` starts it.

python -m tests.benchmarks.contenders.matrix_rate

In bfloat16 or float32, whichever is faster here: without instructions for it, bfloat16 is slower a hundred times over.
"""

import json
import time

import torch

_SIDE = 2048  # three matrices of 8 MB: too large for the cores' own caches, as a network's activations are
_SMALL_SIDE = 256  # enough to tell the two apart
_SECONDS, _SMALL_SECONDS = 3.0, 0.3


def main() -> None:
    """Print the rate in GFLOP/s and the type, by as many threads as torch takes."""
    dtype = max((torch.bfloat16, torch.float32), key=lambda dtype: rate(dtype, _SMALL_SIDE, _SMALL_SECONDS))
    found = {"gflops": rate(dtype, _SIDE, _SECONDS), "type": str(dtype).removeprefix("torch.")}
    print(json.dumps({**found, "threads": torch.get_num_threads()}))


def rate(dtype: torch.dtype, side: int, least_seconds: float) -> float:
    """Return GFLOP/s of products of square matrices, warm, over at least so many seconds."""
    left, right = (torch.randn(side, side).to(dtype) for _ in range(2))
    out = torch.empty_like(left)
    torch.mm(left, right, out=out)
    products, began = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - began) < least_seconds:
        torch.mm(left, right, out=out)
        products += 1
    return 2 * side**3 * products / elapsed / 1e9


if __name__ == "__main__":
    main()
