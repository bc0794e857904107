"""The journal of one sorting: what will be done next is on the disk before it is done, so that it can be taken back.

Lines of JSON to which is only appended. Undoing writes into the same journal.
"""

import datetime as dt
import os
import re
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, Self

import filelock
import msgspec

from trainer.core.errors import DatasetError, SettingError
from trainer.core.text import plain, text
from trainer.files.atomic import disk_errors
from trainer.files.paths import sorted_folder
from trainer.files.regular import read_regular
from trainer.sorting.items import Action
from trainer.sorting.plan import Step

ENDING = ".jsonl"
FORMAT = 1

State = Literal["sorted", "interrupted", "undone", "partly undone"]


class Begun(msgspec.Struct, kw_only=True, tag_field="line", tag="sort"):
    """The first line."""

    format: int = FORMAT
    created: str
    action: Action
    to: str


class Folder(msgspec.Struct, kw_only=True, tag_field="line", tag="folder"):
    """A folder that will be made."""

    path: str


class Intent(msgspec.Struct, kw_only=True, tag_field="line", tag="step"):
    """A step that will be taken."""

    number: int
    step: Step
    part: str
    """Where a copy is written before it gets its name."""


class Keywords(msgspec.Struct, kw_only=True, tag_field="line", tag="keywords"):
    """A file of keywords that will be written."""

    number: int
    path: str
    part: str
    """Where it is written before it gets its name."""
    before: bytes | None
    """Its content before; None where there was none."""
    before_ns: int = 0
    after: str
    """The digest of what will be written."""


class Done(msgspec.Struct, kw_only=True, tag_field="line", tag="done"):
    """A step that was taken, with the file as it then was at the target."""

    number: int
    bytes: int
    modified_ns: int
    digest: str = ""
    """Of copies."""


class Failed(msgspec.Struct, kw_only=True, tag_field="line", tag="failed"):
    """A step that could not be taken; the file is where it was."""

    number: int
    reason: str


class Ended(msgspec.Struct, kw_only=True, tag_field="line", tag="end"):
    """The last line of sorting, or of undoing."""

    what: Literal["sort", "undo"]
    kept: int = 0
    """Files that could not be put back."""


class Undoing(msgspec.Struct, kw_only=True, tag_field="line", tag="undoing"):
    """Steps that will be taken back."""

    numbers: tuple[int, ...]


class Undone(msgspec.Struct, kw_only=True, tag_field="line", tag="undone"):
    """A step that was taken back."""

    number: int


_Line = Begun | Folder | Intent | Keywords | Done | Failed | Ended | Undoing | Undone


class Journal:
    """What a journal says."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.begun = Begun(created="", action="copy", to="")
        self.folders: list[str] = []
        self.intents: dict[int, Intent | Keywords] = {}
        self.done: dict[int, Done] = {}
        self.failed: dict[int, str] = {}
        self.undoing: set[int] = set()
        """Steps that are being taken back, or were: their files are at either place."""
        self.undone: set[int] = set()
        self.ended: Ended | None = None

    @property
    def photos(self) -> int:
        """How many photos were sorted and not put back."""
        return sum(
            isinstance(intent, Intent) and intent.step.is_photo and number not in self.undone
            for number, intent in self.intents.items()
            if number in self.done
        )

    @property
    def state(self) -> State:
        """How far sorting or undoing came."""
        if self.ended is None:
            return "interrupted"
        if self.ended.what == "sort":
            return "sorted"
        return "partly undone" if self.ended.kept else "undone"

    def take(self, line: _Line) -> None:
        """Take one more line."""
        match line:
            case Begun():
                self.begun = line
            case Folder():
                self.folders.append(line.path)
            case Intent() | Keywords():
                self.intents[line.number] = line
                self.ended = None
            case Done():
                self.done[line.number] = line
            case Failed():
                self.failed[line.number] = line.reason
            case Undoing():
                self.undoing.update(line.numbers)
                self.ended = None
            case Undone():
                self.undone.add(line.number)
                self.ended = None
            case Ended():
                self.ended = line


class OpenJournal(Journal):
    """A journal that is written. One process at a time holds it: use it as a context manager."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._lock = filelock.FileLock(path.with_name(f".{path.name}.lock"), timeout=1.0)
        self._handle = -1

    @classmethod
    def create(cls, action: Action, to: Path) -> Self:
        """Begin a journal. Raises DiskError."""
        now = dt.datetime.now().astimezone()
        name = f"{now:%Y-%m-%d_%H%M%S}_{secrets.token_hex(3)}{ENDING}"
        journal = cls(sorted_folder() / name)
        with disk_errors(journal.path):
            journal.path.parent.mkdir(parents=True, exist_ok=True)
            journal._open(os.O_CREAT | os.O_EXCL)
        journal.write(Begun(created=now.isoformat(timespec="seconds"), action=action, to=str(to)))
        return journal

    @classmethod
    def reopen(cls, path: Path) -> Self:
        """Go on with a journal. Raises DatasetError where it is none or in use, and DiskError."""
        journal = cls(path)
        whole = _read(journal)
        with disk_errors(path):
            journal._open(0)
            os.ftruncate(journal._handle, whole)  # the half of a line that a killed program left
        return journal

    def write(self, *lines: _Line) -> None:
        """Take lines and bring them to the disk. Raises DiskError, and then they count as never written."""
        content = b"".join(msgspec.json.encode(line, enc_hook=plain) + b"\n" for line in lines)
        with disk_errors(self.path):
            before = os.lseek(self._handle, 0, os.SEEK_END)
            try:
                written = 0
                while written < len(content):
                    written += os.write(self._handle, content[written:])
                os.fsync(self._handle)
            except OSError:
                os.ftruncate(self._handle, before)
                raise
        for line in lines:
            self.take(line)

    def close(self) -> None:
        """Let others open it. Closing twice does no harm."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _open(self, flags: int) -> None:
        try:
            self._lock.acquire()
        except filelock.Timeout:
            raise DatasetError(
                text("{journal} is in use: photos are being sorted or put back right now.", journal=str(self.path)),
                remedy=text("Wait until that is done."),
                path=self.path,
            ) from None
        try:
            self._handle = os.open(self.path, os.O_WRONLY | getattr(os, "O_BINARY", 0) | flags)
        except BaseException:
            self._lock.release()
            raise


def is_part(part: Path, path: Path) -> bool:
    """Say whether this is where `part_beside` has a file written before it gets its name."""
    return part.parent == path.parent and re.fullmatch(r"\.catdog-[0-9a-f]{12}\.part", part.name) is not None


def read_journal(path: Path) -> Journal:
    """Return what a journal says, which may be in use. Raises DatasetError where it is none."""
    journal = Journal(path)
    _read(journal)
    return journal


def list_journals() -> list[Journal]:
    """Return all journals, the newest first. What is none is passed over."""
    found: list[Journal] = []
    for path in sorted(sorted_folder().glob(f"*{ENDING}"), reverse=True):
        try:
            found.append(read_journal(path))
        except DatasetError:
            continue
    return found


def latest_journal() -> Path:
    """Return the newest journal with something to take back. Raises SettingError where there is none."""
    for journal in list_journals():
        if journal.photos or journal.state in ("interrupted", "partly undone"):
            return journal.path
    raise SettingError(text("Nothing was sorted that could be taken back."))


def intents_of(steps: Sequence[Step], first: int) -> Iterable[Intent]:
    """Yield the lines that announce these steps, numbered from `first` on."""
    for number, step in enumerate(steps, first):
        yield Intent(number=number, step=step, part=str(part_beside(Path(step.target))))


def part_beside(path: Path) -> Path:
    """Return where to write a file before it gets its name."""
    return path.with_name(f".catdog-{secrets.token_hex(6)}.part")


def _read(journal: Journal) -> int:
    """Let a journal take every whole line of its file; return their bytes. Raises DatasetError."""
    path = journal.path
    try:
        content = read_regular(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DatasetError(
            text("The journal {path} cannot be read ({reason}).", path=str(path), reason=reason),
            remedy=text("Check its name; catdog-cli undo --list shows all of them."),
            path=path,
        ) from error
    whole = content.rfind(b"\n") + 1
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(_Line)
    try:
        lines = [decoder.decode(line) for line in content[:whole].splitlines()]
    except (msgspec.DecodeError, RecursionError):
        lines = []
    if not lines or not isinstance(lines[0], Begun) or lines[0].format > FORMAT:
        raise DatasetError(
            text("{path} is not a journal of sorted photos, or it is damaged.", path=str(path)),
            remedy=text("catdog-cli undo --list shows all journals."),
            path=path,
        )
    if not all(_is_ours(line) for line in lines):
        raise DatasetError(
            text("{path} names files that CatDog does not write, so it is not followed.", path=str(path)),
            remedy=text("catdog-cli undo --list shows all journals."),
            path=path,
        )
    for line in lines:
        journal.take(line)
    return whole


def _is_ours(line: _Line) -> bool:
    """Say whether a line names only such half-written files and keywords as CatDog has: others are never touched."""
    if isinstance(line, Intent):
        return is_part(Path(line.part), Path(line.step.target))
    if isinstance(line, Keywords):
        return is_part(Path(line.part), Path(line.path)) and line.path.lower().endswith(".xmp")
    return True
