"""What a caller is told when there is no verdict: a status of HTTP with one sentence, as RFC 9457 lays it out."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from starlette.responses import Response

from trainer.core.text import plain, text

SOON = {"Retry-After": "1"}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no verdict (RFC 9457)."""

    title: str
    """What the status means."""
    status: int
    detail: str
    """What happened and what to do."""


class RefusalError(Exception):
    """A request that gets no verdict."""

    def __init__(self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})

    def response(self) -> Response:
        """Return what the caller is sent."""
        problem = Problem(title=self.status.phrase, status=self.status, detail=self.detail)
        body = msgspec.json.encode(problem, enc_hook=plain)
        return Response(body, self.status, self.headers, media_type="application/problem+json")


def too_large(megabytes: float) -> RefusalError:
    """Return the refusal of a body over the limit."""
    detail = text("A request has room for {megabytes:g} MB. Send fewer or smaller photos.", megabytes=megabytes)
    return RefusalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)


def too_many(photos: int) -> RefusalError:
    """Return the refusal of more photos than one request may bring."""
    detail = text("A request has room for {photos} photos. Send the others in another one.", photos=photos)
    return RefusalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)


def busy() -> RefusalError:
    """Return the refusal of what does not fit in beside what waits already."""
    return RefusalError(HTTPStatus.TOO_MANY_REQUESTS, text("Too many photos are waiting. Try again in a moment."), SOON)


def gone() -> RefusalError:
    """Return what ends the work for a caller who has gone; nobody will read it."""
    return RefusalError(HTTPStatus.BAD_REQUEST, text("The caller has gone."))
