"""Where the time of our epoch goes: a profile of training steps in a real run. `epoch.py` starts it.

    python -m tests.benchmarks.epoch_profile DATASET

It listens to the events of `trainer.train`, which come from the training's own thread. Some steps of the second epoch
are measured as they are: the processor time of all threads together, so that a step in which two workers compute for
0.1 s has 0.2 s to share out. The same steps of the third epoch are profiled, which makes them a few hundredths longer
(recording shapes and memory would double them). What each kind of work takes there, without what it calls, is brought
to the scale of the steps that nobody profiled. What no operation took (Python, reading the cache) is its own group.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch.profiler import ProfilerActivity, profile

from trainer.core.config import TrainConfig
from trainer.core.events import AnyEvent, BatchFinished, EpochFinished
from trainer.training.loop import train

_SKIPPED, _STEPS = 4, 24
_PLAIN, _PROFILED = 2, 3  # epochs
_REST = "Python, reading pixels"

# The first that an operation's name begins with.
_GROUPS = (
    ("aten::max_pool2d", "pooling"),
    ("aten::mkldnn_max_pool2d", "pooling"),
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
    ("aten::to_mkldnn", "conversions and copies"),
    ("aten::to_dense", "conversions and copies"),
    ("aten::mkldnn_reorder", "conversions and copies"),
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


def group(name: str) -> str:
    """Return which kind of work an operation belongs to."""
    if "convolution" in name:
        return f"convolutions, {_direction(name)}"
    label = next((label for start, label in _GROUPS if name.startswith(start)), "other operations")
    return f"{label}, {_direction(name)}" if label in {"pooling", "ReLU"} else label


def _direction(name: str) -> str:
    return "backward" if "backward" in name else "forward"


class Steps(NamedTuple):
    """What some steps took."""

    count: int
    seconds: float
    """Of processor time, all threads together."""


class Listener:
    """Measures some steps of one epoch, and profiles the same ones of the next."""

    def __init__(self) -> None:
        config = torch._C._profiler._ExperimentalConfig  # noqa: SLF001 - it has no public name
        everywhere = config(profile_all_threads=True)
        self.profile = profile(activities=[ProfilerActivity.CPU], experimental_config=everywhere)
        self.steps: dict[int, Steps] = {}
        """By epoch."""
        self.epoch_seconds = self.validation = 0.0
        self._began = self._last_batch = 0.0

    def __call__(self, event: AnyEvent) -> None:
        """Take one event of the run."""
        if isinstance(event, BatchFinished):
            if event.epoch in (_PLAIN, _PROFILED):
                self._stepped(event)
            self._last_batch = time.perf_counter()
        elif isinstance(event, EpochFinished) and event.metrics.epoch == _PLAIN:
            self.validation = time.perf_counter() - self._last_batch
            self.epoch_seconds = event.metrics.seconds

    def _stepped(self, event: BatchFinished) -> None:
        first = min(_SKIPPED, event.batches - 1)
        last = min(first + _STEPS, event.batches)
        if event.batch == first:
            if event.epoch == _PROFILED:
                self.profile.start()
            self._began = time.process_time()
        elif event.batch == last:
            self.steps[event.epoch] = Steps(last - first, time.process_time() - self._began)
            if event.epoch == _PROFILED:
                self.profile.stop()


def main() -> None:
    """Train three short epochs, and print seconds a step by kind of work, and how much longer profiled steps are."""
    listener = Listener()
    config = TrainConfig(dataset=sys.argv[1], recipe="classic", epochs=3, patience=0)
    result = train(config, emit=listener)
    if result.error is not None:
        sys.exit(result.error.sentence)
    told = {
        "groups": sums(listener),
        "slower": listener.steps[_PROFILED].seconds / listener.steps[_PLAIN].seconds,
        "validation": listener.validation,
        "epoch": listener.epoch_seconds,
    }
    print(json.dumps(told))


def sums(listener: Listener) -> dict[str, float]:
    """Return processor seconds a step by kind of work, which add up to those of a step that nobody profiled."""
    took = [(event.name, event.self_cpu_time_total / 1e6) for event in listener.profile.events()]
    return shared_out(took, listener.steps[_PLAIN], listener.steps[_PROFILED])


def shared_out(took: Iterable[tuple[str, float]], plain: Steps, profiled: Steps) -> dict[str, float]:
    """Share out a plain step as profiled operations (name, seconds) say."""
    groups: defaultdict[str, float] = defaultdict(float)
    for name, seconds in took:
        groups[group(name)] += seconds
    # The profiler reads the clock, and on a busy machine operations wait for a processor as well.
    whole = max(profiled.seconds, sum(groups.values()))
    groups[_REST] = whole - sum(groups.values())
    scale = plain.seconds / plain.count / whole
    return {name: seconds * scale for name, seconds in groups.items()}


if __name__ == "__main__":
    main()
