"""Photos that wait, of which each request in turn gives one: a lone photo does not wait for a thousand of another."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Turns(Generic[_T]):
    """A queue of requests with their items. It is not made for several threads; whoever owns it locks."""

    def __init__(self) -> None:
        self._requests: deque[deque[_T]] = deque()
        self._count = 0

    def __len__(self) -> int:
        """Return how many items wait."""
        return self._count

    def __iter__(self) -> Iterator[_T]:
        """Yield what waits, request by request."""
        return (one for request in self._requests for one in request)

    def add(self, items: Iterable[_T]) -> None:
        """Let a request's items wait behind one item of each request that is there."""
        request = deque(items)
        if request:
            self._requests.append(request)
            self._count += len(request)

    def take(self) -> _T:
        """Return the next item. Raises IndexError where there is none."""
        request = self._requests.popleft()
        self._count -= 1
        one = request.popleft()
        if request:
            self._requests.append(request)
        return one

    def keep(self, wanted: Callable[[_T], bool]) -> None:
        """Forget the items that are not wanted. The requests keep their order."""
        kept = [deque(filter(wanted, request)) for request in self._requests]
        self._requests = deque(filter(None, kept))
        self._count = sum(map(len, self._requests))
