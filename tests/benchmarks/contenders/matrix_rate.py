"""How fast this machine multiplies matrices in bfloat16: the limit of all arithmetic. `epoch.py` starts it.

python -m tests.benchmarks.contenders.matrix_rate
"""

import json
import time

import torch

_SIDE = 2048  # three matrices of 8 MB: too large for the cores' own caches, as a network's activations are
_SECONDS = 3.0


def main() -> None:
    """Print the rate in GFLOP/s, by as many threads as torch takes."""
    left, right = (torch.randn(_SIDE, _SIDE).bfloat16() for _ in range(2))
    out = torch.empty_like(left)
    for _ in range(3):
        torch.mm(left, right, out=out)
    products, began = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - began) < _SECONDS:
        torch.mm(left, right, out=out)
        products += 1
    print(json.dumps({"gflops": 2 * _SIDE**3 * products / elapsed / 1e9, "threads": torch.get_num_threads()}))


if __name__ == "__main__":
    main()
