"""Networks asked by several threads at once, each computing with one thread of torch."""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

import torch

from trainer.core.pipeline import map_in_order

# Photos in a worker's batch. More of them no longer fit the processor's cache, and each takes longer.
CHUNK = 8

_T = TypeVar("_T")
_R = TypeVar("_R")


def worker_count(device: torch.device, threads: int) -> int:
    """Return how many workers `in_parallel` should have: one a core, or as many as `threads` where it is not 0."""
    return (threads or os.cpu_count() or 1) if device.type == "cpu" else 1


def in_parallel(work: Callable[[_T], _R], items: Iterable[_T], count: int) -> Iterator[_R]:
    """Yield `work(item)` for each item, in order, done by `count` threads of which each computes alone.

    Threads that share one photo's arithmetic wait for one another many times a photo; those with photos of their own
    never do, which is faster, and not slowed down by other programs.
    """
    before = torch.get_num_threads()
    try:
        yield from map_in_order(
            work, items, workers=count, ahead=count, name="network", initialise=partial(torch.set_num_threads, 1)
        )
    finally:
        torch.set_num_threads(before)  # later threads inherit what a worker sets
