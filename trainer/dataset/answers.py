"""What the user said of photos whose class in a dataset seemed doubtful: kept for good, by their content.

The answers are a file of labels (`label_file`) in the user's data folder, one for each two classes. "first" and
"second" say which class a photo is of, "neither" leaves it out. Nothing is written where the photos are.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path

from msgspec.structs import replace

from trainer.core.errors import DatasetError
from trainer.core.text import Text, join, plural, text
from trainer.dataset.label_file import ENDING, KnownPhoto, Label, LabelBook, LabelFile, read_labels
from trainer.dataset.names import class_key
from trainer.dataset.records import Dataset, Photo, digest
from trainer.files.atomic import write_atomically
from trainer.files.kinds import is_file
from trainer.files.paths import answers_folder
from trainer.files.regular import read_regular

_CLASSES = ("first", "second")
"""Called so in the file: folders may have names that a file of labels refuses."""
TABLE_START = b"photo,answer,digest"
"""How a table of answers begins. Only a file that begins so is overwritten."""


def answers_file(classes: tuple[str, str]) -> Path:
    """Return where the answers for photos of these classes are, whether there are any or not."""
    name = blake2b("\0".join(map(class_key, classes)).encode(), digest_size=8).hexdigest()
    return answers_folder() / f"{name}{ENDING}"


def read_answers(classes: tuple[str, str]) -> LabelBook:
    """Return all answers for photos of these classes. Raises DatasetError where the file is damaged."""
    path = answers_file(classes)
    try:
        return read_labels(path) if is_file(path) else LabelBook(path, _CLASSES)
    except DatasetError as error:  # a file that nobody chose, so it says what it is
        raise DatasetError(
            text("Your answers on doubtful photos cannot be used. {what}", what=error.what),
            remedy=text("To go on without them, move {path} to another place.", path=path),
            path=path,
        ) from error


def open_answers(classes: tuple[str, str]) -> LabelFile:
    """Open the answers for adding to them, or taking one back. Raises DatasetError and DiskError."""
    path = answers_file(classes)
    return LabelFile.open(path) if is_file(path) else LabelFile.create(path, _CLASSES)


def answer(file: LabelFile, label: Label | None, dataset: Dataset, photos: Iterable[Photo]) -> None:
    """Say the same of some photos of a dataset, as one act; None takes answers back. Raises DiskError."""
    chosen = list(photos)
    root = Path(dataset.root)
    file.add_photos(
        KnownPhoto(
            digest=photo.digest,
            path=str(root / photo.path),
            key=photo.path,
            bytes=photo.bytes,
            modified_ns=photo.modified_ns,
            width=photo.width,
            height=photo.height,
        )
        for photo in chosen
    )
    file.say(label, [photo.digest for photo in chosen])


def answer_content(file: LabelFile, label: Label | None, root: str, path: str, content: bytes) -> None:
    """Say what a photo is of which there is only the content, and its path below a dataset's root. Raises DiskError.

    None takes an answer back.
    """
    known = digest(content)
    if known not in file.photos:
        file.add_photos(
            [KnownPhoto(digest=known, path=str(Path(root) / path), key=path, bytes=len(content), modified_ns=0)]
        )
    file.say(label, [known])


def with_answers(dataset: Dataset, labels: Mapping[str, Label] | None = None) -> Dataset:
    """Return the dataset with the user's answers, or with those given, by digest.

    After the split was cut: which split a photo is in does not depend on answers, so that photos to test with stay
    those. Raises DatasetError where the answers are damaged.
    """
    said = read_answers(dataset.classes).labels if labels is None else labels
    photos: list[Photo] = []
    left_out: list[str] = []
    for photo in dataset.photos:
        match said.get(photo.digest):
            case "neither":
                left_out.append(photo.path)
            case "first" | "second" as label if (label == "second") != bool(photo.class_index):
                photos.append(replace(photo, class_index=1 - photo.class_index, folder_class=photo.class_index))
            case _:
                photos.append(photo)
    return replace(dataset, photos=tuple(photos), answered_out=tuple(left_out))


def answers_sentence(dataset: Dataset) -> Text | None:
    """Return what answers changed in a dataset; None where they changed nothing."""
    parts: list[str] = []
    if moved := sum(photo.folder_class is not None for photo in dataset.photos):
        parts.append(
            plural(
                moved,
                "%n photo counts as the other class, as you said.",
                "%n photos count as the other class, as you said.",
            )
        )
    if out := len(dataset.answered_out):
        parts.append(plural(out, "%n photo is left out, as you said.", "%n photos are left out, as you said."))
    return join(parts) if parts else None


def export_answers(classes: tuple[str, str], path: Path) -> int:
    """Write all answers for these classes as a CSV table; return how many.

    Raises DatasetError where the answers are damaged, or the path holds something else, and DiskError.
    """
    book = read_answers(classes)
    if path.exists() and not (is_file(path) and read_regular(path).startswith(TABLE_START)):
        raise DatasetError(
            text("{path} exists and is not a table of answers, so it is left as it is.", path=path),
            remedy=text("Choose another name."),
            path=path,
        )
    words = {"first": classes[0], "second": classes[1], "neither": "leave out"}
    rows = [
        [book.photos[digest].path if digest in book.photos else "", words[label], digest]
        for digest, label in book.labels.items()
        if label in words
    ]
    content = io.StringIO()
    csv.writer(content, lineterminator="\n").writerows([TABLE_START.decode().split(","), *sorted(rows)])
    write_atomically(path, content.getvalue())
    return len(rows)
