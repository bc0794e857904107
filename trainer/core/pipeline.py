"""Work on many items by a few threads, in order, with only a few items in memory: the one pipeline of the engine."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")


def map_in_order(
    work: Callable[[_T], _R],
    items: Iterable[_T],
    *,
    workers: int,
    ahead: int,
    name: str,
    initialise: Callable[[], None] = lambda: None,
) -> Iterator[_R]:
    """Yield `work(item)` for each item in order, computed by `workers` threads, at most `ahead` results early.

    Each thread calls `initialise` first. What `work` raises is raised here, in its turn. However the iteration ends,
    nothing more is begun and no thread is left.
    """
    waiting: deque[Future[_R]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix=name, initializer=initialise)
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def in_chunks(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Yield the items in lists of `size`, in order; the last list may be shorter."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
