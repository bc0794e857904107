"""The service as an ASGI application: what is asked under which path, and what is answered."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trainer.core.results import ErrorRecord, Prediction
from trainer.core.text import plain, text
from trainer.core.version import version
from trainer.serve import refusals
from trainer.serve.batcher import QueueFullError
from trainer.serve.body import Room, body_of, in_time
from trainer.serve.guard import Guard
from trainer.serve.openapi import openapi
from trainer.serve.page import page_files, page_routes
from trainer.serve.refusals import RefusalError
from trainer.serve.service import Service
from trainer.serve.uploads import uploads

# What anybody may see beside the page, which asks for the token itself.
_OPEN_PATHS = ("/health", "/openapi.json")


def application(
    service: Service, *, names: Collection[str] = (), token: str | None = None, page: Path | None = None
) -> Starlette:
    """Return the application. `names` are those that a Host header may have besides localhost and addresses.

    `page` is a folder that is served in the place of the service's own page. The service is closed when the application
    ends. Raises SettingError for a folder without a page.
    """
    files = page_files(page)
    endpoints = _Endpoints(service, token=token is not None)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(service.close)

    app = Starlette(
        routes=[
            Route("/predict", endpoints.predict, methods=["POST"]),
            Route("/models", endpoints.models),
            Route("/health", endpoints.health),
            Route("/openapi.json", endpoints.openapi),
            *page_routes(files, own=page is None),
        ],
        middleware=[Middleware(Guard, names=names, token=token, open_paths=(*files, *_OPEN_PATHS))],
        exception_handlers={RefusalError: _refused, HTTPException: _not_found, Exception: _unexpected},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # a caller's mistake is told, and not followed
    return app


class _Endpoints:
    def __init__(self, service: Service, *, token: bool) -> None:
        self._service = service
        self._room = Room(service.limits.room)
        self._openapi = msgspec.json.encode(openapi(service.limits, version(), token=token))

    async def predict(self, request: Request) -> Response:
        limits = self._service.limits
        if self._service.is_full():
            raise refusals.busy()
        with self._room.held() as held:
            async with in_time(limits, HTTPStatus.REQUEST_TIMEOUT):
                body = body_of(request, held, limits)
                photos = await uploads(request.headers.get("content-type", ""), body, limits.photos)
            async with in_time(limits, HTTPStatus.GATEWAY_TIMEOUT):
                try:
                    return _json(await _unless_gone(request, self._service.verdicts(photos)))
                except QueueFullError:
                    raise refusals.busy() from None

    async def models(self, _request: Request) -> Response:
        return _json([self._service.model])

    async def health(self, _request: Request) -> Response:
        return _json(self._service.health())

    async def openapi(self, _request: Request) -> Response:
        return Response(self._openapi, media_type="application/json")


async def _unless_gone(request: Request, work: Any) -> list[Prediction]:
    """Return what the work gives; end it where the caller goes before. Raises RefusalError."""
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise refusals.gone()
        found: list[Prediction] = working.result()
        return found
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    """Return when the caller has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value, enc_hook=plain), media_type="application/json")


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusalError)
    return error.response()


async def _not_found(request: Request, error: Exception) -> Response:
    """Answer what no route takes, in the same form as every other refusal."""
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = text("{path} does not take {method}.", path=request.url.path, method=request.method)
    else:
        detail = text("There is nothing at {path}. /openapi.json says what there is.", path=request.url.path)
    return RefusalError(HTTPStatus(error.status_code), detail, error.headers).response()


async def _unexpected(_request: Request, error: Exception) -> Response:
    return RefusalError(HTTPStatus.INTERNAL_SERVER_ERROR, ErrorRecord.of(error).what).response()
