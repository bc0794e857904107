"""Who may ask: the address must be meant, no other web page may ask in its visitor's name, and the token must be right.

A web page from elsewhere can send requests to a service on its visitor's computer, also under a name of its own that it
lets point there (DNS rebinding). Browsers name the page in `Origin` and the address in `Host`; both are checked here.
"""

import hmac
import ipaddress
from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trainer.core.text import text
from trainer.serve.refusals import RefusalError

_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-store",
}


class Guard:
    """Refuses requests before anything of them is read, and adds to each response what keeps browsers careful."""

    def __init__(self, app: ASGIApp, *, names: Collection[str], token: str | None, open_paths: Collection[str]) -> None:
        self._app, self._token, self._open_paths = app, token, open_paths
        self._names = {"localhost", *(name.lower() for name in names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, or refuse it (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def careful(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((name, value) for name, value in _HEADERS.items() if name not in there),
                ]
            await send(message)

        try:
            self._check(Headers(scope=scope), scope["path"])
        except RefusalError as refusal:
            await refusal.response()(scope, receive, careful)
        else:
            await self._app(scope, receive, careful)

    def _check(self, headers: Headers, path: str) -> None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            raise RefusalError(
                HTTPStatus.MISDIRECTED_REQUEST,
                text("This service does not go by that name. Start it with --allow-host NAME if it should."),
            )
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != hosts[0].lower():
            raise RefusalError(HTTPStatus.FORBIDDEN, text("Pages of other sites may not ask this service."))
        if self._token is not None and path not in self._open_paths and not self._knows_token(headers):
            raise RefusalError(
                HTTPStatus.UNAUTHORIZED,
                text("This service asks for its token: Authorization: Bearer TOKEN."),
                {"WWW-Authenticate": "Bearer"},
            )

    def _is_ours(self, host: str) -> bool:
        """Say whether a Host header names this service: a known name, or any address, which no DNS can turn round."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self._names or _is_address(name)

    def _knows_token(self, headers: Headers) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        assert self._token is not None
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self._token.encode())


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
