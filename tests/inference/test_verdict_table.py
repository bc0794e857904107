"""The table of verdicts as CSV and as a spreadsheet."""

import csv
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from trainer.core.errors import CancelledError, DiskError
from trainer.core.results import Prediction
from trainer.core.text import text
from trainer.inference.verdict_table import as_csv, is_csv_table
from trainer.inference.verdict_workbook import Row, is_workbook, write_workbook

CLASSES = ("cat", "dog")
HEADINGS = [
    "path", "class", "probability", "probability_cat", "probability_dog", "nearest_class", "reason", "error",
]  # fmt: skip


def prediction(path: str, dog: float | None = 0.97, **others: object) -> Prediction:
    shares = None if dog is None else {"cat": 1 - dog, "dog": dog}
    fields = {"path": path, "class_name": "dog", "probability": dog, "probabilities": shares, **others}
    return Prediction(**fields)  # type: ignore[arg-type]


def read(content: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content)))


def test_the_columns_of_the_table() -> None:
    unsure = prediction(
        "b.jpg", 0.6, class_name=None, nearest_class="dog", reason=text("Neither {a}, nor “{b}”.", a="cat", b="dog")
    )
    broken = prediction("c,d.jpg", None, class_name=None, error='It says "no".')
    assert read(as_csv([prediction("a.jpg"), unsure, broken], CLASSES)) == [
        HEADINGS,
        ["a.jpg", "dog", "0.97", repr(1 - 0.97), "0.97", "", "", ""],
        ["b.jpg", "", "0.6", "0.4", "0.6", "dog", "Neither cat, nor “dog”.", ""],
        ["c,d.jpg", "", "", "", "", "", "", 'It says "no".'],
    ]


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_nothing_in_a_csv_is_a_formula(first: str) -> None:
    name = f"{first}cmd|' /C calc'!A1.jpg"
    classes = (f"{first}cat", "dog")
    row = Prediction(
        path=name, class_name=classes[0], probability=0.1, probabilities={classes[0]: 0.9, "dog": 0.1}, error=f"{name}!"
    )
    (_, said) = read(as_csv([row], classes))
    assert said[0] == f"./{name}"  # the same file
    assert said[1] == f"'{classes[0]}"
    assert said[-1] == f"'{name}!"
    assert said[2] == "0.1"


def test_a_name_that_is_no_unicode_is_written_by_its_bytes(tmp_path: Path) -> None:
    name = b"caf\xe9.jpg".decode(errors="surrogateescape")
    assert "caf\\udce9.jpg" in as_csv([prediction(name)], CLASSES)
    write_workbook(tmp_path / "t.xlsx", [Row(prediction(name))], CLASSES)
    assert openpyxl.load_workbook(tmp_path / "t.xlsx").active["B2"].value == "caf\\udce9.jpg"


def test_a_table_is_known_by_how_it_begins(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine.csv", tmp_path / "other.csv"
    mine.write_text(as_csv([], CLASSES))
    other.write_text("path,class\n")
    assert (is_csv_table(mine), is_csv_table(other), is_csv_table(tmp_path / "none.csv")) == (True, False, False)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "=photo.jpg"
    Image.new("RGB", (300, 200), (200, 40, 40)).save(path)
    return path


def test_a_spreadsheet_has_text_percentages_and_photos(photo: Path, tmp_path: Path) -> None:
    file = tmp_path / "table.xlsx"
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"\xff\xd8")
    steps: list[tuple[int, int]] = []
    rows = [
        Row(prediction("=HYPERLINK(0)"), photo),
        Row(prediction("bad\x00name.jpg", None, class_name=None, error="It is cut off."), bad),
        Row(prediction("Photo 1"), photo.read_bytes()),
    ]
    write_workbook(file, rows, CLASSES, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(1, 3), (2, 3), (3, 3)]
    sheet = openpyxl.load_workbook(file).active
    assert [cell.value for cell in sheet[1]] == ["photo", *HEADINGS]
    assert all(cell.font.bold for cell in sheet[1])
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=HYPERLINK(0)", "s")  # no formula
    assert (sheet["D2"].value, sheet["D2"].number_format) == (0.97, "0.0%")
    assert sheet["B3"].value == "bad\N{REPLACEMENT CHARACTER}name.jpg"
    assert (sheet["D3"].value, sheet["I3"].value) == (None, "It is cut off.")
    assert (sheet.auto_filter.ref, sheet.freeze_panes) == ("A1:I4", "B2")
    assert sheet.column_dimensions["B"].width > sheet.column_dimensions["C"].width
    images = {image.anchor._from.row: (image.width, image.height) for image in sheet._images}  # noqa: SLF001
    assert images == {1: (96, 64), 3: (96, 64)}
    with zipfile.ZipFile(file) as book:
        media = [entry for entry in book.infolist() if entry.filename.startswith("xl/media/")]
    assert len(media) == 2
    assert all(entry.filename.endswith("jpeg") and entry.file_size < 3000 for entry in media)


def test_a_spreadsheet_is_known_by_its_title(tmp_path: Path) -> None:
    mine, other, text_file = tmp_path / "mine.xlsx", tmp_path / "other.xlsx", tmp_path / "text.xlsx"
    write_workbook(mine, [], CLASSES)
    openpyxl.Workbook().save(other)
    text_file.write_text("no workbook")
    found = [is_workbook(path) for path in (mine, other, text_file, tmp_path / "none.xlsx")]
    assert found == [True, False, False, False]


def test_a_cancelled_or_failed_spreadsheet_leaves_what_was_there(photo: Path, tmp_path: Path) -> None:
    file = tmp_path / "table.xlsx"
    file.write_bytes(b"before")
    with pytest.raises(CancelledError):
        write_workbook(file, [Row(prediction("a"), photo)] * 3, CLASSES, cancelled=lambda: True)
    assert file.read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["=photo.jpg", "table.xlsx"]
    (tmp_path / "file").touch()
    with pytest.raises(DiskError):
        write_workbook(tmp_path / "file" / "table.xlsx", [], CLASSES)
