"""Threads that each compute with one thread of torch, so that nobody's number of threads changes a number.

Threads that share one photo's arithmetic wait for one another many times a photo, and add in an order that depends on
how many they are. Those with photos of their own never wait, are not slowed down by other programs, and arrive at the
same numbers however many they are.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

import torch

from trainer.core.pipeline import map_in_order

# Photos in a worker's batch. More of them no longer fit the processor's cache, and each takes longer.
CHUNK = 8

_T = TypeVar("_T")
_R = TypeVar("_R")
_P = ParamSpec("_P")


def worker_count(device: torch.device, threads: int) -> int:
    """Return how many workers `in_parallel` should have: one a core, or as many as `threads` where it is not 0."""
    return (threads or cores()) if device.type == "cpu" else 1


def cores() -> int:
    """Return how many cores this process may use: the machine's, shared among the ranks that torchrun started on it."""
    ranks = os.environ.get("LOCAL_WORLD_SIZE", "1")
    return max(1, (os.cpu_count() or 1) // max(1, int(ranks) if ranks.isdecimal() else 1))


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute with one thread in the calling thread. Also a decorator."""
    before = torch.get_num_threads()
    if before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)  # later threads inherit what any thread sets


def in_parallel(work: Callable[[_T], _R], items: Iterable[_T], count: int) -> Iterator[_R]:
    """Yield `work(item)` for each item, in order, done by `count` threads of which each computes alone."""
    before = torch.get_num_threads()
    try:
        yield from map_in_order(
            work, items, workers=count, ahead=count, name="network", initialise=partial(torch.set_num_threads, 1)
        )
    finally:
        torch.set_num_threads(before)  # later threads inherit what a worker sets


class Workers:
    """The same threads for as long as a run lasts. Whoever is free takes the next piece of work.

    A context manager: leaving it drops what was not begun, and ends the threads.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool = ThreadPoolExecutor(
            count, thread_name_prefix="network", initializer=partial(torch.set_num_threads, 1)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def submit(self, work: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> Future[_R]:
        """Let a worker do this when all that was asked for before is begun."""
        return self._pool.submit(work, *args, **kwargs)

    def in_order(self, work: Callable[[_T], _R], items: Iterable[_T]) -> Iterator[_R]:
        """Yield `work(item)` for each item in order, a few ahead. What it raises is raised in its turn."""
        waiting: deque[Future[_R]] = deque()
        try:
            for item in items:
                waiting.append(self.submit(work, item))
                if len(waiting) > self.count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            finish(waiting)


def finish(begun: Iterable[Future[_R]]) -> None:
    """Drop what was not begun of these, and wait for the rest, whatever becomes of it."""
    for future in [future for future in begun if not future.cancel()]:
        future.exception()
