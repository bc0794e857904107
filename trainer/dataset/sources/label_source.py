"""A dataset that is a file of labels."""

from pathlib import Path

from trainer.dataset.label_file import LabelBook, read_labels
from trainer.dataset.layouts import Layout
from trainer.dataset.oxford import Assignments
from trainer.dataset.sources.moved import search_in
from trainer.dataset.sources.reference_source import Reference, ReferenceSource

_CLASS_OF = {"first": 0, "second": 1}


def label_source(path: Path) -> ReferenceSource:
    """Return the photos of a file of labels. Those of neither class, and those without a label, have no class.

    Raises DatasetError.
    """
    book = read_labels(path)
    references = [
        Reference(
            key=photo.key,
            place=Path(photo.path),
            digest=photo.digest,
            bytes=photo.bytes,
            modified_ns=photo.modified_ns,
        )
        for photo in book.photos.values()
    ]
    return ReferenceSource(path, references, _layout(book), (), search_in(_folders(book)))


def _layout(book: LabelBook) -> Layout:
    assignments: Assignments = {
        photo.key: (_CLASS_OF[label], None)
        for digest, photo in book.photos.items()
        if (label := book.labels.get(digest)) in _CLASS_OF
    }
    return Layout(
        name="labels",
        classes=book.classes,
        assignments=assignments,
        unclassified=tuple(photo.key for photo in book.photos.values() if photo.key not in assignments),
    )


def _folders(book: LabelBook) -> list[Path]:
    """Return where a photo that moved may be: the folders that were chosen, and those in which photos were found."""
    homes = {Path(photo.path).parent for photo in book.photos.values()}
    return [*map(Path, book.folders), *sorted(homes)]
