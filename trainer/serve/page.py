"""The page at `/`: drop photos on it, and the service says what they are. Everything comes from this service."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from trainer.files.resources import resource

_FILES = {"/": "index.html", "/page.css": "page.css", "/page.js": "page.js"}
PATHS = tuple(_FILES)
# Nothing from elsewhere, and no script but the page's own.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src blob: data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page_routes() -> list[Route]:
    """Return the routes of the page's files."""
    return [Route(path, _sender(resource("service", name))) for path, name in _FILES.items()]


def _sender(file: Path) -> Callable[[Request], Awaitable[Response]]:
    async def send(_request: Request) -> Response:
        return FileResponse(file, headers={"Content-Security-Policy": _POLICY})

    return send
