"""A dataset that is a table: a CSV file with the path and the class of each photo, as many programs write them."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from trainer.core.errors import DatasetError
from trainer.core.text import text
from trainer.dataset import names
from trainer.dataset.found_classes import FoundClass, wrong_number
from trainer.dataset.layouts import Layout
from trainer.dataset.records import Problem, SplitName
from trainer.dataset.sources.moved import no_search
from trainer.dataset.sources.reference_source import Reference, ReferenceSource, key_of_place
from trainer.files.regular import read_regular

ENDING = ".csv"
_LARGEST = 200_000_000
_LONGEST_CELL = 1_000_000
# The headings of a column, the plainest first: where a table has several of them, the first one counts.
_FILE_NAMES = ("path", "file_path", "filepath", "image_path", "file", "filename", "file_name", "image", "photo", "img")
_PATH_NAMES = (*_FILE_NAMES, "picture", "uri", "url", "image_id", "source", "name", "id")
_CLASS_NAMES = ("class", "class_name", "classname", "label", "labels", "category", "species", "target", "tag", "y")
_SPLIT_NAMES = ("split", "subset", "partition", "set", "usage")
_SIGNS = ",;\t|"
# Tables of identifiers leave the ending away.
_ENDINGS = ("", ".jpg", ".jpeg", ".png", ".JPG")

COLUMNS = text("It needs a first line with the column names path and class, such as: path,class")


class _Columns(NamedTuple):
    path: int
    of_class: int
    split: int | None
    has_heading: bool


class _Row(NamedTuple):
    path: str
    called: str
    split: SplitName | None


def table_source(path: Path) -> ReferenceSource:
    """Return the photos of a table. Paths in it count from its own folder. Raises DatasetError."""
    rows = _rows(path)
    references: dict[str, Reference] = {}
    classes: dict[str, tuple[str, SplitName | None]] = {}
    contradictory: set[str] = set()
    for row in rows:
        reference = _reference(path.parent, row.path)
        references[reference.key] = reference
        key = names.class_key(row.called)
        if classes.setdefault(reference.key, (key, row.split))[0] != key:
            contradictory.add(reference.key)
    reason = text("The table names two classes for this photo. Mend it there.")
    problems = [Problem(path=key, kind="two classes", reason=reason) for key in sorted(contradictory)]
    kept = [reference for key, reference in references.items() if key not in contradictory]
    counted = {key: found for key, found in classes.items() if key not in contradictory and found[0]}
    layout = _layout(path, rows, counted, [reference.key for reference in kept])
    return ReferenceSource(path, kept, layout, problems, no_search)


def _layout(
    path: Path, rows: Sequence[_Row], counted: dict[str, tuple[str, SplitName | None]], keys: Sequence[str]
) -> Layout:
    called: dict[str, str] = {}
    for spelling in sorted({row.called for row in rows if row.called}):
        key = names.class_key(spelling)
        called.setdefault(key, names.PET_NAMES.get(key, spelling))
    if not called:
        raise _no_table(path)
    if len(called) != 2:
        counts = Counter(key for key, _ in counted.values())
        error = wrong_number(FoundClass(name, (), counts[key]) for key, name in called.items())
        what = text("{path}: {what}", path=str(path), what=error.what)
        raise DatasetError(what, remedy=text("CatDog tells two classes apart: keep the rows of two."), path=path)
    first, second = sorted(called, key=lambda key: (called[key].casefold(), called[key]))
    return Layout(
        name="table",
        classes=(called[first], called[second]),
        assignments={key: (int(of_class == second), split) for key, (of_class, split) in counted.items()},
        unclassified=tuple(key for key in keys if key not in counted),
    )


def _reference(folder: Path, written: str) -> Reference:
    """Return the photo that a table means: an address of a file, a path from the table's folder, or a full one."""
    try:
        address = urlsplit(written)
        given = url2pathname(unquote(address.path)) if address.scheme == "file" else written
    except ValueError:  # it begins as an address, and is none
        given = written
    tries = [
        candidate + ending for candidate in dict.fromkeys((given, given.replace("\\", "/"))) for ending in _ENDINGS
    ]
    there = next((each for each in tries if _is_file(folder / each)), tries[0])
    place = folder / there
    below = PurePosixPath(there.replace("\\", "/"))
    if below.is_absolute() or Path(there).drive or {"..", "."} & set(below.parts):
        return Reference(key=key_of_place(Path(place)), place=place)
    return Reference(key=str(below), place=place)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _rows(path: Path) -> list[_Row]:
    """Return the rows that name a photo. Raises DatasetError."""
    try:
        lines = list(_cells(_content(path)))
    except csv.Error as error:
        raise DatasetError(
            text("{path} is not a table that can be read ({reason}).", path=str(path), reason=str(error)),
            remedy=COLUMNS,
            path=path,
        ) from error
    columns = _columns(lines)
    if columns is None:
        raise _no_table(path)
    rows = []
    for cells in lines[1:] if columns.has_heading else lines:
        wanted = max(columns.path, columns.of_class)
        if len(cells) > wanted and (photo := cells[columns.path].strip()):
            split = cells[columns.split].strip() if columns.split is not None and len(cells) > columns.split else ""
            rows.append(_Row(photo, normalize("NFC", cells[columns.of_class].strip()), names.split_of([split])))
    return rows


def _content(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise DatasetError(
                text("{path} is too large for a table of photos.", path=str(path)), remedy=COLUMNS, path=path
            )
        content = read_regular(path)
    except OSError as error:
        raise DatasetError(
            text("{path} cannot be read ({reason}).", path=str(path), reason=error.strerror or str(error)),
            remedy=text("Check its permissions."),
            path=path,
        ) from error
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:  # what spreadsheets write on Windows
        return content.decode("cp1252", "replace")


def _cells(content: str) -> Iterator[list[str]]:
    first = content.partition("\n")[0]
    sign = max(_SIGNS, key=first.count)
    csv.field_size_limit(_LONGEST_CELL)
    return csv.reader(io.StringIO(content, newline=""), delimiter=sign)


def _columns(lines: Sequence[Sequence[str]]) -> _Columns | None:
    """Return where the path and the class stand: by the heading, else by what looks like photos in the first lines."""
    if not lines:
        return None
    heading = [cell.strip().casefold().replace(" ", "_") for cell in lines[0]]
    path, of_class, split = (_place(heading, known) for known in (_PATH_NAMES, _CLASS_NAMES, _SPLIT_NAMES))
    if path is not None and of_class is not None:
        return _Columns(path, of_class, split, has_heading=True)
    sample = lines[:50]
    for number in range(len(lines[0])):
        if all(len(cells) > number and names.is_photo_name(cells[number].strip()) for cells in sample):
            others = [column for column in range(len(lines[0])) if column != number]
            if len(others) == 1:
                return _Columns(number, others[0], None, has_heading=False)
    return None


def _place(heading: Sequence[str], known: Sequence[str]) -> int | None:
    return next((heading.index(name) for name in known if name in heading), None)


def _no_table(path: Path) -> DatasetError:
    what = text("No photos with classes were found in the table {path}.", path=str(path))
    return DatasetError(what, remedy=COLUMNS, path=path)
