"""Answers are kept by content in the user's data folder, can be taken back, and change a dataset but no file."""

import csv
import shutil
from pathlib import Path

import pytest

from trainer.core.errors import DatasetError
from trainer.dataset.answers import (
    answer,
    answers_file,
    answers_sentence,
    export_answers,
    open_answers,
    read_answers,
    with_answers,
)
from trainer.dataset.label_file import Label
from trainer.dataset.records import Dataset
from trainer.dataset.scan import scan
from trainer.dataset.split import cut
from trainer.files.paths import answers_folder


@pytest.fixture
def folder(drawings: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(drawings, tmp_path / "set"))


def say(dataset: Dataset, label: Label | None, *paths: str) -> None:
    with open_answers(dataset.classes) as file:
        answer(file, label, dataset, [photo for photo in dataset.photos if photo.path in paths])


def classes(dataset: Dataset) -> dict[str, int]:
    return {photo.path: photo.class_index for photo in dataset.photos}


CAT, DOG, OTHER = "cats/cat.0001.jpg", "dogs/dog.0002.jpg", "cats/cat.0003.jpg"


def test_answers_change_the_dataset_and_no_file(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found = scan(folder)
    say(found, "second", CAT)
    say(found, "neither", DOG)
    say(found, "first", OTHER)  # it is a cat, so this only keeps it
    answered = with_answers(found)
    assert classes(answered)[CAT] == 1
    assert next(photo for photo in answered.photos if photo.path == CAT).folder_class == 0
    assert DOG not in classes(answered)
    assert answered.answered_out == (DOG,)
    assert len(answered.photos) == 79
    assert answers_sentence(answered) == (
        "1 photo counts as the other class, as you said. 1 photo is left out, as you said."
    )
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert answers_file(found.classes).parent == answers_folder()


def test_a_photo_that_moves_keeps_its_answer(folder: Path, tmp_path: Path) -> None:
    say(scan(folder), "second", CAT)
    moved = folder.rename(tmp_path / "elsewhere")
    (moved / CAT).rename(moved / "cats" / "renamed.jpg")
    assert classes(with_answers(scan(moved)))["cats/renamed.jpg"] == 1


def test_without_answers_nothing_changes(folder: Path) -> None:
    found = scan(folder)
    assert with_answers(found) == found
    assert answers_sentence(found) is None
    assert not answers_folder().exists()


def test_an_answer_is_taken_back(folder: Path) -> None:
    found = scan(folder)
    say(found, "second", CAT)
    say(found, "neither", CAT)
    with open_answers(found.classes) as file:
        assert file.undo()
    assert classes(with_answers(found))[CAT] == 1
    say(found, None, CAT)
    assert with_answers(found) == found


def test_answers_do_not_move_photos_between_splits(folder: Path) -> None:
    found = scan(folder)
    splits = {photo.path: photo.split for photo in cut(found).photos}
    say(found, "second", CAT, OTHER)
    say(found, "neither", DOG)
    assert all(photo.split == splits[photo.path] for photo in with_answers(cut(found)).photos)


def test_answers_for_other_classes_are_others(folder: Path) -> None:
    found = scan(folder)
    say(found, "second", CAT)
    assert not read_answers(("cat", "wolf")).labels
    long = ("a" * 200, "b\n")
    with open_answers(long) as file:
        answer(file, "first", found, found.photos[:1])
    assert len(read_answers(long).labels) == 1


def test_answers_are_written_as_a_table(folder: Path, tmp_path: Path) -> None:
    found = scan(folder)
    say(found, "second", CAT)
    say(found, "neither", DOG)
    table = tmp_path / "answers.csv"
    assert export_answers(found.classes, table) == 2
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["photo"], row["answer"]) for row in rows] == [
        (str(folder / CAT), "dog"),
        (str(folder / DOG), "leave out"),
    ]
    assert export_answers(found.classes, table) == 2
    table.write_text("my own notes")
    with pytest.raises(DatasetError, match=r"answers\.csv exists and is not a table of answers"):
        export_answers(found.classes, table)
    assert table.read_text() == "my own notes"


def test_damaged_answers_are_refused_in_a_sentence(folder: Path) -> None:
    found = scan(folder)
    say(found, "second", CAT)
    answers_file(found.classes).write_bytes(b"\0\1\2")
    with pytest.raises(DatasetError, match="Your answers on doubtful photos cannot be used") as caught:
        with_answers(found)
    assert str(answers_file(found.classes)) in caught.value.remedy
