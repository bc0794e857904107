"""Downloads: with progress, a way out, and no byte fetched twice."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from hashlib import md5
from pathlib import Path
from typing import BinaryIO

from trainer.core.errors import CancelledError, DiskError, TrainerError

Progress = Callable[[int, int], None]
_CHUNK = 256 * 1024
_TIMEOUT_SECONDS = 30.0


class DownloadError(TrainerError):
    """Something could not be fetched; what has come so far is kept."""


def fetch(
    url: str,
    path: Path,
    is_right: Callable[[Path], bool],
    *,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> None:
    """Fetch one file, going on where an earlier attempt was interrupted. `progress` counts bytes.

    Raises DownloadError where the connection fails or `is_right` refuses what came.
    """
    part = part_of(path)
    have = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "CatDog", **({"Range": f"bytes={have}-"} if have else {})}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the addresses are torchvision's own
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - see above
            if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
                have = 0  # the server sends all of it, whatever was asked for
            total = have + int(answer.headers.get("Content-Length") or 0)
            with part.open("ab" if have else "wb") as file:
                _copy(answer, file, (have, total), progress=progress, cancelled=cancelled)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise _no_answer(url, f"it answered {error.code}") from error
        # Nothing is missing beyond what is there: the check below decides.
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, OSError) and error.filename is not None:
            raise disk_error(path, error) from error
        raise _no_answer(url, str(getattr(error, "reason", error))) from error
    if not is_right(part):
        part.unlink()
        raise DownloadError(
            f"What came from {url} is not the file that it should be.",
            remedy="Try again; if it stays like that, the server has another file now.",
            path=path,
        )
    part.replace(path)


def _copy(
    answer: http.client.HTTPResponse,
    file: BinaryIO,
    sizes: tuple[int, int],
    *,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> None:
    """Append the answer to the file. `sizes` are the bytes that are there, and those that there should be."""
    have, total = sizes
    while True:
        refuse_cancelled(cancelled)
        chunk = answer.read(_CHUNK)
        if not chunk:
            break
        file.write(chunk)
        have += len(chunk)
        progress(have, total)
    if have < total:
        raise http.client.IncompleteRead(b"", total - have)


def disk_error(path: Path, error: OSError) -> DiskError:
    """Return the error for a file that cannot be written."""
    return DiskError(
        f"{path} cannot be written ({error.strerror or error}).", remedy="Choose another folder.", path=path
    )


def _no_answer(url: str, reason: str) -> DownloadError:
    return DownloadError(
        f"{url.split('/')[2]} could not be reached ({reason}).",
        remedy="Check the connection to the internet and try again: what has come so far is kept.",
    )


def refuse_cancelled(cancelled: Callable[[], bool]) -> None:
    """Raise CancelledError where the download was cancelled."""
    if cancelled():
        raise CancelledError("The download was cancelled.", remedy="What has come so far is kept.")


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
