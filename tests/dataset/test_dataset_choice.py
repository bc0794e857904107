"""A dataset may be some folders of a root, wherever they lie, without the photos that were left out."""

import shutil
import zipfile
from pathlib import Path

import msgspec
import pytest

from tests.bad_files import jpeg, tree
from trainer.core.config import TrainConfig
from trainer.core.dataset_choice import DatasetChoice, class_names
from trainer.core.errors import DatasetError, SettingError
from trainer.dataset import scan as scanning
from trainer.dataset.found_classes import ClassesError, FoundClass
from trainer.dataset.records import Dataset
from trainer.dataset.scan import scan
from trainer.dataset.split import cut, fingerprint


def photos(*folders: str, count: int = 3) -> dict[str, bytes]:
    """Return photos, all different, in folders."""
    return {
        f"{folder}/{number}.jpg": jpeg(100 * place + number)
        for place, folder in enumerate(folders)
        for number in range(count)
    }


def refused(path: Path) -> ClassesError:
    with pytest.raises(ClassesError) as caught:
        scan(path)
    return caught.value


def paths_of(dataset: Dataset) -> dict[str, str]:
    return {photo.path: dataset.classes[photo.class_index] for photo in dataset.photos}


def test_of_three_classes_two_are_chosen(tmp_path: Path) -> None:
    root = tree(tmp_path / "animals", photos("birds", "cats", "dogs"))
    error = refused(root)
    assert "3 classes were found: bird" in error.what
    assert error.classes == (
        FoundClass("birds", ("birds",), 3),
        FoundClass("cat", ("cats",), 3),
        FoundClass("dog", ("dogs",), 3),
    )
    found = scan(DatasetChoice(root=str(root), class_folders=("cats", "birds")))
    assert found.classes == ("birds", "cat")
    assert set(paths_of(found)) == set(photos("birds", "cats"))
    assert (found.class_folders, found.name, found.unclassified) == (("birds", "cats"), "birds, cats", 0)


def test_a_class_may_lie_in_several_splits(tmp_path: Path) -> None:
    folders = [f"{split}/{name}" for split in ("train", "test") for name in ("a", "b", "c")]
    classes = {each.name: each.folders for each in refused(tree(tmp_path / "set", photos(*folders))).classes}
    assert classes == {name: (f"test/{name}", f"train/{name}") for name in "abc"}
    found = scan(DatasetChoice(root=str(tmp_path / "set"), class_folders=classes["a"] + classes["c"]))
    assert found.classes == ("a", "c")
    assert found.split_counts() == {"train": {"a": 3, "c": 3}, "test": {"a": 3, "c": 3}}


def test_a_zip_is_chosen_from_as_a_folder_is(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as file:
        for name, content in photos("in/a", "in/ab", "in/c").items():
            file.writestr(name, content)
    found = scan(DatasetChoice(root=str(tmp_path / "set.zip"), class_folders=("in/a", "in/c")))
    assert set(paths_of(found)) == set(photos("in/a", "in/b", "in/c")) - set(photos("in/b"))


def test_classes_told_by_file_names_cannot_be_chosen(tmp_path: Path) -> None:
    files = {f"{name}_{number}.jpg": jpeg(number) for name in ("a", "b", "c") for number in range(3)}
    error = refused(tree(tmp_path / "set", files))
    assert error.classes == tuple(FoundClass(name, (), 3) for name in "abc")


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (photos("cats"), FoundClass("cat", ("cats",), 3)),
        (photos("in/tulips"), FoundClass("tulips", ("in/tulips",), 3)),
        ({f"IMG_{number}.jpg": jpeg(number) for number in range(3)}, FoundClass("one", ("",), 3)),
        ({f"cat.{number}.jpg": jpeg(number) for number in range(3)}, FoundClass("one", ("",), 3)),
        ({"a.jpg": jpeg(1), "more/b.jpg": jpeg(2)}, FoundClass("one", ("",), 2)),
        (photos("train/cats", "test/cats"), FoundClass("cat", ("test/cats", "train/cats"), 6)),
    ],
    ids=["cats", "deeper", "in the root", "named files", "root and below", "splits"],
)
def test_one_class_is_told_so_that_the_other_can_be_added(
    tmp_path: Path, files: dict[str, bytes], found: FoundClass
) -> None:
    assert refused(tree(tmp_path / "one", files)).classes == (found,)


def test_two_folders_in_different_places_are_a_dataset(tmp_path: Path) -> None:
    cats = tree(tmp_path / "old" / "cats" / "images", {"0.jpg": jpeg(0), "deep/1.jpg": jpeg(1)})
    dogs = tree(tmp_path / "new" / "dogs" / "images", {"0.jpg": jpeg(2)})
    tree(tmp_path / "huge", {"not a class/3.jpg": jpeg(3)})
    choice = DatasetChoice.of_folders([dogs, cats])
    assert choice == DatasetChoice(root=str(tmp_path), class_folders=("old/cats/images", "new/dogs/images"))
    assert choice.name == "cats, dogs"
    assert paths_of(scan(choice)) == {
        "new/dogs/images/0.jpg": "dog",
        "old/cats/images/0.jpg": "cat",
        "old/cats/images/deep/1.jpg": "cat",
    }


def test_nothing_but_the_chosen_folders_is_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, photos("a", "b", "c"))
    (tmp_path / "c").chmod(0)  # would be a problem, were it looked into
    try:
        assert scan(DatasetChoice(root=str(tmp_path), class_folders=("a", "b"))).problems == ()
    finally:
        (tmp_path / "c").chmod(0o700)


@pytest.mark.parametrize(
    ("names", "sentence"),
    [(("a", "a"), "was chosen twice"), (("a", "a/b"), "a/b lies inside"), (("a/b", "a"), "a/b lies inside")],
)
def test_folders_that_overlap_are_refused(tmp_path: Path, names: tuple[str, str], sentence: str) -> None:
    with pytest.raises(DatasetError, match=sentence):
        DatasetChoice.of_folders([tmp_path / name for name in names])


def test_folders_on_different_drives_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(_paths: object) -> str:
        raise ValueError("Paths don't have the same drive")

    monkeypatch.setattr("os.path.commonpath", refuse)
    with pytest.raises(DatasetError, match=r"are on different drives\. Copy one of them beside the other"):
        DatasetChoice.of_folders([tmp_path / "a", tmp_path / "b"])


def test_folders_called_alike_are_refused(tmp_path: Path) -> None:
    tree(tmp_path, photos("cat", "cats"))
    with pytest.raises(DatasetError, match=r"The chosen folders make one class or more than two: cat\. Choose"):
        scan(DatasetChoice(root=str(tmp_path), class_folders=("cat", "cats")))


def test_a_chosen_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    tree(tmp_path, photos("a"))
    with pytest.raises(DatasetError, match=r"no photo of the class b can be read\. The first problem: b: "):
        scan(DatasetChoice(root=str(tmp_path), class_folders=("a", "b")))


@pytest.mark.parametrize("path", ["/etc", "../cats", "a/../../b", "", "a//b", "./a", 3, "a\0b"])
def test_paths_that_lead_out_of_the_root_are_refused(path: str) -> None:
    for make in (DatasetChoice, TrainConfig):
        where = "root" if make is DatasetChoice else "dataset"
        for field in ("class_folders", "left_out"):
            with pytest.raises(SettingError, match="must be paths below the dataset's folder"):
                make(**{where: "/photos", field: (path,)})


def test_what_was_left_out_does_not_count(tmp_path: Path) -> None:
    root = tree(tmp_path / "set", photos("a", "b", count=6))
    whole, some = scan(root), scan(DatasetChoice(root=str(root), left_out=("b/0.jpg", "a/1.jpg")))
    assert set(paths_of(whole)) - set(paths_of(some)) == {"b/0.jpg", "a/1.jpg"}
    assert (some.left_out, some.choice.left_out, some.problems) == (("a/1.jpg", "b/0.jpg"),) * 2 + ((),)
    assert fingerprint(some) != fingerprint(whole)
    assert len(cut(some).photos) == 10


def test_known_photos_are_not_read_again_unless_they_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tree(tmp_path / "set", photos("a", "b"))
    before = scan(root)
    (root / "a" / "0.jpg").write_bytes(jpeg(70, 90, 40))
    read: list[bytes] = []
    check = scanning.open_small
    monkeypatch.setattr(scanning, "open_small", lambda data, size: read.append(data) or check(data, size))
    again = scan(root, known=before.photos)
    assert read == [jpeg(70, 90, 40)]
    assert again == scan(root)
    shutil.move(root / "a" / "1.jpg", root / "b" / "9.jpg")
    assert scan(root, known=before.photos) == scan(root)


def test_a_config_of_a_former_version_has_all_classes_and_photos() -> None:
    values = msgspec.to_builtins(TrainConfig(dataset="/photos"))
    del values["class_folders"], values["left_out"]
    assert TrainConfig.from_mapping(values) == TrainConfig(dataset="/photos")
    chosen = TrainConfig(dataset="/photos", class_folders=("b", "a"), left_out=("a/1.jpg",))
    assert TrainConfig.from_mapping(msgspec.json.decode(msgspec.json.encode(chosen))) == chosen
    assert chosen.photos == DatasetChoice(root="/photos", class_folders=("a", "b"), left_out=("a/1.jpg",))


def test_class_names_are_those_that_differ() -> None:
    assert class_names(("train/cats", "test/cats", "train/dogs")) == {
        "train/cats": "cats",
        "test/cats": "cats",
        "train/dogs": "dogs",
    }
    assert class_names(("x/cats/photos/new", "y/dogs/photos/new")) == {
        "x/cats/photos/new": "cats",
        "y/dogs/photos/new": "dogs",
    }
    assert class_names(("cats",)) == {"cats": "cats"}
