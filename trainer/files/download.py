"""Download the Oxford-IIIT Pet dataset: with progress, a way out, and no byte fetched twice."""

import http.client
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from hashlib import md5
from pathlib import Path
from typing import BinaryIO

import msgspec

from trainer.core.errors import CancelledError, DiskError, TrainerError

Progress = Callable[[int, int], None]
Resources = tuple[tuple[str, str], ...]
"""Addresses, each with the MD5 of its file in hexadecimal."""

_CHUNK = 256 * 1024
_TIMEOUT_SECONDS = 30.0
_MB = 1_000_000
_FOLDER = "oxford-iiit-pet"  # torchvision's own name for it


class Download(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody should know before they download a dataset."""

    title: str
    photos: int
    download_bytes: int
    disk_bytes: int
    """At the most: while the archives are unpacked, they are still there."""
    licence: str
    page: str


PETS = Download(
    title="Oxford-IIIT Pets",
    photos=7_349,
    download_bytes=811_000_000,
    disk_bytes=1_700_000_000,
    licence="Creative Commons Attribution-ShareAlike 4.0",
    page="https://www.robots.ox.ac.uk/~vgg/data/pets/",
)


class DownloadError(TrainerError):
    """Something could not be fetched; what has come so far is kept."""


def download_pets(
    folder: Path, *, progress: Progress = lambda _done, _total: None, cancelled: Callable[[], bool] = lambda: False
) -> Path:
    """Fetch and unpack the dataset below `folder` with torchvision's class, and return the dataset's folder.

    `progress` counts megabytes. What an earlier, interrupted call has fetched is not fetched again. Both archives are
    checked against the MD5 that torchvision knows, and deleted once they are unpacked.

    Raises DownloadError, DiskError and CancelledError.
    """
    from trainer.hardware.torchvision_shim import torchvision  # noqa: PLC0415 - torch is loaded for a download alone

    pets = torchvision.datasets.OxfordIIITPet
    target = folder / _FOLDER
    resources: Resources = pets._RESOURCES  # noqa: SLF001 - the addresses stand nowhere else
    archives = fetch_all(resources, target, progress=progress, cancelled=cancelled)
    if archives:
        _heed(cancelled)
        _remove_half_unpacked(target)
        _guard_disk(lambda: pets(folder, download=True), target)
    for archive in archives:
        archive.unlink()
    return target


def fetch_all(resources: Resources, target: Path, *, progress: Progress, cancelled: Callable[[], bool]) -> list[Path]:
    """Return the archives, fetched where they were missing; none where they were unpacked and deleted long ago."""
    paths = [target / url.rsplit("/", 1)[-1] for url, _ in resources]
    unpacked = all((target / path.name.split(".")[0]).is_dir() for path in paths)
    if unpacked and not any(path.exists() or _part(path).exists() for path in paths):
        return []
    _guard_disk(lambda: target.mkdir(parents=True, exist_ok=True), target)
    _refuse_full_disk(target)
    done_before = 0
    for (url, digest), path in zip(resources, paths, strict=True):
        if not (path.exists() and _digest(path) == digest):
            fetch(url, path, partial(_has, digest), progress=_after(progress, done_before), cancelled=cancelled)
        done_before += path.stat().st_size
    return paths


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
    part = _part(path)
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
            raise _disk_error(path, error) from error
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
        _heed(cancelled)
        chunk = answer.read(_CHUNK)
        if not chunk:
            break
        file.write(chunk)
        have += len(chunk)
        progress(have, total)
    if have < total:
        raise http.client.IncompleteRead(b"", total - have)


def _after(progress: Progress, done_before: int) -> Progress:
    """Return a progress in bytes of one file that tells the progress of all in megabytes."""

    def tell(done: int, _total: int) -> None:
        progress((done_before + done) // _MB, max(PETS.download_bytes, done_before + done) // _MB)

    return tell


def _remove_half_unpacked(target: Path) -> None:
    """Remove what an interrupted call unpacked: torchvision takes any folder of that name for a whole one."""
    for name in ("images", "annotations"):
        shutil.rmtree(target / name, ignore_errors=True)


def _refuse_full_disk(target: Path) -> None:
    free = shutil.disk_usage(target).free
    there = sum(path.stat().st_size for path in target.iterdir() if path.is_file())
    if free + there < PETS.disk_bytes:
        raise DiskError(
            f"{PETS.title} needs {PETS.disk_bytes / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free at {target}.",
            remedy="Free some space, or choose another folder.",
            path=target,
        )


def _guard_disk(work: Callable[[], object], path: Path) -> None:
    try:
        work()
    except OSError as error:
        raise _disk_error(path, error) from error


def _disk_error(path: Path, error: OSError) -> DiskError:
    return DiskError(
        f"{path} cannot be written ({error.strerror or error}).", remedy="Choose another folder.", path=path
    )


def _no_answer(url: str, reason: str) -> DownloadError:
    return DownloadError(
        f"{url.split('/')[2]} could not be reached ({reason}).",
        remedy="Check the connection to the internet and try again: what has come so far is kept.",
    )


def _heed(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise CancelledError("The download was cancelled.", remedy="What has come so far is kept.")


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _has(digest: str, path: Path) -> bool:
    return _digest(path) == digest


def _digest(path: Path) -> str:
    digest = md5(usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
