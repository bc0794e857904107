"""The bytes of a request's body, as they arrive, within the limits of one request and of all together."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request

from trainer.core.text import text
from trainer.serve import refusals
from trainer.serve.limits import Limits
from trainer.serve.refusals import RefusalError

_MEGABYTE = 1e6


class Room:
    """How many bytes of bodies may be in memory at one time. Asked by the event loop's thread alone."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    @contextmanager
    def held(self) -> Iterator["Held"]:
        """Return what counts the bytes of one request; they are free again at the end of the context."""
        held = Held(self)
        try:
            yield held
        finally:
            self._left += held.size

    def take(self, size: int) -> None:
        """Raise RefusalError where there is no room for so many bytes more."""
        if size > self._left:
            raise refusals.busy()
        self._left -= size


class Held:
    """The bytes of one request."""

    def __init__(self, room: Room) -> None:
        self._room, self.size = room, 0

    def add(self, size: int) -> None:
        """Count bytes more. Raises RefusalError where there is no room for them."""
        self._room.take(size)
        self.size += size


async def body_of(request: Request, held: Held, limits: Limits) -> AsyncIterator[bytes]:
    """Yield a request's body in parts. Raises RefusalError where it is too large, or the service is full."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limits.body:
        raise refusals.too_large(limits.body / _MEGABYTE)
    async for part in request.stream():
        if held.size + len(part) > limits.body:
            raise refusals.too_large(limits.body / _MEGABYTE)
        held.add(len(part))
        yield part


@asynccontextmanager
async def in_time(limits: Limits, status: HTTPStatus) -> AsyncIterator[None]:
    """Raise RefusalError with this status where what happens inside takes longer than the limit.

    Raises asyncio.CancelledError as usual, and RefusalError where the caller has gone.
    """
    try:
        async with asyncio.timeout(limits.seconds):
            yield
    except TimeoutError:
        seconds = f"{limits.seconds:g}"
        if status == HTTPStatus.REQUEST_TIMEOUT:
            detail = text("The photos did not arrive within {seconds} seconds. Send fewer.", seconds=seconds)
        else:
            detail = text("There is no verdict within {seconds} seconds. Send fewer photos, or later.", seconds=seconds)
        raise RefusalError(status, detail, refusals.SOON) from None
    except ClientDisconnect:
        raise refusals.gone() from None
