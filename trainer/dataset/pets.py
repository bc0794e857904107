"""The Oxford-IIIT Pet dataset: what to know before it is downloaded, and the download."""

import shutil
from functools import partial
from pathlib import Path

import msgspec

from trainer.core.errors import DiskError
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import text
from trainer.files.atomic import disk_errors, sync_below
from trainer.files.download import fetch, has_md5, md5_of, part_of, raise_if_cancelled

Resources = tuple[tuple[str, str], ...]
"""Addresses, each with the MD5 of its file in hexadecimal."""

_MB = 1_000_000
_FOLDER = "oxford-iiit-pet"  # torchvision's own name for it


class Download(msgspec.Struct, frozen=True, kw_only=True):
    """What a user should know before downloading a dataset."""

    title: str
    photos: int
    download_bytes: int
    disk_bytes: int
    """At the most: the archives stay until they are unpacked."""
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


def download_pets(folder: Path, *, progress: Progress = no_progress, cancelled: Cancelled = never_cancelled) -> Path:
    """Fetch and unpack the dataset below `folder` with torchvision's class, and return the dataset's folder.

    `progress` counts megabytes. What an earlier, interrupted call has fetched is not fetched again. Both archives are
    checked against the MD5 that torchvision knows, and deleted once they are unpacked.

    Raises DownloadError, DiskError and CancelledError.
    """
    from trainer.hardware.torchvision_shim import torchvision  # noqa: PLC0415 - only a download needs torch

    pets = torchvision.datasets.OxfordIIITPet
    target = folder / _FOLDER
    resources: Resources = pets._RESOURCES  # noqa: SLF001 - the addresses stand nowhere else
    archives = fetch_all(resources, target, progress=progress, cancelled=cancelled)
    if archives:
        raise_if_cancelled(cancelled)
        _remove_half_unpacked(target)
        with disk_errors(target):
            pets(folder, download=True)
            sync_below(target)  # before the archives go: folders without them count as unpacked whole
    for archive in archives:
        archive.unlink()
    return target


def fetch_all(resources: Resources, target: Path, *, progress: Progress, cancelled: Cancelled) -> list[Path]:
    """Return the archives, fetched where they were missing; none where they were unpacked and deleted long ago."""
    paths = [target / url.rsplit("/", 1)[-1] for url, _ in resources]
    unpacked = all((target / path.name.split(".")[0]).is_dir() for path in paths)
    if unpacked and not any(path.exists() or part_of(path).exists() for path in paths):
        return []
    with disk_errors(target):
        target.mkdir(parents=True, exist_ok=True)
    _refuse_full_disk(target)
    done_before = 0
    for (url, digest), path in zip(resources, paths, strict=True):
        if not (path.exists() and md5_of(path) == digest):
            fetch(url, path, partial(has_md5, digest), progress=_after(progress, done_before), cancelled=cancelled)
        done_before += path.stat().st_size
    return paths


def _after(progress: Progress, done_before: int) -> Progress:
    """Return a progress in bytes of one file that passes on the progress of all files in megabytes."""

    def tell(done: int, _total: int) -> None:
        progress((done_before + done) // _MB, max(PETS.download_bytes, done_before + done) // _MB)

    return tell


def _remove_half_unpacked(target: Path) -> None:
    """Remove what an interrupted call unpacked: torchvision takes any folder of that name as complete."""
    for name in ("images", "annotations"):
        shutil.rmtree(target / name, ignore_errors=True)


def _refuse_full_disk(target: Path) -> None:
    free = shutil.disk_usage(target).free
    there = sum(path.stat().st_size for path in target.iterdir() if path.is_file())
    if free + there < PETS.disk_bytes:
        raise DiskError(
            text(
                "{title} needs {need:.1f} GB, and {free:.1f} GB are free at {folder}.",
                title=PETS.title,
                need=PETS.disk_bytes / 1e9,
                free=free / 1e9,
                folder=target,
            ),
            remedy=text("Free some space, or choose another folder."),
            path=target,
        )
