"""Folders and zips are listed and read alike; links, attacks and damage become problems; nothing is changed."""

import contextlib
import os
import stat
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bad_files import (
    declare_size,
    jpeg,
    make_zip,
    public_folder,
    set_flag,
    tree,
    two_classes,
    without_all_rights,
    zip_entry,
)
from trainer.core.errors import CancelledError, DatasetError, PhotoError
from trainer.dataset.records import Problem
from trainer.dataset.sources import source as sources
from trainer.dataset.sources import zip_source
from trainer.dataset.sources.folder_source import FolderSource
from trainer.dataset.sources.listing import is_junk
from trainer.dataset.sources.source import open_source
from trainer.dataset.sources.zip_source import ZipSource

JUNK = {
    **dict.fromkeys(["Thumbs.db", "cats/thumbs.db", ".DS_Store", "cats/.DS_Store", "desktop.ini"], b"junk"),
    **dict.fromkeys(["__MACOSX/cats/._1.jpg", "cats/._1.jpg", ".hidden/1.jpg", "cats/@eaDir/1.jpg"], b"junk"),
}


def kinds(problems: Sequence[Problem]) -> dict[str, str]:
    assert all(problem.reason for problem in problems)
    return {problem.path: problem.kind for problem in problems}


def refused(path: Path | str) -> DatasetError:
    with pytest.raises(DatasetError) as caught:
        open_source(path)
    assert caught.value.remedy
    return caught.value


def failure(source: sources.PhotoSource, path: str) -> PhotoError:
    with pytest.raises(PhotoError) as caught:
        source.read(path)
    assert str(caught.value)
    return caught.value


@pytest.fixture(params=["folder", "zip", "deflated zip"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The same files as a folder and as a zip."""
    files = {**two_classes(2), **JUNK, "notes.txt": b"hello", "кошки/猫 é.jpg": jpeg(9)}
    if request.param == "folder":
        return tree(tmp_path / "photos", files)
    return make_zip(tmp_path / "photos.zip", files, deflate=request.param != "zip")


def test_folder_and_zip_list_and_read_the_same(place: Path) -> None:
    with open_source(place) as source:
        listing = source.list_files()
        assert source.root == place
        assert [file.path for file in listing.files] == [
            "cats/0.jpg",
            "cats/1.jpg",
            "dogs/0.jpg",
            "dogs/1.jpg",
            "notes.txt",
            "кошки/猫 é.jpg",
        ]
        assert listing.problems == ()
        for file in listing.files:
            assert len(source.read(file.path)) == file.bytes
            assert file.modified_ns > 0
        assert source.read("cats/0.jpg") == jpeg(0)
        assert failure(source, "cats/7.jpg").kind == "unreadable"
        source.close()


def test_threads_read_at_the_same_time(place: Path) -> None:
    with open_source(place) as source, ThreadPoolExecutor(4) as pool:
        paths = [file.path for file in source.list_files().files] * 20
        assert list(pool.map(source.read, paths)) == [source.read(path) for path in paths]


def test_the_source_takes_any_spelling_of_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path / "photos", two_classes(1))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for spelling in ("photos", "./x/../photos", "~/photos", Path("photos")):
        assert open_source(spelling).root == tmp_path / "photos"


def test_junk_is_known_by_name() -> None:
    for name in ("Thumbs.db", "THUMBS.DB", ".DS_Store", "desktop.ini", "__MACOSX", "._cat.jpg", ".git"):
        assert is_junk(name)
    for name in ("cat.jpg", "Thumbs", "_cat", "macosx"):
        assert not is_junk(name)


def test_links_are_followed_once_and_circles_and_dead_ends_are_problems(tmp_path: Path) -> None:
    root = tree(tmp_path / "photos", two_classes(1))
    outside = tree(tmp_path / "outside", {"a.jpg": jpeg(5), "deep/b.jpg": jpeg(6)})
    (root / "cats" / "linked.jpg").symlink_to(outside / "a.jpg")
    (root / "cats" / "more").symlink_to(outside)
    (root / "a first link").symlink_to(root / "dogs")
    (root / "cats" / "round").symlink_to(root)
    (root / "cats" / "self.jpg").symlink_to(root / "cats" / "self.jpg")
    (root / "cats" / "dead.jpg").symlink_to(root / "gone.jpg")
    (root / "cats" / ".dead and hidden").symlink_to(root / "gone.jpg")
    listing = open_source(root).list_files()
    assert [file.path for file in listing.files] == [
        "cats/0.jpg",
        "cats/linked.jpg",
        "cats/more/a.jpg",
        "cats/more/deep/b.jpg",
        "dogs/0.jpg",
    ]
    assert kinds(listing.problems) == {
        "a first link": "repeated folder",
        "cats/round": "circular link",
        "cats/self.jpg": "circular link",
        "cats/dead.jpg": "broken link",
    }


def test_two_folders_that_link_to_each_other_end(tmp_path: Path) -> None:
    root = tree(tmp_path / "photos", two_classes(1))
    (root / "cats" / "d").symlink_to(root / "dogs")
    (root / "dogs" / "c").symlink_to(root / "cats")
    listing = open_source(root).list_files()
    assert [file.path for file in listing.files] == ["cats/0.jpg", "dogs/0.jpg"]
    assert set(kinds(listing.problems).values()) == {"repeated folder"}


def test_names_that_are_not_text_are_problems(tmp_path: Path) -> None:
    root = tree(tmp_path / "photos", two_classes(1))
    (root / "cats" / os.fsdecode(b"caf\xe9.jpg")).write_bytes(jpeg(1))
    listing = open_source(root).list_files()
    assert kinds(listing.problems) == {"cats/caf?.jpg": "bad name"}
    assert len(listing.files) == 2


def test_pipes_are_passed_over(tmp_path: Path) -> None:
    root = tree(tmp_path / "photos", two_classes(1))
    os.mkfifo(root / "cats" / "pipe.jpg")
    assert len(open_source(root).list_files().files) == 2


def test_a_folder_without_permission_is_a_problem() -> None:
    with public_folder() as folder:
        root = tree(folder / "photos", {**two_classes(1), "secret/1.jpg": jpeg(3)})
        (root / "secret").chmod(0)
        with without_all_rights():
            listing = open_source(root).list_files()
        (root / "secret").chmod(0o700)
    assert kinds(listing.problems) == {"secret": "no permission"}
    assert len(listing.files) == 2


def test_a_path_that_grew_too_long_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tree(tmp_path / "photos", two_classes(1))
    inner, old = root, os.open(root, os.O_RDONLY)
    try:
        for _ in range(30):  # 30 x 200 is beyond PATH_MAX, so each step starts from where the last one ended
            os.mkdir("x" * 200, dir_fd=old)
            deeper = os.open("x" * 200, os.O_RDONLY, dir_fd=old)
            os.close(old)
            old, inner = deeper, inner / ("x" * 200)
    finally:
        os.close(old)
    problems = open_source(root).list_files().problems
    assert [problem.kind for problem in problems] == ["path too long"]


def test_a_root_that_vanishes_is_a_problem(tmp_path: Path) -> None:
    source = FolderSource(tmp_path / "gone")
    assert kinds(source.list_files().problems) == {".": "unreadable"}


def test_listing_a_folder_can_be_cancelled(tmp_path: Path) -> None:
    root = tree(tmp_path / "photos", two_classes(1))
    answers = iter([False, True])
    with pytest.raises(CancelledError):
        open_source(root).list_files(lambda: next(answers))


def test_what_is_neither_folder_nor_zip_is_explained(tmp_path: Path) -> None:
    tree(tmp_path, {"a.jpg": jpeg(), "a.zip": b"hello", "a.rar": b"Rar!", "b.zip": b"PK\x03\x04 and no more"})
    assert "There is no folder or zip at" in refused(tmp_path / "missing").what
    assert "There is no folder or zip at" in refused("nul\0l").what
    assert "is a single photo" in refused(tmp_path / "a.jpg").what
    for name in ("a.zip", "a.rar"):
        assert "is neither a folder nor a zip" in refused(tmp_path / name).what
    assert "is a damaged or cut off zip" in refused(tmp_path / "b.zip").what
    os.mkfifo(tmp_path / "pipe")
    assert "is neither a folder nor a zip" in refused(tmp_path / "pipe").what
    (tmp_path / "dead").symlink_to(tmp_path / "gone")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    for name in ("dead", "round"):
        assert "is a link that leads nowhere" in refused(tmp_path / name).what


def test_no_permission_for_the_dataset_itself() -> None:
    with public_folder() as folder:
        path = make_zip(folder / "a.zip", two_classes(1))
        path.chmod(0)
        inner = tree(folder / "closed" / "photos", two_classes(1))
        inner.parent.chmod(0)
        with without_all_rights():
            assert "cannot be read (Permission denied)" in refused(path).what
            assert "You may not read" in refused(inner).what
        inner.parent.chmod(0o700)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_a_zip_that_is_cut_off_is_refused(tmp_path: Path, part: float) -> None:
    whole = make_zip(tmp_path / "whole.zip", two_classes(3)).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: int(len(whole) * part)])
    assert "damaged or cut off" in refused(tmp_path / "cut.zip").what


UNSAFE = [
    "../evil.jpg",
    "cats/../../evil.jpg",
    "cats/..",
    "/etc/evil.jpg",
    "//server/evil.jpg",
    "C:/evil.jpg",
    "c:evil.jpg",
    "..\\evil.jpg",
    "cats\\..\\..\\evil.jpg",
    "\\evil.jpg",
    "C:\\evil.jpg",
    "cats/e\0vil.jpg",
    "cats/e\x1b[2Jvil.jpg",
    "__MACOSX/../../evil.jpg",
]


@pytest.mark.parametrize("name", UNSAFE)
def test_names_that_lead_out_of_a_zip_are_problems(tmp_path: Path, name: str) -> None:
    path = make_zip(tmp_path / "a.zip", two_classes(1), [(zip_entry(name), jpeg(7))])
    before = sorted(tmp_path.rglob("*"))
    with open_source(path) as source:
        listing = source.list_files()
        assert [file.path for file in listing.files] == ["cats/0.jpg", "dogs/0.jpg"]
        assert list(kinds(listing.problems).values()) == ["unsafe path"]
        assert failure(source, name).kind == "unreadable"
    assert sorted(tmp_path.rglob("*")) == before


def test_harmless_spellings_in_zips_are_read(tmp_path: Path) -> None:
    spelled = ["./cats/1.jpg", "cats//2.jpg", "cats\\3.jpg", "cats/a..b.jpg", "cats/12:30.jpg"]
    extra = [(zip_entry(name), jpeg(number)) for number, name in enumerate(spelled)]
    path = make_zip(tmp_path / "a.zip", {"dogs/": b""}, extra)
    with open_source(path) as source:
        files = source.list_files().files
        assert [file.path for file in files] == [f"cats/{name}.jpg" for name in ("1", "12:30", "2", "3", "a..b")]
        assert source.read("cats/3.jpg") == jpeg(2)
        assert source.list_files().problems == ()


def test_utf8_names_that_do_not_say_so_are_read_as_utf8(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"xxxxxxxxxx/1.jpg": jpeg(), "yyy/caf\x82.jpg".replace("\x82", "z"): jpeg(1)})
    data = path.read_bytes().replace(b"xxxxxxxxxx", "кошки".encode()).replace(b"cafz", b"caf\x82")
    path.write_bytes(data)
    with open_source(path) as source:
        assert [file.path for file in source.list_files().files] == ["yyy/café.jpg", "кошки/1.jpg"]
        assert source.read("кошки/1.jpg") == jpeg()


def test_links_in_a_zip_are_problems(tmp_path: Path) -> None:
    link = zip_entry("cats/link.jpg", mode=stat.S_IFLNK | 0o777)
    path = make_zip(tmp_path / "a.zip", two_classes(1), [(link, b"/etc/passwd")])
    with open_source(path) as source:
        assert kinds(source.list_files().problems) == {"cats/link.jpg": "link in zip"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_first_of_two_entries_of_one_name_is_used(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"cats/0.jpg": b"first"}, [(zip_entry("cats/0.jpg"), b"second")])
    with open_source(path) as source:
        assert kinds(source.list_files().problems) == {"cats/0.jpg": "repeated name"}
        assert source.read("cats/0.jpg") == b"first"


def test_encrypted_entries_are_problems(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", two_classes(1))
    set_flag(path, "cats/0.jpg", 1)
    with open_source(path) as source:
        assert failure(source, "cats/0.jpg").kind == "encrypted"
        assert source.read("dogs/0.jpg")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_compressions_are_problems(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as archive:
        archive.writestr("cats/0.jpg", jpeg())
    with open_source(tmp_path / "a.zip") as source:
        assert "rare way" in str(failure(source, "cats/0.jpg"))


def test_a_bomb_entry_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_zip(tmp_path / "a.zip", {"cats/0.jpg": bytes(20_000_000), "dogs/0.jpg": jpeg()}, deflate=True)
    with open_source(path) as source:
        monkeypatch.setattr(zipfile.ZipFile, "open", None)  # reading anything would fail loudly
        assert failure(source, "cats/0.jpg").kind == "too large"


def test_an_entry_over_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_zip(tmp_path / "a.zip", {"cats/0.jpg": b"12345"})
    monkeypatch.setattr(zip_source, "MAX_PHOTO_BYTES", 4)
    with open_source(path) as source:
        assert failure(source, "cats/0.jpg").kind == "too large"


def test_an_entry_that_lies_about_its_size_gives_no_more_than_it_declared(tmp_path: Path) -> None:
    for deflate in (False, True):
        path = make_zip(tmp_path / "a.zip", {"cats/0.jpg": bytes(1_000_000), "x": b"."}, deflate=deflate)
        declare_size(path, "cats/0.jpg", 100)
        with open_source(path) as source:
            assert failure(source, "cats/0.jpg").kind == "unreadable"
        declare_size(path, "cats/0.jpg", 2_000_000)
        with open_source(path) as source:
            assert failure(source, "cats/0.jpg").kind == "truncated"


def test_a_damaged_entry_is_unreadable(tmp_path: Path) -> None:
    for deflate in (False, True):
        path = make_zip(tmp_path / "a.zip", {"cats/0.jpg": jpeg(quality=95)}, deflate=deflate)
        data = bytearray(path.read_bytes())
        data[100:140] = bytes(40)
        path.write_bytes(data)
        with open_source(path) as source:
            assert failure(source, "cats/0.jpg").kind == "unreadable"


def test_an_entry_that_ends_with_the_file_is_truncated(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"cats/0.jpg": jpeg()})
    with open_source(path) as source:
        with path.open("r+b") as file:
            file.truncate(200)
        assert failure(source, "cats/0.jpg").kind == "truncated"


def test_zips_of_absurd_size_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_zip(tmp_path / "a.zip", two_classes(2))
    with monkeypatch.context() as patch:
        patch.setattr(zip_source, "MAX_ENTRIES", 3)
        assert "more than 3 files" in refused(path).what
    names = [f"cats/{number}.jpg" for number in range(4)]
    path = make_zip(tmp_path / "b.zip", dict.fromkeys(names, b"12345"))
    for name in names:
        declare_size(path, name, 2**29)
    assert "would unpack to 2,147,483,648 bytes" in refused(path).what
    # ResourceWarnings are errors in these tests, so the refused zips were closed.


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8), cut=st.integers(0, 200))
def test_damaged_zips_give_dataset_or_photo_errors_only(
    tmp_path: Path, changes: list[tuple[int, int]], cut: int
) -> None:
    path = tmp_path / "damaged.zip"
    data = bytearray(make_zip(path, {"cats/1.txt": b"hello" * 9, "dogs/2.txt": b"world"}, deflate=True).read_bytes())
    for where, value in changes:
        data[where % len(data)] = value
    path.write_bytes(data[: len(data) - cut] if cut % 2 else data)
    with contextlib.suppress(DatasetError), open_source(path) as source:
        for file in source.list_files().files:
            with contextlib.suppress(PhotoError):
                assert len(source.read(file.path)) == file.bytes


def test_a_source_may_be_closed_twice_and_lets_go_of_its_file(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", two_classes(1))
    found: list[sources.PhotoSource] = [ZipSource(archive), FolderSource(tmp_path)]
    for source in found:
        source.close()
        source.close()
    assert not [file for file in Path("/proc/self/fd").glob("*") if file.exists() and file.resolve() == archive]
