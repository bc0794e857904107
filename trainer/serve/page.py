"""The page at `/`: drop photos on it, and the service says what they are. Everything comes from this service.

In its place, a folder of one's own can be served: above all the page that `catdog-cli export MODEL --to web` writes, in
which the browser looks at the photos itself.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from trainer.core.errors import SettingError
from trainer.core.text import text
from trainer.files.kinds import is_file
from trainer.files.resources import resource

_INDEX = "index.html"
_FILES = {"/": _INDEX, "/page.css": "page.css", "/page.js": "page.js"}
# Nothing from elsewhere, and no script but the page's own.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src blob: data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page_files(folder: Path | None) -> dict[str, Path]:
    """Return each path with its file: those of a folder, without the folders in it, or of the service's own page.

    Raises SettingError for a folder without index.html.
    """
    if folder is None:
        return {path: resource("service", name) for path, name in _FILES.items()}
    index = folder / _INDEX
    if not is_file(index):
        raise SettingError(
            text("There is no page {path}.", path=str(index)),
            remedy=text("Write one with: catdog-cli export MODEL --to web"),
            path=folder,
        )
    return {"/": index, **{f"/{file.name}": file for file in folder.iterdir() if is_file(file)}}


def page_routes(files: Mapping[str, Path], *, own: bool) -> list[Route]:
    """Return the routes of a page's files. `own` is whether it is the service's own, whose policy is known."""
    headers = {"Content-Security-Policy": _POLICY if own else "frame-ancestors 'none'"}
    return [Route(path, _sender(file, headers)) for path, file in files.items()]


def _sender(file: Path, headers: Mapping[str, str]) -> Callable[[Request], Awaitable[Response]]:
    async def send(_request: Request) -> Response:
        return FileResponse(file, headers=headers)

    return send
