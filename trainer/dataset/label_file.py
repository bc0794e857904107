"""A file of labels: which photo is of which class, as a person said. The photos stay where they are.

It is a log of lines of JSON to which is only ever appended, so that a program that is killed loses the last line at
most. A photo is known by its content (`records.digest`); where it was seen last is written beside it. Exact copies are
one photo. What was said can be taken back, act by act, in later sessions too.
"""

import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal, Self, get_args
from unicodedata import normalize

import filelock
import msgspec

from trainer.core.errors import DatasetError, SettingError
from trainer.core.results import Count
from trainer.core.text import text
from trainer.dataset import names
from trainer.files.atomic import disk_errors
from trainer.files.kinds import is_file
from trainer.files.paths import labels_folder
from trainer.files.regular import read_regular

ENDING = ".labels"
FORMAT = 1
LARGEST = 200_000_000
"""Bytes of the largest file that is read: some hundred thousand photos."""

Label = Literal["first", "second", "neither", "skipped"]
"""What was said of a photo: one of the two classes, neither of them, or "I would rather not say"."""
LABELS: tuple[Label, ...] = get_args(Label)


class KnownPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """One photo of a file of labels."""

    digest: str
    path: str
    """Absolute, where it was seen last."""
    key: str
    """What it is called as a photo of a dataset: with forward slashes, unlike all others, and the same for ever."""
    bytes: Count
    modified_ns: int
    width: Count = 0
    height: Count = 0


class _Header(msgspec.Struct, kw_only=True, tag_field="line", tag="labels"):
    format: int
    classes: tuple[str, str]


class _Folders(msgspec.Struct, kw_only=True, tag_field="line", tag="folders"):
    folders: tuple[str, ...]


class _Photos(msgspec.Struct, kw_only=True, tag_field="line", tag="photos"):
    photos: tuple[KnownPhoto, ...]


class _Act(msgspec.Struct, kw_only=True, tag_field="line", tag="say"):
    label: Label | None
    photos: tuple[str, ...]
    accepted: bool = False
    """Whether a person accepted what was suggested, without looking at each photo."""


class _Undo(msgspec.Struct, kw_only=True, tag_field="line", tag="undo"):
    pass


_Line = _Header | _Folders | _Photos | _Act | _Undo


class LabelBook:
    """What a file of labels says, as of its last line."""

    def __init__(self, path: Path, classes: tuple[str, str]) -> None:
        self.path = path
        self.classes = classes
        """In alphabetical order, as in every dataset."""
        self.folders: tuple[str, ...] = ()
        """Absolute: where photos were looked for."""
        self.photos: dict[str, KnownPhoto] = {}
        """By digest, in the order in which they came."""
        self.labels: dict[str, Label] = {}
        """By digest; photos of which nothing was said are missing. Those labelled last come last."""
        self.accepted: set[str] = set()
        """The photos whose label was suggested and accepted in bulk: it says nothing of how good suggestions are."""
        self.damaged_lines = 0
        self._acts: list[dict[str, tuple[Label | None, bool]]] = []

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self.path.stem

    @property
    def acts(self) -> int:
        """How many acts could be taken back."""
        return len(self._acts)

    def label_of(self, digest: str) -> Label | None:
        """Return what was said of a photo."""
        return self.labels.get(digest)

    def with_label(self, *wanted: Label) -> list[str]:
        """Return the digests of the photos of which one of these was said, in the order in which they came."""
        return [digest for digest in self.photos if self.labels.get(digest) in wanted]

    @property
    def unlabelled(self) -> list[str]:
        """The digests of the photos of which nothing was said."""
        return [digest for digest in self.photos if digest not in self.labels]

    def snapshot(self) -> "LabelBook":
        """Return a copy as of now, for another thread."""
        copy = LabelBook(self.path, self.classes)
        copy.folders, copy.photos = self.folders, dict(self.photos)
        copy.labels, copy.accepted = dict(self.labels), set(self.accepted)
        return copy

    def counts(self) -> dict[Label, int]:
        """Return how many photos there are of each label, zero included."""
        found = [label for digest, label in self.labels.items() if digest in self.photos]
        return {label: found.count(label) for label in LABELS}

    def _take(self, line: _Folders | _Photos | _Act | _Undo) -> None:
        """Change what is known by one line."""
        match line:
            case _Folders():
                self.folders = tuple(dict.fromkeys([*self.folders, *line.folders]))
            case _Photos():
                self.photos.update({photo.digest: photo for photo in line.photos})
            case _Act():
                before = {digest: (self.labels.get(digest), digest in self.accepted) for digest in line.photos}
                self._acts.append(before)
                self._set(dict.fromkeys(line.photos, (line.label, line.accepted)))
            case _Undo():
                if self._acts:
                    self._set(self._acts.pop())

    def _set(self, labels: dict[str, tuple[Label | None, bool]]) -> None:
        for digest, (label, accepted) in labels.items():
            self.labels.pop(digest, None)
            self.accepted.discard(digest)
            if label is not None:
                self.labels[digest] = label
                if accepted:
                    self.accepted.add(digest)


class LabelFile(LabelBook):
    """A file of labels that can be added to. One process at a time holds it: use it as a context manager."""

    def __init__(self, path: Path, classes: tuple[str, str]) -> None:
        super().__init__(path, classes)
        self._open = ExitStack()
        self._handle = -1

    @classmethod
    def create(cls, path: Path, classes: Sequence[str]) -> Self:
        """Make a file without photos. Raises SettingError for class names that cannot be, and DiskError."""
        pair = class_pair(classes)
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(_encoded(_Header(format=FORMAT, classes=pair)))
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a file for going on with it. Raises DatasetError and DiskError."""
        found = cls(path, ("", ""))
        lock = filelock.FileLock(path.with_name(f".{path.name}.lock"), timeout=1.0, thread_local=False)
        with disk_errors(path):
            try:
                found._open.enter_context(lock)
            except filelock.Timeout:
                raise DatasetError(
                    text("The labels {path} are open in another window or command.", path=str(path)),
                    remedy=text("Close it there first."),
                    path=path,
                ) from None
        try:
            whole = _read(found)
            with disk_errors(path):
                found._handle = os.open(path, os.O_WRONLY | getattr(os, "O_BINARY", 0))
                found._open.callback(os.close, found._handle)
                os.ftruncate(found._handle, whole)  # the half of a line that a killed program left
                os.lseek(found._handle, 0, os.SEEK_END)
        except BaseException:
            found._open.close()
            raise
        return found

    def add_folders(self, folders: Iterable[Path]) -> None:
        """Remember where photos were looked for. Raises DiskError."""
        new = tuple(str(folder) for folder in folders if str(folder) not in self.folders)
        if new:
            self._append(_Folders(folders=new))

    def add_photos(self, photos: Iterable[KnownPhoto]) -> None:
        """Enter photos, or their new places. Raises DiskError."""
        new = tuple(photo for photo in photos if self.photos.get(photo.digest) != photo)
        if new:
            self._append(_Photos(photos=new))

    def say(self, label: Label | None, photos: Sequence[str], *, accepted: bool = False) -> None:
        """Say the same of some photos, by their digests, as one act; None takes back what was said of them.

        `accepted` says that it was suggested, and nobody looked at each photo. Raises DiskError, and then nothing was
        said.
        """
        if photos:
            self._append(_Act(label=label, photos=tuple(photos), accepted=accepted))

    def undo(self) -> bool:
        """Take the last act back and say whether there was one. Raises DiskError."""
        if not self._acts:
            return False
        self._append(_Undo())
        return True

    def close(self) -> None:
        """Bring everything to the disk and let others open the file. Closing twice does no harm."""
        if self._handle >= 0:
            handle, self._handle = self._handle, -1
            with self._open, disk_errors(self.path):
                os.fsync(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _append(self, line: _Folders | _Photos | _Act | _Undo) -> None:
        """Write a line in one go, then take it. Where the disk takes only a part of it, that part is cut off again."""
        content = _encoded(line)
        with disk_errors(self.path):
            before = os.lseek(self._handle, 0, os.SEEK_END)
            try:
                written = os.write(self._handle, content)
                while written < len(content):
                    written += os.write(self._handle, content[written:])
            except OSError:
                os.ftruncate(self._handle, before)
                os.lseek(self._handle, 0, os.SEEK_END)
                raise
        self._take(line)


def read_labels(path: Path) -> LabelBook:
    """Return what a file of labels says, which may be in use elsewhere. Raises DatasetError."""
    book = LabelBook(path, ("", ""))
    _read(book)
    return book


def list_label_files() -> list[Path]:
    """Return the files of labels in the user's data folder, those used last first."""
    found = [path for path in labels_folder().glob(f"*{ENDING}") if is_file(path)]
    return sorted(found, key=lambda path: (-path.stat().st_mtime_ns, path.name))


def find_labels(folders: Sequence[Path], name: str | None = None) -> Path | None:
    """Return the file of labels of this name, or else the one used last that knows all of these folders, if any.

    Raises OSError where the disk does not tell whether there is one of that name: it must not be begun anew.
    """
    if name is not None:
        named = (path for path in labels_folder().glob(f"*{ENDING}") if path.stem == name)
        return next((path for path in named if path.is_file()), None)
    wanted = {str(folder) for folder in folders}
    for path in list_label_files() if wanted else ():
        try:
            book = read_labels(path)
        except DatasetError:
            continue
        if wanted <= {*book.folders, *(photo.path for photo in book.photos.values())}:
            return path
    return None


def new_label_file(name: str) -> Path:
    """Return a free path in the user's data folder for labels of this name."""
    plain = "".join(" " if letter in '<>:"/\\|?*' or ord(letter) < 32 else letter for letter in name)
    wanted = plain.strip(" .").encode(errors="replace")[:120].decode(errors="ignore") or "photos"
    number = 1
    while True:
        path = labels_folder() / f"{wanted}{f' {number}' if number > 1 else ''}{ENDING}"
        if not path.exists():
            return path
        number += 1


def class_pair(classes: Sequence[str]) -> tuple[str, str]:
    """Return two class names in the order of every dataset. Raises SettingError where they are not two."""
    called = [normalize("NFC", name).strip() for name in classes]
    called = [names.PET_NAMES.get(names.class_key(name), name) for name in called]
    if len(called) != 2 or not all(called) or any(not name.isprintable() or len(name) > 60 for name in called):
        raise SettingError(
            text("There are two classes, each with a name of at most 60 letters."),
            remedy=text("Call them, for example, cat and dog."),
        )
    if names.class_key(called[0]) == names.class_key(called[1]):
        raise SettingError(text("Both classes are called {name}.", name=called[0]), remedy=text("Name them apart."))
    first, second = sorted(called, key=lambda name: (name.casefold(), name))
    return first, second


def _read(book: LabelBook) -> int:
    """Let a book take every line of its file; return the bytes of whole lines. Raises DatasetError."""
    path = book.path
    try:
        if path.stat().st_size > LARGEST:
            raise _no_labels(path)
        content = read_regular(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DatasetError(
            text("The labels {path} cannot be read ({reason}).", path=str(path), reason=reason),
            remedy=text("Check its name and its permissions."),
            path=path,
        ) from error
    whole = content.rfind(b"\n") + 1
    lines = content[:whole].splitlines()
    try:
        header = msgspec.json.decode(lines[0] if lines else b"", type=_Header)
        class_pair(header.classes)
    except (msgspec.DecodeError, SettingError, RecursionError):
        raise _no_labels(path) from None
    if header.format > FORMAT:
        raise DatasetError(
            text("{path} was saved by a newer CatDog.", path=str(path)), remedy=text("Update CatDog."), path=path
        )
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(_Line)
    book.classes = header.classes
    for line in lines[1:]:
        try:
            found = decoder.decode(line)
            if isinstance(found, _Header):  # a second one would give all labels another meaning
                book.damaged_lines += 1
            else:
                book._take(found)  # noqa: SLF001 - this module's own
        except (msgspec.DecodeError, RecursionError):
            book.damaged_lines += 1  # the other lines hold: better some labels than none
    return whole


def _no_labels(path: Path) -> DatasetError:
    return DatasetError(
        text("{path} is not a file of labels, or it is damaged from its first line on.", path=str(path)),
        remedy=text("Choose a file that CatDog saved, or label the photos anew."),
        path=path,
    )


def _encoded(line: _Line) -> bytes:
    return msgspec.json.encode(line) + b"\n"
