"""Which photos of a file of labels are shown, and what stands under each."""

from typing import TYPE_CHECKING, Final, Literal

from catdog_gui.look.language import mark, tr
from catdog_gui.look.words import probability
from catdog_gui.widgets.photos.photo_tiles import Tile
from trainer.dataset.label_file import Label, LabelBook

if TYPE_CHECKING:
    from trainer.labelling.suggest import Suggestions

Shelf = Literal[
    "next", "groups", "maybe_first", "maybe_second", "maybe_neither", "first", "second", "neither", "skipped"
]
SHELVES: Final[dict[Shelf, str]] = {
    "next": mark("To label: those that help most first"),
    "groups": mark("To label: in groups that look alike"),
    "maybe_first": mark("Suggested: {first}"),
    "maybe_second": mark("Suggested: {second}"),
    "maybe_neither": mark("Suggested: neither"),
    "first": mark("Labelled: {first}"),
    "second": mark("Labelled: {second}"),
    "neither": mark("Labelled: neither"),
    "skipped": mark("Skipped"),
}
_CLASS_INDEX: Final[dict[Label, int]] = {"first": 0, "second": 1}


def title_of(shelf: Shelf, classes: tuple[str, str]) -> str:
    """Return what a shelf is called."""
    return tr(SHELVES[shelf], first=classes[0], second=classes[1])


def label_name(label: Label, classes: tuple[str, str]) -> str:
    """Return what a label is called."""
    if label in _CLASS_INDEX:
        return classes[_CLASS_INDEX[label]]
    return tr("neither") if label == "neither" else tr("skipped")


def groups_left(book: LabelBook, suggestions: "Suggestions") -> list[list[str]]:
    """Return the groups of photos without a label, without those that are done."""
    left = [[digest for digest in members if digest not in book.labels] for members in suggestions.groups]
    return [members for members in left if members]


def on_shelf(shelf: Shelf, book: LabelBook, suggestions: "Suggestions", group: int = 0) -> list[str]:
    """Return the photos of a shelf, by digest, in the order in which they are shown."""
    match shelf:
        case "next":
            return suggestions.in_order(book)
        case "groups":
            groups = groups_left(book, suggestions)
            return groups[group % len(groups)] if groups else []
        case "maybe_neither":
            return suggestions.likely_neither(book)
        case "maybe_first" | "maybe_second":
            wanted: Label = "first" if shelf == "maybe_first" else "second"
            rows = {digest: row for row, digest in enumerate(suggestions.digests)}
            found = [(suggestions.of(rows[digest]), digest) for digest in suggestions.in_order(book)]
            # The least probable first: there the mistakes are.
            return [digest for suggested, digest in found if suggested is not None and suggested[0] == wanted]
        case _:
            return book.with_label(shelf)


def tiles_of(digests: list[str], book: LabelBook, suggestions: "Suggestions") -> list[Tile]:
    """Return the tiles of these photos."""
    rows = {digest: row for row, digest in enumerate(suggestions.digests)}
    return [_tile(digest, book, suggestions, rows.get(digest)) for digest in digests]


def _tile(digest: str, book: LabelBook, suggestions: "Suggestions", row: int | None) -> Tile:
    path = book.photos[digest].path
    name = path.replace("\\", "/").rpartition("/")[2]
    label = book.labels.get(digest)
    if label is not None:
        return Tile(path, name, label_name(label, book.classes).capitalize(), _CLASS_INDEX.get(label))
    suggested = suggestions.of(row) if row is not None else None
    if suggested is None:
        return Tile(path, name, tr("no label yet"))
    if suggested[0] == "neither":
        return Tile(path, name, tr("neither?"))
    words = tr(
        "{class_name}? {probability}",
        class_name=label_name(suggested[0], book.classes),
        probability=probability(suggested[1]),
    )
    return Tile(path, name, words, _CLASS_INDEX[suggested[0]])
