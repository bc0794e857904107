"""A zip of photos, read in place. Nothing is ever extracted, and no entry can make us read more than it may."""

import contextlib
import re
import stat
import threading
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from trainer.core.errors import DatasetError, PhotoError
from trainer.core.progress import Cancelled, never_cancelled
from trainer.core.text import text
from trainer.dataset.names import PHOTO_ENDINGS
from trainer.dataset.photo import MAX_PHOTO_BYTES, photo_error
from trainer.dataset.records import Problem
from trainer.dataset.sources.listing import Listing, SourceFile, is_junk, listing
from trainer.files.regular import open_regular

MAX_ENTRIES = 1_000_000
"""The largest collections that people pass on in one zip have a few hundred thousand photos."""

MAX_RATIO = 200
"""Photos hardly shrink in a zip; a drawing saved as BMP shrinks a hundredfold. Deflate's bombs reach 1,032."""

SMALL_ENTRY_BYTES = 16 * 2**20
SMALL_ZIP_BYTES = 2**30
"""What unpacks to less than this does no harm, whatever its ratio."""

_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1


class ZipSource:
    """A zip file, as `PhotoSource` describes it."""

    layout = None

    def __init__(self, root: Path, folders: Sequence[str] = ()) -> None:
        """Open the zip and read its table of contents; with `folders`, list these folders in it alone.

        Raises DatasetError where it is no zip, is damaged, or would unpack to an absurd size.
        """
        self.root = root
        self._lock = threading.Lock()  # ZipFile counts its open entries without one of its own
        try:
            self._zip = zipfile.ZipFile(root)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise _not_a_zip(root, error) from error
        try:
            _refuse_bomb(self._zip.infolist(), root)
            self._listing, self._entries = _contents(self._zip.infolist(), root.stat().st_mtime_ns)
            if folders:
                self._listing = _within(self._listing, tuple(f"{folder}/" for folder in folders))
        except BaseException:
            self._zip.close()
            raise

    def list_files(self, cancelled: Cancelled = never_cancelled) -> Listing:  # noqa: ARG002 - takes no time here
        """Return every file but junk; unsafe names and links are problems."""
        return self._listing

    def file_of(self, path: str) -> None:
        """Return None: a photo in a zip is no file of its own."""

    def read(self, path: str) -> bytes:
        """Return one entry's bytes: never more than it declares, nor than MAX_PHOTO_BYTES. Raises PhotoError."""
        info = self._entries.get(path)
        if info is None:
            raise PhotoError("unreadable", text("This is not in the zip."), path=path)
        _refuse_entry(info, path)
        try:
            with self._lock, self._zip.open(info) as entry:
                data = entry.read(info.file_size)
        except EOFError as error:
            raise photo_error("truncated", path) from error
        except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError) as error:
            raise photo_error("unreadable", path) from error
        if len(data) < info.file_size:
            raise photo_error("truncated", path)
        return data

    def close(self) -> None:
        """Close the zip file."""
        with self._lock:
            self._zip.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _contents(infos: list[zipfile.ZipInfo], modified_ns: int) -> tuple[Listing, dict[str, zipfile.ZipInfo]]:
    """Return the listing, and the entry of each listed path.

    The zip's own date stands for all its entries: theirs have no time zone and steps of two seconds.
    """
    entries: dict[str, zipfile.ZipInfo] = {}
    problems: list[Problem] = []
    for info in infos:
        name = _name(info)
        parts = [part for part in name.split("/") if part not in ("", ".")]
        path = "/".join(parts)
        if name.endswith("/"):
            continue
        if not _is_safe(name):
            reason = text("Its name leads out of the zip, so it was not read. Do not trust this zip.")
            problems.append(Problem(path=_CONTROL.sub("?", name), kind="unsafe path", reason=reason))
        elif any(is_junk(part) for part in parts):
            continue
        elif stat.S_ISLNK(info.external_attr >> 16):
            reason = text("This is a link inside a zip, which is not followed. Put the photo itself in its place.")
            problems.append(Problem(path=path, kind="link in zip", reason=reason))
        elif path in entries:
            reason = text("This is in the zip more than once. Only the first one is used.")
            problems.append(Problem(path=path, kind="repeated name", reason=reason))
        else:
            entries[path] = info
    files = [SourceFile(path, info.file_size, modified_ns) for path, info in entries.items()]
    return listing(files, problems), entries


def _within(whole: Listing, starts: tuple[str, ...]) -> Listing:
    """Return the part of a listing whose paths have one of these beginnings."""
    files = [file for file in whole.files if file.path.startswith(starts)]
    return listing(files, [problem for problem in whole.problems if problem.path.startswith(starts)])


def _name(info: zipfile.ZipInfo) -> str:
    """Return an entry's name with forward slashes (old Windows programs write the others).

    Many programs write UTF-8 without saying so, and zipfile then takes it for cp437. Text that was cp437 is hardly
    ever valid UTF-8 by chance.
    """
    name = info.orig_filename
    if not info.flag_bits & _UTF8_FLAG and not name.isascii():
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _is_safe(name: str) -> bool:
    """Say whether a name stays below the folder it would be unpacked in, on every system."""
    return not (
        name.startswith("/") or _DRIVE.match(name) or _CONTROL.search(name) or ".." in name.split("/") or not name
    )


def _refuse_entry(info: zipfile.ZipInfo, path: str) -> None:
    """Raise PhotoError for an entry that must not or cannot be unpacked. Only entries that are read are checked."""
    if info.flag_bits & _ENCRYPTED_FLAG:
        reason = text("This is locked with a password. Make the zip again without one.")
        raise PhotoError("encrypted", reason, path=path)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # Python's bzip2 and LZMA readers unpack a block whole before anything can be measured.
        reason = text("This is packed in a rare way. Make the zip again as an ordinary zip.")
        raise PhotoError("unreadable", reason, path=path)
    ratio = info.file_size / max(1, info.compress_size)
    if info.file_size > MAX_PHOTO_BYTES or (info.file_size > SMALL_ENTRY_BYTES and ratio > MAX_RATIO):
        reason = text("This would unpack to {bytes:,} bytes, which no photo needs. Remove it.", bytes=info.file_size)
        raise PhotoError("too large", reason, path=path)


def _refuse_bomb(infos: list[zipfile.ZipInfo], root: Path) -> None:
    remedy = text("Do not trust this zip, or choose a folder instead.")
    if len(infos) > MAX_ENTRIES:
        raise DatasetError(
            text("{zip} holds more than {count} files.", zip=root, count=f"{MAX_ENTRIES:,}"), remedy=remedy, path=root
        )
    total = sum(info.file_size for info in infos)
    if total > SMALL_ZIP_BYTES and total > MAX_RATIO * root.stat().st_size:
        raise DatasetError(
            text("{zip} would unpack to {bytes:,} bytes, far more than photos do.", zip=root, bytes=total),
            remedy=remedy,
            path=root,
        )


def _not_a_zip(root: Path, error: Exception) -> DatasetError:
    if isinstance(error, OSError):
        why = error.strerror or error
        return DatasetError(
            text("{place} cannot be read ({reason}).", place=root, reason=why),
            remedy=text("Look at its permissions."),
            path=root,
        )
    if root.suffix.lower() in PHOTO_ENDINGS:
        return DatasetError(
            text("{place} is a single photo.", place=root),
            remedy=text("Choose the folder that holds the photos of both classes."),
            path=root,
        )
    with open_regular(root) as file:
        begins_as_zip = file.read(2) == b"PK"
    if begins_as_zip:
        return DatasetError(
            text("{place} is a damaged or cut off zip.", place=root),
            remedy=text("Copy or download it again."),
            path=root,
        )
    remedy = text("Choose a folder or a .zip; unpack other archives first.")
    return DatasetError(text("{place} is neither a folder nor a zip.", place=root), remedy=remedy, path=root)
