"""The records of a run: what was changed in them is told in a sentence, and never believed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.storage.test_run_list import interrupted_run
from trainer.core.errors import CheckpointError, DiskError
from trainer.dataset.records import Dataset, Photo
from trainer.storage.run_folder import RunFolder


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = interrupted_run(tmp_path)
    photo = Photo(
        path="cats/1.jpg", class_index=0, split="train", bytes=9, modified_ns=1, width=8, height=8, digest="ab"
    )
    folder.write_dataset(Dataset(root="/photos", layout="folders", classes=("cat", "dog"), photos=(photo,)))
    folder.write_health(["3 photos are dark."])
    return folder


def change(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "read"),
    [
        ("config.json", '"patience": ', '"patience": 1', RunFolder.read_record),
        ("config.json", '"format": 3', '"format": 2', RunFolder.read_record),
        ("split.json", '"class_index": 0', '"class_index": 1', RunFolder.read_dataset),
        ("health.json", "3 photos", "4 photos", RunFolder.read_health),
    ],
)
def test_a_changed_value_is_told_in_a_sentence(
    folder: RunFolder, name: str, old: str, new: str, read: Callable[[RunFolder], object]
) -> None:
    read(folder)
    change(folder.path / name, old, new)
    with pytest.raises(CheckpointError, match=f"{name} is damaged: it does not hold what CatDog wrote"):
        read(folder)


def test_a_class_that_there_is_not_is_not_believed_of_a_former_version_either(folder: RunFolder) -> None:
    values = json.loads(folder.split.read_bytes())
    del values["format"], values["sha256"]
    folder.split.write_text(json.dumps(values))
    assert folder.read_dataset().photos[0].class_index == 0
    values["photos"][0]["class_index"] = 7
    folder.split.write_text(json.dumps(values))
    with pytest.raises(CheckpointError, match="Delete it: where the photos are the same"):
        folder.read_dataset()


def test_records_of_a_newer_version_are_refused(folder: RunFolder) -> None:
    change(folder.split, '"format": 1', '"format": 9')
    with pytest.raises(CheckpointError, match="newer CatDog"):
        folder.read_dataset()


def test_what_is_no_run_is_told_as_what_it_is(folder: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="There is no folder"):
        RunFolder.open(tmp_path / "nowhere")
    with pytest.raises(CheckpointError, match="is not a folder"):
        RunFolder.open(folder.split)
    with pytest.raises(CheckpointError, match=r"it has no config\.json"):
        RunFolder.open(tmp_path)
    folder.config.unlink()
    folder.config.mkdir()
    with pytest.raises(CheckpointError, match=r"its config\.json is not a file"):
        RunFolder.open(folder.path)


def test_a_folder_in_a_file_s_place_is_to_be_removed(folder: RunFolder) -> None:
    folder.split.unlink()
    folder.split.mkdir()
    with pytest.raises(CheckpointError, match=r"split\.json cannot be read .* Delete it"):
        folder.read_dataset()
    with pytest.raises(DiskError, match="Rename or remove what has its name"):
        folder.write_dataset(Dataset(root="/photos", layout="folders", classes=("cat", "dog"), photos=()))
