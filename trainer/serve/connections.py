"""One connection of HTTP/1.1, which must not dawdle.

A request's head has to arrive in time, and so has what is left of a body that was refused. The body of a request that
is being answered has its own limit, in `trainer.serve.body`.

uvicorn waits for ever for a head that never ends, so that a few hundred slow connections would keep everybody out
("slowloris").
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 15.0
"""From the connection, or the end of the request before, to the end of the next head."""
_PER_LIMIT = 1.5
"""Requests on connections beyond `limit_concurrency` get status 503; beyond so many times it they are not even read."""
_TURNED_AWAY = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class PromptProtocol(H11Protocol):
    """uvicorn's protocol with that deadline."""

    head_seconds = HEAD_SECONDS
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Begin to wait for a head."""
        super().connection_made(transport)
        if self.limit_concurrency is not None and len(self.connections) > _PER_LIMIT * self.limit_concurrency:
            transport.write(_TURNED_AWAY)
            transport.close()
            return
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._rest()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Stop waiting once a request is being answered."""
        super().handle_events()
        if self._is_answering():
            self._rest()

    def on_response_complete(self) -> None:
        """Wait for the rest of the body, if any, and for the next head."""
        self._watch()
        super().on_response_complete()

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _watch(self) -> None:
        self._rest()
        self._deadline = self.loop.call_later(self.head_seconds, self._end)

    def _rest(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _end(self) -> None:
        if not self._is_answering():
            self.transport.abort()
