"""The photos of a file of labels as a model sees them, and how photos get into it."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import torch

from trainer.core.errors import CancelledError, PhotoError
from trainer.core.pipeline import in_chunks
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.text import text
from trainer.dataset.label_file import KnownPhoto, LabelBook, LabelFile
from trainer.dataset.photo import check_photo, photo_pixels, read_photo_file
from trainer.dataset.photo_finder import find_photos
from trainer.dataset.records import Problem, digest
from trainer.dataset.sources.folder_walk import bad_name
from trainer.dataset.sources.reference_source import key_of_place
from trainer.files.kinds import is_file, is_folder, is_text
from trainer.hardware.parallel import CHUNK, in_parallel
from trainer.inference.outputs import NetworkOutputs
from trainer.labelling.eye import Eye

_WORKERS = 2


class Heap(NamedTuple):
    """N photos that can be labelled, in the order in which they came."""

    digests: tuple[str, ...]
    outputs: NetworkOutputs

    def rows(self) -> dict[str, int]:
        """Return the row of each photo by its digest."""
        return {digest: row for row, digest in enumerate(self.digests)}


class Found(NamedTuple):
    """What looking at folders and photos brought."""

    heap: Heap
    problems: tuple[Problem, ...]
    """Files that are no photos, and photos that are gone."""


class _Seen(NamedTuple):
    photo: KnownPhoto
    logit: float
    embedding: np.ndarray


def look_at(
    file: LabelFile,
    given: Sequence[Path],
    eye: Eye,
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> Found:
    """Enter the photos in these folders, and these photos, into a file of labels, and look at all that it knows.

    With nothing given it looks at what it knows already: again in its folders, so that new photos come in and those
    that moved are found. What was seen before is not looked at again. Raises CancelledError, and keeps what was done.
    """
    problems = [bad_name(str(path)) for path in given if not is_text(path.absolute())]
    given = [path for path in given if is_text(path.absolute())]
    file.add_folders([path.absolute() for path in given if is_folder(path)])
    paths: dict[Path, None] = {}
    for found in find_photos([*given, *map(Path, file.folders)], cancelled=cancelled):
        if isinstance(found, Problem):
            problems.append(found)
        else:
            paths[found.absolute()] = None
    paths |= dict.fromkeys(Path(photo.path) for photo in file.photos.values() if is_file(Path(photo.path)))
    entry = _Entry(file, eye)
    seen: dict[str, _Seen] = {}
    progress(0, len(paths))
    done = 0
    for outcomes in in_parallel(entry.look, in_chunks(paths, CHUNK), _WORKERS):
        if cancelled():
            raise CancelledError(text("Cancelled while looking at the photos."))
        new = [outcome for outcome in outcomes if isinstance(outcome, _Seen)]
        problems += [outcome for outcome in outcomes if isinstance(outcome, Problem)]
        file.add_photos(entry.named(each.photo for each in new if each.photo.digest not in seen))
        seen |= {each.photo.digest: each for each in new if each.photo.digest not in seen}
        done += len(outcomes)
        progress(done, len(paths))
    gone = [photo for key, photo in file.photos.items() if key not in seen and not is_file(Path(photo.path))]
    problems += [_gone(photo) for photo in gone]
    return Found(_heap(file, seen, eye), tuple(problems))


class _Entry:
    """Looks at photos and makes entries of them."""

    def __init__(self, book: LabelBook, eye: Eye) -> None:
        self._book, self._eye = book, eye
        self._by_place = {photo.path: photo for photo in book.photos.values()}

    def look(self, paths: list[Path]) -> list[_Seen | Problem]:
        """Return what is at these places, in any thread. Photos seen before are not decoded."""
        outcomes: dict[Path, _Seen | Problem] = {}
        fresh: list[tuple[Path, KnownPhoto, np.ndarray]] = []
        for path in paths:
            try:
                photo, pixels = self._read(path)
            except PhotoError as error:
                outcomes[path] = Problem(path=str(path), kind=error.kind, reason=error.what)
                continue
            if isinstance(pixels, np.ndarray):
                fresh.append((path, photo, pixels))
            else:
                outcomes[path] = _Seen(photo, *pixels)
        if fresh:
            found = self._eye.look([pixels for _, _, pixels in fresh])
            for (path, photo, _), logit, embedding in zip(
                fresh, found.logits.tolist(), found.embeddings.numpy(), strict=True
            ):
                self._eye.remember(photo.digest, logit, embedding)
                outcomes[path] = _Seen(photo, logit, embedding.astype(np.float16).astype(np.float32))
        return [outcomes[path] for path in paths]

    def _read(self, path: Path) -> tuple[KnownPhoto, np.ndarray | tuple[float, np.ndarray]]:
        """Return a photo with its pixels, or with what was seen in it before. Raises PhotoError."""
        try:
            status = path.stat()
        except (OSError, ValueError):
            status = None
        known = self._by_place.get(str(path))
        if known is not None and status and (known.bytes, known.modified_ns) == (status.st_size, status.st_mtime_ns):
            seen = self._eye.recall(known.digest)
            if seen is not None:
                return known, seen
        content = read_photo_file(path)
        width, height = check_photo(content)
        photo = KnownPhoto(
            digest=digest(content),
            path=str(path),
            key="",
            bytes=len(content),
            modified_ns=status.st_mtime_ns if status else 0,
            width=width,
            height=height,
        )
        seen = self._eye.recall(photo.digest)
        return photo, seen if seen is not None else photo_pixels(content, self._eye.image_size)

    def named(self, photos: Iterable[KnownPhoto]) -> Iterator[KnownPhoto]:
        """Yield entries with their keys: those of photos known before stay, whatever their place is now."""
        taken = {photo.key for photo in self._book.photos.values()}
        for photo in photos:
            known = self._book.photos.get(photo.digest)
            if known is not None:
                if not is_file(Path(known.path)) or known.path == photo.path:  # else a copy, which changes nothing
                    yield msgspec.structs.replace(photo, key=known.key)
                continue
            place = Path(photo.path)
            short = f"{place.parent.name}/{place.name}" if place.parent.name else place.name
            key = short if short not in taken else key_of_place(place)
            taken.add(key)
            yield msgspec.structs.replace(photo, key=key)


def _heap(book: LabelBook, seen: dict[str, _Seen], eye: Eye) -> Heap:
    rows = [seen[digest] for digest in book.photos if digest in seen]
    if not rows:
        return Heap((), NetworkOutputs(torch.zeros(0), torch.zeros(0, eye.embedding_size)))
    outputs = NetworkOutputs(
        torch.tensor([row.logit for row in rows]), torch.from_numpy(np.stack([row.embedding for row in rows]))
    )
    return Heap(tuple(row.photo.digest for row in rows), outputs)


def _gone(photo: KnownPhoto) -> Problem:
    return Problem(
        path=photo.path,
        kind="gone",
        reason=text("This photo is gone. Put it back, or into one of the folders of these labels."),
    )
