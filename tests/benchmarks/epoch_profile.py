"""Where the time of our epoch goes: a profile of training steps in a real run. `epoch.py` starts it.

    python -m tests.benchmarks.epoch_profile DATASET

It listens to the events of `trainer.train`, which come from the training's own thread, and profiles some steps of the
second epoch. Times are those that an operation itself took, without those it called, in all threads together: a step
that takes 0.1 s with two workers has 0.2 s to share out. What no operation took of that (Python, reading the cache,
waiting for the last shard) is a group of its own.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Sequence

import torch
from torch.profiler import ProfilerActivity, profile

from trainer.core.config import TrainConfig
from trainer.core.events import AnyEvent, BatchFinished, EpochFinished, RunStarted
from trainer.training.loop import train

_SKIPPED, _PROFILED = 4, 24
_REST = "Python, reading pixels, waiting"

# The first that an operation's name begins with.
_GROUPS = (
    ("aten::max_pool2d", "pooling"),
    ("aten::grid_sampler", "augmentation"),
    ("aten::affine_grid", "augmentation"),
    ("aten::bmm", "augmentation"),  # of affine_grid: the network has none
    # Mostly the gradient of pooling, which is zero but for one pixel of four.
    ("aten::fill_", "zeroing memory"),
    ("aten::zero", "zeroing memory"),
    ("autograd::engine", "autograd itself, freeing memory"),
    ("aten::relu", "ReLU"),
    ("aten::clamp_min", "ReLU"),
    ("aten::threshold", "ReLU"),
    ("aten::addmm", "dense layers"),
    ("aten::mm", "dense layers"),
    ("aten::linear", "dense layers"),
    ("mkldnn::_linear", "dense layers"),
    ("aten::native_dropout", "dropout"),
    ("aten::bernoulli", "dropout"),
    ("aten::copy_", "conversions and copies"),
    ("aten::to", "conversions and copies"),
    ("aten::_to_copy", "conversions and copies"),
    ("aten::contiguous", "conversions and copies"),
    ("aten::clone", "conversions and copies"),
    ("aten::_foreach", "optimiser"),
    ("aten::_fused", "optimiser"),
    ("Optimizer", "optimiser"),
    # Of single operations only the optimiser's in-place ones matter here.
    ("aten::addcmul_", "optimiser"),
    ("aten::addcdiv_", "optimiser"),
    ("aten::sqrt", "optimiser"),
)


def group(name: str, shapes: Sequence[Sequence[int]]) -> str:
    """Return which kind of work an operation with inputs of these shapes belongs to."""
    if "convolution" in name:
        weight = next((shape for shape in shapes if len(shape) == 4 and shape[2:] in ([3, 3], [1, 1])), None)
        first = weight is not None and weight[1] == 3
        return f"{'first convolution' if first else 'other convolutions'}, {_direction(name)}"
    label = next((label for start, label in _GROUPS if name.startswith(start)), "other operations")
    return f"{label}, {_direction(name)}" if label in {"pooling", "ReLU"} else label


def _direction(name: str) -> str:
    return "backward" if "backward" in name else "forward"


class Listener:
    """Profiles the steps between two batches of the second epoch."""

    def __init__(self) -> None:
        config = torch._C._profiler._ExperimentalConfig  # noqa: SLF001 - it has no public name
        everywhere = config(profile_all_threads=True)
        self.profile = profile(activities=[ProfilerActivity.CPU], record_shapes=True, experimental_config=everywhere)
        self.steps = self.threads = 0
        self.seconds = self.epoch_seconds = self.validation = self._last_batch = 0.0
        self._running = False

    def __call__(self, event: AnyEvent) -> None:
        """Take one event of the run."""
        if isinstance(event, RunStarted):
            self.threads = event.threads
        if isinstance(event, BatchFinished) and event.epoch == 2:
            self._last_batch = time.perf_counter()
            if event.batch == min(_SKIPPED, event.batches - 1):
                self.profile.start()
                self._began, self._first, self._running = time.perf_counter(), event.batch, True
            elif self._running and event.batch in (self._first + _PROFILED, event.batches):
                self.seconds, self.steps = time.perf_counter() - self._began, event.batch - self._first
                self.profile.stop()
                self._running = False
                self._last_batch = time.perf_counter()
        elif isinstance(event, EpochFinished):
            # The third epoch is the one that no profiler disturbs.
            self.validation = time.perf_counter() - self._last_batch
            self.epoch_seconds = event.metrics.seconds
        if isinstance(event, BatchFinished):
            self._last_batch = time.perf_counter()


def main() -> None:
    """Train three short epochs, profile the second, and print seconds a step by kind of work."""
    listener = Listener()
    config = TrainConfig(dataset=sys.argv[1], recipe="classic", epochs=3, patience=0)
    result = train(config, emit=listener)
    if result.error is not None:
        sys.exit(result.error.sentence)
    told = {"groups": sums(listener), "validation": listener.validation, "epoch": listener.epoch_seconds}
    print(json.dumps(told))


def sums(listener: Listener) -> dict[str, float]:
    """Return seconds a step by kind of work, in all threads together."""
    groups: defaultdict[str, float] = defaultdict(float)
    for event in listener.profile.events():
        groups[group(event.name, event.input_shapes)] += event.self_cpu_time_total / 1e6 / listener.steps
    groups[_REST] = max(0.0, listener.threads * listener.seconds / listener.steps - sum(groups.values()))
    return dict(groups)


if __name__ == "__main__":
    main()
