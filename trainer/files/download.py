"""Downloads that show progress, can be cancelled, and fetch no byte twice."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from hashlib import md5
from pathlib import Path

from trainer.core.errors import CancelledError, TrainerError
from trainer.core.progress import Cancelled, Progress
from trainer.core.text import text
from trainer.files.atomic import disk_errors, put_in_place

_CHUNK_BYTES = 256 * 1024
_TIMEOUT_SECONDS = 30.0


class DownloadError(TrainerError):
    """Something could not be fetched; what has come so far is kept."""


def fetch(url: str, path: Path, is_right: Callable[[Path], bool], *, progress: Progress, cancelled: Cancelled) -> None:
    """Fetch one file, going on where an earlier attempt was interrupted. `progress` counts bytes.

    The file appears at `path` once it is whole and on the disk. Raises DownloadError where the connection fails or
    `is_right` refuses what came, DiskError where the file cannot be written, and CancelledError.
    """
    part = part_of(path)
    with disk_errors(path):
        have = part.stat().st_size if part.exists() else 0
        answer = _ask(url, have)
        if answer is not None:
            with answer:
                _copy(answer, part, url, have, progress=progress, cancelled=cancelled)
        if is_right(part):
            put_in_place(part, path)
            return
        part.unlink()
    raise DownloadError(
        text("What came from {address} is not the file that it should be.", address=url),
        remedy=text("Try again. If the message comes back, the server has another file now."),
        path=path,
    )


def _ask(url: str, have: int) -> http.client.HTTPResponse | None:
    """Ask for all of a file but its first `have` bytes. Return None where nothing is missing beyond these."""
    headers = {"User-Agent": "CatDog", **({"Range": f"bytes={have}-"} if have else {})}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the addresses are torchvision's own
    try:
        answer: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS)  # noqa: S310 - see above
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return None
        raise _no_answer(url, text("it answered {code}", code=str(error.code))) from error
    except (OSError, http.client.HTTPException) as error:
        raise _no_answer(url, str(getattr(error, "reason", error))) from error
    return answer


def _copy(
    answer: http.client.HTTPResponse, part: Path, url: str, have: int, *, progress: Progress, cancelled: Cancelled
) -> None:
    """Write the answer behind the `have` bytes of the file that are there."""
    if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
        have = 0  # the server sends all of it, whatever was asked for
    total = have + int(answer.headers.get("Content-Length") or 0)
    with part.open("ab" if have else "wb") as file:
        while True:
            raise_if_cancelled(cancelled)
            chunk = _read(answer, url)
            if not chunk:
                break
            file.write(chunk)
            have += len(chunk)
            progress(have, total)
    if have < total:
        raise _no_answer(url, text("the connection broke off"))


def _read(answer: http.client.HTTPResponse, url: str) -> bytes:
    try:
        return answer.read(_CHUNK_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise _no_answer(url, str(error)) from error


def _no_answer(url: str, reason: str) -> DownloadError:
    return DownloadError(
        text("{server} could not be reached ({reason}).", server=url.split("/")[2], reason=reason),
        remedy=text("Check the connection to the internet and try again: what has come so far is kept."),
    )


def raise_if_cancelled(cancelled: Cancelled) -> None:
    """Raise CancelledError where the download was cancelled."""
    if cancelled():
        raise CancelledError(text("The download was cancelled."), remedy=text("What has come so far is kept."))


def part_of(path: Path) -> Path:
    """Return where a file is while it is not whole."""
    return path.with_name(path.name + ".part")


def has_md5(digest: str, path: Path) -> bool:
    """Return whether a file has that MD5, in hexadecimal."""
    return md5_of(path) == digest


def md5_of(path: Path) -> str:
    """Return a file's MD5 in hexadecimal."""
    digest = md5(usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
