"""A scan finds every photo, reports every file that cannot be one, raises for none, and changes nothing."""

import os
import random
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.bad_files import (
    encoded,
    jpeg,
    make_zip,
    picture,
    png,
    png_header,
    public_folder,
    tree,
    two_classes,
    without_all_rights,
)
from trainer.core.errors import CancelledError, DatasetError
from trainer.core.text import plain
from trainer.dataset.photo import open_photo, open_small
from trainer.dataset.records import Dataset
from trainer.dataset.scan import scan
from trainer.dataset.split import cut

BAD = {
    "cats/cut off.jpg": (jpeg(50, 300, 200)[:2000], "truncated"),
    "cats/damaged.png": (png(51)[:60] + bytes(10) + png(51)[70:], "unreadable"),
    "dogs/empty.jpg": (b"", "empty"),
    "dogs/text.jpg": (b"I am no photo", "not an image"),
    "dogs/program": (b"MZ\x90\0" * 9, "not an image"),
    "dogs/bomb.png": (png_header(20_000, 20_000), "too large"),
    "dogs/small bomb.png": (png_header(9_600, 9_600), "too large"),
}
GOOD = {
    **two_classes(3),
    "cats/in any script 猫 кошка قطة.jpg": jpeg(20),
    "cats/wrong ending.txt.doc": jpeg(21),
    "cats/cmyk.jpg": encoded(picture(seed=22).convert("CMYK"), "JPEG"),
    "dogs/moving.gif": encoded(picture(seed=23), "GIF", save_all=True, append_images=[picture(seed=24)]),
    "dogs/phone.heic": encoded(picture(seed=25), "HEIF"),
    "dogs/new.avif": encoded(picture(seed=26), "AVIF"),
}
IGNORED = {"cats/notes.txt": b"x", "cats/Thumbs.db": b"x", ".DS_Store": b"x", "__MACOSX/cats/._0.jpg": b"x"}
MIXED = {**GOOD, **IGNORED, **{name: content for name, (content, _) in BAD.items()}}


def snapshot(root: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(path): (path.lstat().st_mtime_ns, path.lstat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in sorted([root, *root.rglob("*")])
    }


@pytest.mark.parametrize("zipped", [False, True])
def test_every_file_is_a_photo_or_a_problem_and_none_is_changed(tmp_path: Path, *, zipped: bool) -> None:
    root = make_zip(tmp_path / "photos.zip", MIXED) if zipped else tree(tmp_path / "photos", MIXED)
    before = snapshot(tmp_path)
    dataset = scan(root)
    assert snapshot(tmp_path) == before
    assert [photo.path for photo in dataset.photos] == sorted(GOOD)
    assert {problem.path: problem.kind for problem in dataset.problems} == {
        name: kind for name, (_, kind) in BAD.items()
    }
    assert [problem.path for problem in dataset.problems] == sorted(BAD)
    assert (dataset.root, dataset.layout, dataset.classes) == (str(root), "class folders", ("cat", "dog"))
    assert dataset.class_counts() == {"cat": 6, "dog": 6}
    assert msgspec.json.decode(msgspec.json.encode(dataset, enc_hook=plain), type=Dataset) == dataset


def test_what_is_known_of_each_photo(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = jpeg(1, 640, 480, exif=exif)
    root = tree(tmp_path, {"train/cats/a.jpg": turned, "test/dogs/b.png": png(2), "test/cats/c.jpg": jpeg(3)})
    (root / "train/cats/a.jpg").touch()
    os.utime(root / "train/cats/a.jpg", ns=(5, 1_234_567_890))
    photo = scan(root).photos[-1]
    assert (photo.path, photo.class_index, photo.split) == ("train/cats/a.jpg", 0, "train")
    assert (photo.width, photo.height, photo.bytes) == (480, 640, len(turned))
    assert photo.modified_ns == 1_234_567_890
    assert len(photo.digest) == 32


def test_links_and_permissions_are_reported() -> None:
    with public_folder() as folder:
        root = tree(folder / "photos", {**two_classes(2), "cats/secret.jpg": jpeg(9)})
        (root / "cats" / "dead.jpg").symlink_to(root / "gone.jpg")
        (root / "dogs" / "round").symlink_to(root)
        (root / "cats" / "secret.jpg").chmod(0)
        with without_all_rights():
            dataset = scan(root)
    assert {problem.path: problem.kind for problem in dataset.problems} == {
        "cats/dead.jpg": "broken link",
        "cats/secret.jpg": "no permission",
        "dogs/round": "circular link",
    }
    assert len(dataset.photos) == 4


def test_long_paths_are_read_where_the_system_can(tmp_path: Path) -> None:
    deep = "/".join(["ordner" * 10] * 6)
    dataset = scan(tree(tmp_path, {f"cats/{deep}/1.jpg": jpeg(1), f"dogs/{deep}/2.jpg": jpeg(2)}))
    assert [len(photo.path) > 255 for photo in dataset.photos] == [True, True]


def test_the_outcome_does_not_depend_on_threads(tmp_path: Path) -> None:
    root = tree(tmp_path, MIXED)
    assert scan(root, threads=1) == scan(root, threads=7) == scan(root)


def test_progress_counts_every_file_once_in_the_calling_thread(tmp_path: Path) -> None:
    seen: list[tuple[int, int, int]] = []
    scan(tree(tmp_path, MIXED), progress=lambda done, total: seen.append((done, total, threading.get_ident())))
    total = len(GOOD) + len(BAD)
    assert seen == [(done, total, threading.get_ident()) for done in range(total + 1)]


def test_only_a_few_photos_are_in_memory_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = 0
    started: list[int] = []

    def count(data: bytes, size: int) -> tuple[Image.Image, tuple[int, int]]:
        started.append(1)
        assert len(started) - done <= 2 * 4 + 1
        return open_small(data, size)

    def progress(now: int, total: int) -> None:
        nonlocal done
        done = now

    # Not by its dotted name: the package shows the function `scan` in place of the module.
    monkeypatch.setattr(sys.modules["trainer.dataset.scan"], "open_small", count)
    scan(tree(tmp_path, two_classes(40)), threads=2, progress=progress)
    assert len(started) == 80


@pytest.mark.parametrize("after", [0, 1, 30, 79])
def test_a_scan_can_be_cancelled_at_any_time(tmp_path: Path, after: int) -> None:
    done = 0

    def progress(now: int, total: int) -> None:
        nonlocal done
        done = now

    threads = threading.active_count()
    with pytest.raises(CancelledError):
        scan(tree(tmp_path, two_classes(40)), progress=progress, cancelled=lambda: done >= after)
    assert done <= after
    assert threading.active_count() <= threads


def test_an_error_in_the_listener_leaves_no_thread_behind(tmp_path: Path) -> None:
    def progress(now: int, total: int) -> None:
        if now == 3:
            raise KeyboardInterrupt

    threads = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        scan(tree(tmp_path, two_classes(40)), progress=progress)
    assert threading.active_count() <= threads


def test_unlabelled_photos_are_counted(tmp_path: Path) -> None:
    files = {f"train/{kind}.{n}.jpg": jpeg(n) for kind in ("cat", "dog") for n in (1, 2)}
    dataset = scan(tree(tmp_path, {**files, "test1/1.jpg": jpeg(8), "test1/2.jpg": b"never read"}))
    assert (dataset.layout, dataset.unclassified, dataset.problems) == ("named files", 2, ())


@pytest.mark.parametrize("listed", [True, False])
def test_oxfords_lists_are_read_from_the_source(tmp_path: Path, *, listed: bool) -> None:
    files = {
        "images/Abyssinian_1.jpg": jpeg(1),
        "images/boxer_1.jpg": jpeg(2),
        "annotations/test.txt": b"boxer_1 9 2 4\n\xff\xfe\n" if listed else b"",
        "annotations/trimaps/boxer_1.png": png(2),
    }
    root = tree(tmp_path, files)
    if not listed:
        (root / "annotations/test.txt").unlink()
        os.mkfifo(root / "annotations/test.txt")
    dataset = scan(root)
    assert (dataset.layout, len(dataset.photos)) == ("oxford pets", 2)
    assert dataset.photos[1].split == ("test" if listed else None)


def test_a_list_that_cannot_be_read_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.dataset.photo.MAX_PHOTO_BYTES", 2000)
    files = {
        "images/Abyssinian_1.jpg": jpeg(1),
        "images/boxer_1.jpg": jpeg(2),
        "annotations/test.txt": b"boxer_1\n" * 999,
    }
    assert {photo.split for photo in scan(tree(tmp_path, files)).photos} == {None}


def test_exact_copies_are_noted(tmp_path: Path) -> None:
    files = two_classes(3)
    assert scan(tree(tmp_path / "none", files)).notes == ()
    one = scan(tree(tmp_path / "one", {**files, "cats/copy.jpg": jpeg(0)}))
    assert one.notes == ("1 photo is an exact copy of another (first: cats/0.jpg and cats/copy.jpg).",)
    assert len(one.photos) == 7
    more = scan(tree(tmp_path / "more", {**files, **{f"cats/copy {n}.jpg": jpeg(n % 2) for n in range(3)}}))
    assert more.notes == ("3 photos are exact copies of others (first: cats/0.jpg and cats/copy 0.jpg).",)


def test_copies_in_two_classes_and_two_splits_are_noted_more_strongly(tmp_path: Path) -> None:
    torn = scan(tree(tmp_path / "torn", {**two_classes(3), "dogs/a cat.jpg": jpeg(0)}))
    assert "1 photo is in both classes (first: cats/0.jpg and dogs/a cat.jpg)" in torn.notes[1]
    files = {**two_classes(3, "train/"), **two_classes(2, "test/")}
    leaks = scan(tree(tmp_path / "leaks", files))
    assert len(leaks.notes) == 2
    assert "4 photos are in more than one split (first: test/cats/0.jpg and train/cats/0.jpg)" in leaks.notes[1]
    assert "better than it is" in leaks.notes[1]


def test_a_class_without_a_readable_photo_is_an_error_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(
        DatasetError, match=r"no photo of the class dog can be read\..*dogs/1\.jpg: This file is empty"
    ) as caught:
        scan(tree(tmp_path, {"cats/1.jpg": jpeg(1), "dogs/1.jpg": b""}))
    assert caught.value.path == str(tmp_path)


def test_shape_errors_name_the_dataset_and_the_first_problem(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="No photos were found") as caught:
        scan(tmp_path)
    assert str(tmp_path) in str(caught.value)
    (tmp_path / "dead").symlink_to(tmp_path / "gone")
    with pytest.raises(DatasetError, match="dead: This is a link that leads nowhere"):
        scan(tmp_path)
    with pytest.raises(DatasetError, match="There is no folder or zip"):
        scan(tmp_path / "missing")


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_whatever_lies_in_class_folders_is_reported_and_never_raised(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    files = two_classes(1)
    for number in range(5):
        data = bytearray(chance.choice([jpeg(number), png(number), b"text", b""]))
        for _ in range(chance.randint(0, 5) if data else 0):
            data[chance.randrange(len(data))] = chance.randrange(256)
        files[f"cats/{seed} {number}.jpg"] = bytes(data)
    dataset = scan(make_zip(tmp_path / "a.zip", files))
    assert len(dataset.photos) + len(dataset.problems) == len(files)


@pytest.mark.real
def test_the_real_photos_are_all_found(real_photos: Path) -> None:
    dataset = cut(scan(real_photos))
    assert dataset.layout == "split folders"
    assert dataset.problems == ()
    assert dataset.split_counts() == {
        "train": {"cat": 1000, "dog": 1000},
        "validation": {"cat": 500, "dog": 500},
        "test": {"cat": 500, "dog": 500},
    }
    for photo in dataset.photos[::400]:
        assert open_photo(real_photos / photo.path).size == (photo.width, photo.height)


@pytest.mark.real
def test_sixteen_thousand_photos_are_scanned_from_the_zip_in_a_minute(real_zip: Path) -> None:
    start = time.process_time()
    dataset = cut(scan(real_zip))
    assert time.process_time() - start < 60
    assert dataset.layout == "named files"
    assert dataset.class_counts() == {"cat": 8000, "dog": 8000}
    assert dataset.problems == ()
    assert {(photo.width, photo.height) for photo in dataset.photos} == {(200, 200)}
    assert dataset.split_counts()["test"] == {"cat": 1200, "dog": 1200}
