"""Everything that sorting would do, worked out before anything is done."""

import os
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from trainer.core.errors import CancelledError, DiskError, SettingError
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import text
from trainer.dataset.records import Problem
from trainer.sorting.files import file_digest
from trainer.sorting.items import Item, SortOptions
from trainer.sorting.names import folded, numbered
from trainer.sorting.sidecars import Sidecars

# Left free on the disk for other programs.
SPARE_BYTES = 50 * 10**6


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One file that goes from one place to another."""

    source: str
    target: str
    bytes: int
    modified_ns: int
    """As the plan found them."""
    is_photo: bool = True
    """False for what goes along with a photo."""
    keyword: str = ""


class SortPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What sorting would do."""

    to: str
    options: SortOptions
    steps: tuple[Step, ...]
    """A photo comes before what goes along with it."""
    photos: dict[str, int]
    """How many photos go into each folder."""
    already: tuple[str, ...] = ()
    """Photos whose folder has a file of the same content: they stay where they are."""
    problems: tuple[Problem, ...] = ()
    """Photos that cannot be sorted, and why."""
    bytes_needed: int = 0
    """Of room at the target."""
    bytes_free: int = 0

    @property
    def sidecars(self) -> int:
        """How many other files go along."""
        return sum(not step.is_photo for step in self.steps)

    def refuse_too_little_room(self) -> None:
        """Raise DiskError where the target has too little room."""
        if self.bytes_needed and self.bytes_needed + SPARE_BYTES > self.bytes_free:
            raise DiskError(
                text(
                    "There is too little room in {folder}: {needed:.0f} MB are needed and {free:.0f} MB are free.",
                    folder=self.to,
                    needed=(self.bytes_needed + SPARE_BYTES) / 1e6,
                    free=self.bytes_free / 1e6,
                ),
                remedy=text("Free some space, or choose a folder on another disk."),
                path=self.to,
            )


class _File(NamedTuple):
    path: Path
    ending: str
    status: os.stat_result


def plan_sort(
    items: Iterable[Item],
    to: Path,
    options: SortOptions,
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> SortPlan:
    """Return the plan. Nothing is written. Raises SettingError where links cannot be made there, and CancelledError."""
    return _Planner(to.absolute(), options).plan(list(items), progress, cancelled)


class _Planner:
    def __init__(self, to: Path, options: SortOptions) -> None:
        self._to, self._options = to, options
        self._sidecars = Sidecars()
        self._taken: dict[str, str] = {}
        """Targets of this plan, folded, with the source of each."""
        self._listed: dict[Path, dict[str, str]] = {}
        """Names that are there already in each folder, folded."""
        self._digests: dict[str, str] = {}
        self._device = _device(to)
        self._steps: list[Step] = []
        self._already: list[str] = []
        self._problems: list[Problem] = []
        self._photos: Counter[str] = Counter()
        self._bytes = 0

    def plan(self, items: Sequence[Item], progress: Progress, cancelled: Cancelled) -> SortPlan:
        homes = {folded(str(self._to / item.folder.split("/", maxsplit=1)[0])) for item in items}
        seen: set[Path] = set()
        for done, item in enumerate(items, start=1):
            if cancelled():
                raise CancelledError(text("Cancelled. Nothing was sorted."))
            path = item.path.absolute()
            if path not in seen:
                seen.add(path)
                if any(folded(str(parent)) in homes for parent in path.parents):
                    self._already.append(str(path))  # sorted before
                else:
                    self._add(path, item)
            progress(done, len(items))
        return SortPlan(
            to=str(self._to),
            options=self._options,
            steps=tuple(self._steps),
            photos=dict(sorted(self._photos.items())),
            already=tuple(self._already),
            problems=tuple(self._problems),
            bytes_needed=self._bytes,
            bytes_free=_free(self._to),
        )

    def _add(self, path: Path, item: Item) -> None:
        try:
            str(path).encode()
        except UnicodeEncodeError:
            shown = str(path).encode(errors="surrogateescape").decode(errors="backslashreplace")
            reason = text("Its name is not valid text, so it cannot be written down. Rename it.")
            self._problems.append(Problem(path=shown, kind="bad name", reason=reason))
            return
        try:
            status = path.stat()
            is_link = path.is_symlink()
        except (OSError, ValueError) as error:
            self._refuse(path, error)
            return
        if is_link and self._options.action != "copy":
            reason = text("This is a link to a photo elsewhere. It stays; links can only be sorted as copies.")
            self._problems.append(Problem(path=str(path), kind="link", reason=reason))
            return
        if self._options.action == "link" and status.st_dev != self._device:
            raise SettingError(
                text(
                    "{photo} is on another disk than {folder}, so no link can lead there.", photo=path, folder=self._to
                ),
                remedy=text("Copy the photos instead, or choose a folder on the same disk."),
            )
        try:
            files = [_File(path, path.suffix, status)]
            files += [_File(found.path, found.ending, found.path.stat()) for found in self._sidecars.of(path)]
        except OSError as error:  # without what belongs to it, it stays
            self._refuse(path, error)
            return
        self._place(files, path.stem, item)

    def _refuse(self, path: Path, error: OSError | ValueError) -> None:
        place = getattr(error, "filename", None) or path
        cause = getattr(error, "strerror", None) or str(error)
        reason = text("{place} cannot be read ({cause}).", place=str(place), cause=cause)
        self._problems.append(Problem(path=str(path), kind="unreadable", reason=reason))

    def _place(self, files: Sequence[_File], stem: str, item: Item) -> None:
        """Give a photo and what goes along with it the first free name."""
        folder = self._to / item.folder / item.below
        endings = [file.ending for file in files]
        number = 1
        while True:
            name = numbered(stem, endings, number)
            targets = [folder / f"{name}{ending}" for ending in endings]
            rival = self._rival(targets[0])
            if rival is not None and self._same(files[0], rival):
                self._already.append(str(files[0].path))
                return
            if rival is None and all(self._rival(target) is None for target in targets[1:]):
                break
            number += 1
        self._photos[item.folder] += 1
        for index, (file, target) in enumerate(zip(files, targets, strict=True)):
            self._taken[folded(str(target))] = str(file.path)
            self._bytes += file.status.st_size if self._takes_room(file) else 0
            self._steps.append(
                Step(
                    source=str(file.path),
                    target=str(target),
                    bytes=file.status.st_size,
                    modified_ns=file.status.st_mtime_ns,
                    is_photo=index == 0,
                    keyword=item.keyword if index == 0 and self._options.keywords else "",
                )
            )

    def _takes_room(self, file: _File) -> bool:
        action = self._options.action
        return action == "copy" or (action == "move" and file.status.st_dev != self._device)

    def _rival(self, target: Path) -> str | None:
        """Return the file that has a target's place, or will have it; None where it is free."""
        key = folded(str(target))
        if key in self._taken:
            return self._taken[key]
        folder = target.parent
        if folder not in self._listed:
            try:
                self._listed[folder] = {folded(name): name for name in os.listdir(folder)}  # noqa: PTH208 - names alone
            except OSError:
                self._listed[folder] = {}
        name = self._listed[folder].get(folded(target.name))
        return None if name is None else str(folder / name)

    def _same(self, file: _File, rival: str) -> bool:
        """Say whether two files hold the same."""
        try:
            same_size = os.stat(rival).st_size == file.status.st_size  # noqa: PTH116 - a name may be any bytes
            return same_size and self._digest(str(file.path)) == self._digest(rival)
        except OSError:
            return False

    def _digest(self, path: str) -> str:
        if path not in self._digests:
            self._digests[path] = file_digest(Path(path))
        return self._digests[path]


def _device(folder: Path) -> int:
    """Return the file system of a folder, or of the one that it will be made in."""
    return _existing(folder).stat().st_dev


def _free(folder: Path) -> int:
    return shutil.disk_usage(_existing(folder)).free


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if os.path.isdir(each))  # noqa: PTH112 - raises for no name
