"""Find the photos of a dataset and read each one once, so that training meets no surprise."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from trainer.core.dataset_choice import DatasetChoice
from trainer.core.errors import CancelledError, DatasetError, PhotoError
from trainer.core.pipeline import map_in_order
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import join, text
from trainer.dataset.copies import find_copies, mark_copies
from trainer.dataset.found_classes import ClassesError, FoundClass
from trainer.dataset.health import thumbs
from trainer.dataset.health.thumbs import Thumb
from trainer.dataset.layouts import Layout, find_layout
from trainer.dataset.names import is_like_split
from trainer.dataset.photo import open_small
from trainer.dataset.records import Dataset, Photo, Problem, digest
from trainer.dataset.sources.listing import SourceFile
from trainer.dataset.sources.source import PhotoSource, open_source

_MAX_THREADS = 8
"""Each thread may hold one photo of the largest size, and a disk is no faster with more readers."""

_WAITING_PER_THREAD = 4
"""Enough that no thread waits for work, few enough that cancelling is prompt."""


def scan(
    where: DatasetChoice | Path | str,
    *,
    known: Sequence[Photo] = (),
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
    threads: int | None = None,
) -> Dataset:
    """Return what the folder or zip holds: every photo of the two classes, and every file that cannot be one.

    Of a choice, only the chosen class folders are looked at, and what was left out does not count. A photo that is
    `known` from an earlier scan, and of which neither size nor time has changed, is not read again.

    Each photo is read and decoded once, by `threads` threads (one per processor, at most 8, by default). Where one is
    new, all are compared, and copies of one photo get the same `copy_of`, near copies too. `progress`
    is called in the calling thread with how many photos are done and how many there are; `cancelled` is asked between
    photos. The outcome depends on the files alone, not on timing. Nothing is written but a cache of thumbs.

    Raises DatasetError where there is no such folder or zip, its shape is not known, it does not hold two classes, or
    a class has no photo that can be read. Raises CancelledError soon after `cancelled` returns True.
    """
    choice = DatasetChoice.of(where)
    with open_source(choice) as source:
        listing = source.list_files(cancelled)
        layout = _find_layout(source, [file.path for file in listing.files], listing.problems, choice)
        counted = layout.assignments.keys() - set(choice.left_out)
        files = [file for file in listing.files if file.path in counted]
        photos: list[Photo] = []
        problems = list(listing.problems)
        progress(0, len(files))
        check = _Check(source, layout, known)
        for done, outcome in enumerate(_outcomes(check, files, cancelled, threads), start=1):
            if isinstance(outcome, Photo):
                photos.append(outcome)
            else:
                problems.append(outcome)
            progress(done, len(files))
        if check.thumbs:
            photos = mark_copies(photos, check.all_thumbs(photos), cancelled=cancelled)
    problems.sort(key=lambda problem: (problem.path, problem.kind))
    dataset = Dataset(
        root=str(source.root),
        layout=layout.name,
        classes=layout.classes,
        photos=tuple(photos),
        problems=tuple(problems),
        notes=find_copies(photos).notes(),
        unclassified=len(layout.unclassified),
        class_folders=choice.class_folders,
        left_out=choice.left_out,
    )
    _refuse_empty_class(dataset)
    return dataset


def _find_layout(
    source: PhotoSource, paths: Sequence[str], problems: Sequence[Problem], choice: DatasetChoice
) -> Layout:
    if source.layout is not None:
        return source.layout
    try:
        return find_layout(paths, partial(_read_text, source), choice.class_folders)
    except DatasetError as error:
        if problems and problems[0].path == ".":  # the folder itself
            remedy = problems[0].reason
            raise DatasetError(
                text("{folder} cannot be read.", folder=source.root), remedy=remedy, path=source.root
            ) from error
        what = text("{folder}: {what}", folder=source.root, what=error.what)
        if problems:
            what = join([what, text("{path}: {reason}", path=problems[0].path, reason=problems[0].reason)])
        if isinstance(error, ClassesError):
            classes = _named_after_root(error.classes, source.root)
            raise ClassesError(classes, what, remedy=error.remedy, path=source.root) from error
        raise DatasetError(what, remedy=error.remedy, path=source.root) from error


def _named_after_root(classes: Sequence[FoundClass], root: Path) -> list[FoundClass]:
    """Return the classes; one that lies in the root itself is called after it, where that is no split's name."""
    named = [found if found.name else FoundClass(root.name, found.folders, found.photos) for found in classes]
    return [found for found in named if not is_like_split(found.name)]


def _read_text(source: PhotoSource, path: str) -> str | None:
    try:
        return source.read(path).decode("utf-8", "replace")
    except PhotoError:
        return None


def _outcomes(
    check: "_Check",
    files: Sequence[SourceFile],
    cancelled: Cancelled,
    threads: int | None,
) -> Iterator[Photo | Problem]:
    """Yield the outcome of every file in their order, with only a few photos in memory at any time."""
    count = threads or min(os.cpu_count() or 1, _MAX_THREADS)
    for outcome in map_in_order(check, files, workers=count, ahead=count * _WAITING_PER_THREAD, name="scan"):
        if cancelled():
            raise CancelledError(text("The check of the photos was cancelled."))
        yield outcome


class _Check:
    """Reads and decodes one photo after the other, in any thread."""

    def __init__(self, source: PhotoSource, layout: Layout, known: Sequence[Photo]) -> None:
        self._source, self._layout = source, layout
        self._known = {photo.path: photo for photo in known}
        self.thumbs: dict[str, Thumb] = {}
        """Of the photos that were read, by their digests."""

    def __call__(self, file: SourceFile) -> Photo | Problem:
        """Return what is in a file."""
        class_index, split = self._layout.assignments[file.path]
        known = self._known.get(file.path)
        if known is not None and (known.bytes, known.modified_ns) == (file.bytes, file.modified_ns):
            return msgspec.structs.replace(known, class_index=class_index, split=split)
        try:
            data = self._source.read(file.path)
            small, (width, height) = open_small(data, thumbs.SIDE)
        except PhotoError as error:
            return Problem(path=file.path, kind=error.kind, reason=error.what)
        key = digest(data)
        self.thumbs[key] = thumbs.thumb_of(small)
        return Photo(
            path=file.path,
            class_index=class_index,
            split=split,
            bytes=len(data),
            modified_ns=file.modified_ns,
            width=width,
            height=height,
            digest=key,
        )

    def all_thumbs(self, photos: Sequence[Photo]) -> dict[str, Thumb]:
        """Return the thumbs of these photos, those of known photos from the last scan, or read once more."""
        root = str(self._source.root)
        known = self.thumbs | (thumbs.recall(root) if self._known else {})
        known |= {photo.digest: self._read_thumb(photo) for photo in photos if photo.digest not in known}
        found = {photo.digest: known[photo.digest] for photo in photos}
        thumbs.remember(root, found)
        return found

    def _read_thumb(self, photo: Photo) -> Thumb:
        try:
            return thumbs.thumb_of(open_small(self._source.read(photo.path), thumbs.SIDE)[0])
        except PhotoError:  # it could be read before; without a thumb it is a copy of nothing
            return thumbs.blank_thumb()


def _refuse_empty_class(dataset: Dataset) -> None:
    counts = Counter(photo.class_index for photo in dataset.photos)
    for index, name in enumerate(dataset.classes):
        if counts[index]:
            continue
        what = text("{folder}: no photo of the class {name} can be read.", folder=dataset.root, name=name)
        if dataset.problems:
            first = dataset.problems[0]
            what = join([what, text("The first problem: {path}: {reason}", path=first.path, reason=first.reason)])
        remedy = text("Put photos of both classes in, as JPEG or PNG.")
        if dataset.left_out:
            remedy = text("Some photos were left out: count some of these in again, or put others in.")
        raise DatasetError(what, remedy=remedy, path=dataset.root)
