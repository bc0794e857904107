"""The next batch is made while the network learns from this one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")


def prefetch(items: Iterator[_T]) -> Iterator[_T]:
    """Yield the same items, each made by a thread of its own while the one before is in use.

    What the maker raises is raised here, in its turn. The thread ends with the iterator.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="next batch") as maker:
        ahead = maker.submit(next, items, None)
        while (item := ahead.result()) is not None:
            ahead = maker.submit(next, items, None)
            yield item
