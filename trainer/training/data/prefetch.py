"""Makes the next batch while the network learns from this one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")


def prefetch(items: Iterator[_T]) -> Iterator[_T]:
    """Yield the same items; a thread makes the next one while the one before is in use.

    An error while making an item is raised when its turn comes. The thread ends with the iterator.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="next batch") as maker:
        ahead = maker.submit(next, items, None)
        while (item := ahead.result()) is not None:
            ahead = maker.submit(next, items, None)
            yield item
