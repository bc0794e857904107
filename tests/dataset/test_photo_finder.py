"""The search for photos among files and folders: order, links, folders that cannot be read, and a way out."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bad_files import jpeg, public_folder, tree, without_all_rights
from trainer.core.control import RunControl
from trainer.core.errors import CancelledError
from trainer.dataset.photo_finder import find_photos
from trainer.dataset.records import Problem
from trainer.dataset.sources.folder_source import FolderSource


def photos(root: Path, *, recursive: bool = True) -> list[str]:
    found = find_photos([root], recursive=recursive)
    return [path.relative_to(root).as_posix() for path in found if isinstance(path, Path)]


def problems(root: Path, *, recursive: bool = True) -> dict[str, str]:
    found = find_photos([root], recursive=recursive)
    return {problem.path: problem.kind for problem in found if isinstance(problem, Problem)}


def test_a_folder_s_photos_come_before_those_of_its_folders(tmp_path: Path) -> None:
    names = ("b/2.JPG", "b/1.png", "z.webp", "a/3.jpg", "notes.txt", ".hidden.jpg", ".cache/3.jpg", "b/c/4.heic")
    root = tree(tmp_path, dict.fromkeys((*names, "@eaDir/5.jpg", "a/Thumbs.db", "__MACOSX/z.webp"), b""))
    assert photos(root) == ["z.webp", "a/3.jpg", "b/1.png", "b/2.JPG", "b/c/4.heic"]
    assert photos(root, recursive=False) == ["z.webp"]
    assert problems(root) == {}


def test_what_was_named_itself_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    given_paths = [tmp_path / "notes.txt", tmp_path / "gone.jpg", Path("x" * 5000)]
    (tmp_path / "notes.txt").touch()
    assert list(find_photos(given_paths)) == given_paths


def test_links_are_followed_once_and_circles_end(tmp_path: Path) -> None:
    root = tree(tmp_path / "photos", {"cats/0.jpg": jpeg(), "dogs/0.jpg": jpeg()})
    outside = tree(tmp_path / "outside", {"deep/b.jpg": jpeg()})
    (root / "a first link").symlink_to(root / "dogs")
    (root / "cats" / "more").symlink_to(outside)
    (root / "cats" / "round").symlink_to(root)
    (root / "cats" / "self.jpg").symlink_to(root / "cats" / "self.jpg")
    (root / "cats" / "dead.jpg").symlink_to(root / "gone.jpg")
    (root / "dead").symlink_to(root / "gone")
    assert photos(root) == ["cats/0.jpg", "cats/dead.jpg", "cats/self.jpg", "dogs/0.jpg", "cats/more/deep/b.jpg"]
    assert problems(root) == {
        f"{root}/a first link": "repeated folder",
        f"{root}/cats/round": "circular link",
        f"{root}/dead": "broken link",
    }


def test_a_folder_without_permission_is_a_problem_only_where_it_is_looked_into() -> None:
    with public_folder() as folder:
        root = tree(folder / "photos", {"1.jpg": jpeg(), "secret/2.jpg": jpeg(), "zoo/3.jpg": jpeg()})
        (root / "secret").chmod(0)
        with without_all_rights():
            seen, deep, flat = photos(root), problems(root), problems(root, recursive=False)
        (root / "secret").chmod(0o700)
    assert seen == ["1.jpg", "zoo/3.jpg"]
    assert deep == {str(root / "secret"): "no permission"}
    assert flat == {}


def test_the_first_photos_come_before_the_last_folders_are_read(tmp_path: Path) -> None:
    root = tree(tmp_path, {"a/1.jpg": b"", "b/1.jpg": b""})
    found = find_photos([root])
    assert next(found) == root / "a" / "1.jpg"
    (root / "b" / "2.jpg").touch()
    assert list(found) == [root / "b" / "1.jpg", root / "b" / "2.jpg"]


@pytest.mark.parametrize("after", [0, 1, 3])
def test_the_search_can_be_cancelled_at_any_time(tmp_path: Path, after: int) -> None:
    tree(tmp_path, dict.fromkeys(("a/1.jpg", "a/2.jpg", "b/1.jpg"), b""))
    control = RunControl()
    found = find_photos([tmp_path, tmp_path / "a" / "1.jpg"], cancelled=control.should_stop)
    for _ in range(after):
        next(found)
    control.stop()
    with pytest.raises(CancelledError):
        next(found)


def test_a_folder_full_of_other_files_can_be_cancelled(tmp_path: Path) -> None:
    tree(tmp_path, {f"{number}.txt": b"" for number in range(5)})
    answers = iter([False, False, True])
    with pytest.raises(CancelledError):
        list(find_photos([tmp_path], cancelled=lambda: next(answers)))


PARTS = st.sampled_from(["a", "b", "c.jpg", "1.jpg", "2.PNG", "x.txt", ".h", "Thumbs.db"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(st.lists(PARTS, min_size=1, max_size=4), max_size=12),
    links=st.lists(st.tuples(st.lists(PARTS, min_size=1, max_size=3), st.lists(PARTS, max_size=3)), max_size=4),
)
def test_it_finds_the_photos_of_a_dataset_s_listing(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[str]], links: list[tuple[list[str], list[str]]]
) -> None:
    """Training and classifying agree on what is in a folder, however it is linked to itself."""
    root = tmp_path_factory.mktemp("tree")
    for parts, target in [*((parts, None) for parts in files), *links]:
        place = root.joinpath(*parts)
        with contextlib.suppress(OSError):  # what does not fit among the others is not made
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch() if target is None else place.symlink_to(root.joinpath(*target))
    listing = FolderSource(root).list_files()
    dead = [problem.path for problem in listing.problems if problem.kind in ("broken link", "circular link")]
    names = [*(file.path for file in listing.files), *dead]
    assert sorted(photos(root)) == sorted(name for name in names if name.lower().endswith((".jpg", ".png")))
    told = {str(root / problem.path) for problem in listing.problems}
    assert told == {*problems(root), *(str(root / name) for name in photos(root) if name in dead)}
