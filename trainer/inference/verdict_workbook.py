"""The table of verdicts as a spreadsheet (XLSX), with a small image of each photo.

Text is written as text, so that no name can be a formula.
"""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from trainer.core.errors import CancelledError, TrainerError
from trainer.core.progress import Cancelled, Progress, never_cancelled, no_progress
from trainer.core.results import Prediction
from trainer.core.text import text
from trainer.dataset.thumbnail import SIDE, thumbnail
from trainer.files.atomic import atomic_file
from trainer.inference.verdict_table import Cell, cells, columns

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

_TITLE = "Verdicts by CatDog"
# Pixels around a photo in its cell; and what spreadsheets count in: points a pixel, pixels a unit of a column's width.
_MARGIN, _POINTS, _UNIT = 4, 0.75, 7
_WIDTHS = {"path": 60, "class": 14, "nearest_class": 14, "reason": 44, "error": 44}
_USUAL_WIDTH = 18


class Row(NamedTuple):
    """One photo of the table."""

    prediction: Prediction
    photo: Path | bytes | None = None
    """The photo itself, as a file or its content; None where there is no image to show."""


def write_workbook(
    path: Path,
    rows: Sequence[Row],
    classes: tuple[str, str],
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> None:
    """Write the table, whole or not at all. Raises DiskError, and CancelledError."""
    with atomic_file(path) as file:
        images = []
        for place, row in enumerate(rows, start=1):
            if cancelled():
                raise CancelledError(text("Cancelled."))
            images.append(_thumbnail(row.photo) if row.photo is not None else None)
            progress(place, len(rows))
        _write(file, rows, images, classes)


def _write(file: BinaryIO, rows: Sequence[Row], images: Sequence[bytes | None], classes: tuple[str, str]) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 - takes 100 ms, for this alone

    book = Workbook(write_only=True)
    book.properties.creator, book.properties.title = "CatDog", _TITLE
    sheet = book.create_sheet("Verdicts")
    headings = ["photo", *columns(classes)]
    _prepare(sheet, headings, len(rows))
    sheet.append([_cell(sheet, heading, bold=True) for heading in headings])
    for place, (row, image) in enumerate(zip(rows, images, strict=True), start=1):
        if image is not None:
            _place(sheet, image, place)
        sheet.append([None, *(_cell(sheet, cell) for cell in cells(row.prediction, classes))])
    book.save(file)


def is_workbook(path: Path) -> bool:
    """Whether a file is such a workbook, by the title that it carries."""
    try:
        with zipfile.ZipFile(path) as book:
            return _TITLE.encode() in book.read("docProps/core.xml")
    except (OSError, KeyError, zipfile.BadZipFile):  # no workbook, or nobody can tell what it holds
        return False


def _prepare(sheet: "WriteOnlyWorksheet", headings: list[str], rows: int) -> None:
    """Give the columns their widths and the rows their height, keep the headings in sight, and let them filter."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    for number, heading in enumerate(headings, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(heading, _USUAL_WIDTH)
    sheet.column_dimensions["A"].width = (SIDE + 2 * _MARGIN) / _UNIT
    for row in range(2, rows + 2):
        sheet.row_dimensions[row].height = (SIDE + 2 * _MARGIN) * _POINTS
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{rows + 1}"


def _cell(sheet: "WriteOnlyWorksheet", value: Cell, *, bold: bool = False) -> "WriteOnlyCell":
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415 - as above
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 - as above

    if isinstance(value, str):  # a plain one without what XML cannot hold, and never a formula
        legal = str(ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value))
        value = legal.encode(errors="backslashreplace").decode()
    cell = WriteOnlyCell(sheet, value)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    if isinstance(value, str):
        cell.data_type = "s"
    elif value is not None:
        cell.number_format = "0.0%"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _place(sheet: "WriteOnlyWorksheet", content: bytes, row: int) -> None:
    """Put an image into the first cell of a row, which is counted from 0."""
    from openpyxl.drawing.image import Image  # noqa: PLC0415 - as above
    from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor  # noqa: PLC0415 - as above
    from openpyxl.drawing.xdr import XDRPositiveSize2D  # noqa: PLC0415 - as above
    from openpyxl.utils.units import pixels_to_EMU  # noqa: PLC0415 - as above

    image = Image(io.BytesIO(content))
    left, above = (_MARGIN + (SIDE - side) // 2 for side in (image.width, image.height))
    start = AnchorMarker(col=0, row=row, colOff=pixels_to_EMU(left), rowOff=pixels_to_EMU(above))
    size = XDRPositiveSize2D(pixels_to_EMU(image.width), pixels_to_EMU(image.height))
    image.anchor = OneCellAnchor(_from=start, ext=size)
    sheet.add_image(image)


def _thumbnail(photo: Path | bytes) -> bytes | None:
    """Return a photo as a small JPEG; None where it cannot be read, which its row says in words."""
    try:
        return thumbnail(photo)
    except (TrainerError, OSError):
        return None
