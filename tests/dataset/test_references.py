"""A file of labels and a table are datasets as a folder is; photos that moved are found by their content."""

import shutil
from pathlib import Path

import pytest

from tests.bad_files import jpeg
from trainer.core.errors import CancelledError, DatasetError, PhotoError
from trainer.dataset.label_file import KnownPhoto, LabelFile
from trainer.dataset.records import digest
from trainer.dataset.scan import scan
from trainer.dataset.sources.reference_source import key_of_place
from trainer.dataset.sources.source import open_source


def photos_in(folder: Path, count: int = 6, first: int = 0) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"IMG_{number}.jpg" for number in range(first, first + count)]
    for number, path in enumerate(paths, first):
        path.write_bytes(jpeg(number))
    return paths


def known(path: Path) -> KnownPhoto:
    status = path.stat()
    return KnownPhoto(
        digest=digest(path.read_bytes()),
        path=str(path),
        key=f"{path.parent.name}/{path.name}",
        bytes=status.st_size,
        modified_ns=status.st_mtime_ns,
    )


@pytest.fixture
def heap(tmp_path: Path) -> Path:
    return photos_in(tmp_path / "home" / "heap")[0].parent


@pytest.fixture
def labels(tmp_path: Path, heap: Path) -> Path:
    path = tmp_path / "mine.labels"
    with LabelFile.create(path, ("cat", "dog")) as file:
        photos = [known(each) for each in sorted(heap.iterdir())]
        file.add_folders([heap])
        file.add_photos(photos)
        file.say("first", [photo.digest for photo in photos[:2]])
        file.say("second", [photo.digest for photo in photos[2:4]])
        file.say("neither", [photos[4].digest])
    return path


def test_labels_are_a_dataset(labels: Path, heap: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in heap.iterdir()}
    found = scan(labels)
    assert (found.layout, found.classes, found.root) == ("labels", ("cat", "dog"), str(labels))
    assert [(photo.path, photo.class_index) for photo in found.photos] == [
        ("heap/IMG_0.jpg", 0),
        ("heap/IMG_1.jpg", 0),
        ("heap/IMG_2.jpg", 1),
        ("heap/IMG_3.jpg", 1),
    ]
    assert found.unclassified == 2
    assert found.problems == ()
    assert {path: path.stat().st_mtime_ns for path in heap.iterdir()} == before


def test_photos_that_moved_are_found_and_those_that_are_gone_are_named(labels: Path, heap: Path) -> None:
    (heap / "IMG_0.jpg").rename(heap / "renamed.jpg")
    (heap / "deep").mkdir()
    (heap / "IMG_2.jpg").rename(heap / "deep" / "IMG_2.jpg")
    (heap / "IMG_3.jpg").unlink()
    found = scan(labels)
    assert [photo.path for photo in found.photos] == ["heap/IMG_0.jpg", "heap/IMG_1.jpg", "heap/IMG_2.jpg"]
    assert [(problem.path, problem.kind) for problem in found.problems] == [("heap/IMG_3.jpg", "gone")]
    with open_source(labels) as source:
        source.list_files()
        assert source.file_of("heap/IMG_0.jpg") == heap / "renamed.jpg"
        assert digest(source.read("heap/IMG_2.jpg")) == digest(jpeg(2))
        with pytest.raises(PhotoError):
            source.read("heap/other.jpg")


def test_photos_are_found_where_their_whole_folder_was_renamed(labels: Path, heap: Path) -> None:
    heap.rename(heap.with_name("Fotos"))
    assert len(scan(labels).photos) == 4


def test_another_photo_in_the_place_of_a_labelled_one_does_not_get_its_label(labels: Path, heap: Path) -> None:
    (heap / "IMG_0.jpg").write_bytes(jpeg(77))
    found = scan(labels)
    assert "heap/IMG_0.jpg" not in [photo.path for photo in found.photos]
    assert "another photo" in found.problems[0].reason
    (heap / "IMG_1.jpg").touch()  # the same photo at another time, as after copying
    assert "heap/IMG_1.jpg" in [photo.path for photo in scan(labels).photos]


def test_a_search_can_be_cancelled(labels: Path) -> None:
    with open_source(labels) as source, pytest.raises(CancelledError):
        source.list_files(lambda: True)


def table(tmp_path: Path, content: str | bytes, name: str = "photos.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_table_is_a_dataset(tmp_path: Path, heap: Path) -> None:
    other = photos_in(tmp_path / "other", 2, first=10)
    path = table(
        tmp_path,
        "id,path,class,split\n"
        f"1,home/heap/IMG_0.jpg,Cats,train\n2,home/heap/IMG_1.jpg,dog,test\n3,home\\heap\\IMG_2.jpg,DOG,val\n"
        f"4,{other[0]},cat,\n5,{other[1].as_uri()},dog,\n6,home/heap/IMG_3.jpg,,\n7,gone.jpg,cat,train\n",
    )
    found = scan(path)
    assert (found.layout, found.classes) == ("table", ("cat", "dog"))
    assert {photo.path: (photo.class_index, photo.split) for photo in found.photos} == {
        "home/heap/IMG_0.jpg": (0, "train"),
        "home/heap/IMG_1.jpg": (1, "test"),
        "home/heap/IMG_2.jpg": (1, "validation"),
        key_of_place(other[0]): (0, None),
        key_of_place(other[1]): (1, None),
    }
    assert found.unclassified == 1
    assert [(problem.path, problem.kind) for problem in found.problems] == [("gone.jpg", "gone")]


@pytest.mark.parametrize(
    "content",
    [
        "home/heap/IMG_0.jpg,cat\nhome/heap/IMG_1.jpg,dog\n",
        "Class;File Name\ncat;home/heap/IMG_0.jpg\ndog;home/heap/IMG_1.jpg\n",
        "\ufefffile\tlabel\r\nhome/heap/IMG_0.jpg\tcat\r\nhome/heap/IMG_1.jpg\tdog\r\n",
        "image_id,species\nhome/heap/IMG_0,cat\nhome/heap/IMG_1,dog\n",
        "path,class\nhome/heap/IMG_0.jpg,cat\nhome/heap/IMG_1.jpg,dog\n".encode("utf-16"),
    ],
)
def test_tables_of_other_programs_are_read(tmp_path: Path, heap: Path, content: str | bytes) -> None:
    found = scan(table(tmp_path, content))
    assert [photo.class_index for photo in found.photos] == [0, 1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "No photos with classes"),
        ("a,b,c\n1,2,3\n", "No photos with classes"),
        ("path,class\nhome/heap/IMG_0.jpg,\n", "No photos with classes"),
        ("path,class\nhome/heap/IMG_0.jpg,cat\n", "Only one class"),
        ("path,class\na.jpg,cat\nb.jpg,dog\nc.jpg,cow\n", "3 classes were found"),
        ('path,class\n"' + "x" * 2_000_000 + '",cat\n', "cannot be|not a table"),
        ("path,class\na.jpg,cat\nb.jpg,dog\n", "no photo of the class"),
    ],
)
def test_a_table_that_is_none_is_refused_with_its_name(tmp_path: Path, heap: Path, content: str, words: str) -> None:
    with pytest.raises(DatasetError, match=words) as error:
        scan(table(tmp_path, content))
    assert "photos.csv" in error.value.what


def test_a_photo_with_two_classes_counts_as_neither(tmp_path: Path, heap: Path) -> None:
    lines = "".join(f"home/heap/IMG_{number}.jpg,{name}\n" for number, name in enumerate(["cat", "dog", "cat", "dog"]))
    found = scan(table(tmp_path, f"path,class\n{lines}home/heap/IMG_0.jpg,dog\nhome/heap/IMG_1.jpg,dogs\n"))
    assert [photo.path for photo in found.photos] == [f"home/heap/IMG_{number}.jpg" for number in (1, 2, 3)]
    assert [problem.kind for problem in found.problems] == ["two classes"]


def test_keys_of_places() -> None:
    assert key_of_place(Path("/home/me/a.jpg")) == "home/me/a.jpg"


def test_a_photo_left_out_of_labels_does_not_count(labels: Path) -> None:
    from trainer.core.dataset_choice import DatasetChoice

    found = scan(DatasetChoice(root=str(labels), left_out=("heap/IMG_0.jpg",)))
    assert len(found.photos) == 3


def test_a_copy_of_the_labels_elsewhere_works(labels: Path, tmp_path: Path) -> None:
    shutil.copy(labels, tmp_path / "home" / "copy.labels")
    assert len(scan(tmp_path / "home" / "copy.labels").photos) == 4
