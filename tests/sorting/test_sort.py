"""Photos go into their folders with all that belongs to them, nothing is overwritten, and undo brings it all back."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.bad_files import public_folder, without_all_rights
from tests.sorting.faults import Tree, tree
from trainer.core.errors import CancelledError, DatasetError, DiskError, SettingError
from trainer.core.progress import no_progress
from trainer.core.results import Prediction
from trainer.sorting import files
from trainer.sorting import undo as undo_module
from trainer.sorting.items import Action, Item, SortOptions, class_folder, folder_of, items_of
from trainer.sorting.journal import Done, OpenJournal, latest_journal, list_journals, read_journal
from trainer.sorting.names import folded, numbered, safe_name
from trainer.sorting.plan import SortPlan, plan_sort
from trainer.sorting.sort import Sorting, SortResult, sort
from trainer.sorting.undo import undo


def write(path: Path, content: bytes = b"", moment: int = 10**18) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content or path.name.encode())
    os.utime(path, ns=(moment, moment))
    return path


@pytest.fixture
def heap(tmp_path: Path) -> Path:
    root = tmp_path / "heap"
    for name in ("a.jpg", "a.xmp", "a.jpg.xmp", "b.heic", "b.mov", "c.png", "deep/a.jpg", "deep/c.png", "notes.txt"):
        write(root / name, name.encode())
    write(root / "deep" / "c.png", b"c.png")  # a copy of the other c.png
    return root


def plan(heap: Path, to: Path, action: Action = "copy", *, keep: bool = False, keywords: bool = False) -> SortPlan:
    photos = sorted(path for path in heap.rglob("*") if path.suffix in (".jpg", ".heic", ".png"))
    options = SortOptions(action=action, keep_structure=keep, keywords=keywords)
    predictions = [prediction(path, "cat" if path.suffix == ".jpg" else "dog") for path in photos]
    items, _ = items_of(predictions, options, [heap])
    return plan_sort(items, to, options)


def prediction(path: Path, name: str | None, probability: float = 0.999, error: str | None = None) -> Prediction:
    shares = (
        {"cat": probability, "dog": 1 - probability} if name == "cat" else {"dog": probability, "cat": 1 - probability}
    )
    return Prediction(
        path=str(path), class_name=name, probability=shares["dog"], probabilities=None if error else shares, error=error
    )


@pytest.mark.parametrize("action", ["copy", "move", "link"])
def test_photos_go_into_their_folders_and_come_back(heap: Path, tmp_path: Path, action: Action) -> None:
    before, to = tree(heap), tmp_path / "sorted"
    result = sort(plan(heap, to, action))
    assert sorted(tree(to)) == [
        "cats/a (2).jpg",
        "cats/a.jpg",
        "cats/a.jpg.xmp",
        "cats/a.xmp",
        "dogs/b.heic",
        "dogs/b.mov",
        "dogs/c.png",
    ]
    assert tree(to)["cats/a (2).jpg"] == before["deep/a.jpg"]
    assert tree(to)["dogs/b.mov"] == before["b.mov"]
    assert (result.photos, result.sidecars, result.problems, result.stopped) == (4, 3, (), "")
    if action == "move":
        assert sorted(tree(heap)) == ["deep/c.png", "notes.txt"]
    else:
        assert tree(heap) == before
    if action == "link":
        assert (to / "cats" / "a.jpg").samefile(heap / "a.jpg")
    assert read_journal(Path(result.journal)).state == "sorted"
    undone = undo(Path(result.journal))
    assert (undone.restored, undone.kept) == (7, ())
    assert tree(heap) == before
    assert not to.exists()
    assert read_journal(Path(result.journal)).state == "undone"
    assert undo(Path(result.journal)).restored == 0


def test_the_plan_says_what_would_be_done_and_does_nothing(heap: Path, tmp_path: Path) -> None:
    before = tree(tmp_path)
    found = plan(heap, tmp_path / "sorted")
    assert found.photos == {"cats": 2, "dogs": 2}
    assert found.already == (str(heap / "deep" / "c.png"),)
    assert (found.sidecars, len(found.steps)) == (3, 7)
    assert found.bytes_needed == sum(
        len(before[f"heap/{Path(step.source).relative_to(heap)}"][0]) for step in found.steps
    )
    assert found.bytes_free > 0
    assert plan(heap, tmp_path / "sorted", "move").bytes_needed == 0
    assert tree(tmp_path) == before


def test_the_structure_below_is_kept_where_wanted(heap: Path, tmp_path: Path) -> None:
    sort(plan(heap, tmp_path / "sorted", keep=True))
    assert {"cats/a.jpg", "cats/deep/a.jpg", "dogs/deep/c.png"} <= tree(tmp_path / "sorted").keys()


def test_sorting_again_finds_everything_there(heap: Path, tmp_path: Path) -> None:
    sort(plan(heap, tmp_path / "sorted"))
    again = plan(heap, tmp_path / "sorted")
    assert again.steps == ()
    assert len(again.already) == 5


def test_what_was_sorted_into_the_folder_itself_is_not_sorted_again(heap: Path) -> None:
    sort(plan(heap, heap, "move"))
    again = plan(heap, heap, "move")
    assert [Path(step.source).name for step in again.steps] == []
    assert (heap / "cats" / "a.jpg").is_file()


def test_nothing_is_overwritten(heap: Path, tmp_path: Path) -> None:
    to = tmp_path / "sorted"
    write(to / "cats" / "A.JPG", b"something else")
    write(to / "cats" / "a (2).xmp", b"a third thing")
    before = tree(to)
    sort(plan(heap, to))
    after = tree(to)
    assert before.items() <= after.items()
    assert {"cats/a (3).jpg", "cats/a (3).xmp", "cats/a (3).jpg.xmp", "cats/a (2).jpg"} <= after.keys() | {
        "cats/a (2).jpg"
    }
    names = [folded(name) for name in after]
    assert len(names) == len(set(names))


def test_a_name_that_is_taken_meanwhile_stays_another_s(heap: Path, tmp_path: Path) -> None:
    found = plan(heap, tmp_path / "sorted", "move")
    write(tmp_path / "sorted" / "cats" / "a.jpg", b"mine")
    result = sort(found)
    assert (tmp_path / "sorted" / "cats" / "a.jpg").read_bytes() == b"mine"
    assert {"a.jpg", "a.xmp", "a.jpg.xmp"} <= tree(heap).keys()  # what goes along with it stays with it
    assert "Another file took its place" in result.problems[0].reason
    undo(Path(result.journal))
    assert (tmp_path / "sorted" / "cats" / "a.jpg").read_bytes() == b"mine"


@pytest.mark.parametrize("action", ["copy", "move", "link"])
def test_a_photo_that_changes_meanwhile_stays(heap: Path, tmp_path: Path, action: Action) -> None:
    found = plan(heap, tmp_path / "sorted", action)
    write(heap / "b.heic", b"edited since")
    result = sort(found)
    assert [problem.path for problem in result.problems] == [str(heap / "b.heic")]
    assert (heap / "b.heic").read_bytes() == b"edited since"
    assert not (tmp_path / "sorted" / "dogs" / "b.heic").exists()
    undo(Path(result.journal))
    assert not (tmp_path / "sorted").exists()


def test_a_photo_that_changes_while_it_is_copied_stays(
    heap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def digest(path: Path) -> str:
        if path.suffix == ".part":
            write(heap / "c.png", b"edited in this very moment", 10**18 + 5)
        return real(path)

    real = files.file_digest
    found = plan(heap, tmp_path / "sorted")
    monkeypatch.setattr(files, "file_digest", digest)
    result = sort(found)
    assert str(heap / "c.png") in [problem.path for problem in result.problems]
    assert not (tmp_path / "sorted" / "dogs" / "c.png").exists()
    assert not [name for name in tree(tmp_path / "sorted") if name.endswith(".part")]


def test_undo_leaves_and_names_what_was_changed_since(heap: Path, tmp_path: Path) -> None:
    to = tmp_path / "sorted"
    result = sort(plan(heap, to))
    write(to / "cats" / "a.jpg", b"retouched")
    (to / "dogs" / "b.heic").unlink()
    (heap / "c.png").unlink()
    write(to / "dogs" / "mine.png")
    undone = undo(Path(result.journal))
    assert {Path(kept.path).name: kept.reason for kept in undone.kept} == {
        "a.jpg": "The copy was changed since. It stays.",
        "c.png": "The original is gone, so its copy stays.",
    }
    assert sorted(tree(to)) == ["cats/a.jpg", "dogs/c.png", "dogs/mine.png"]
    assert read_journal(Path(result.journal)).state == "partly undone"


def test_undo_of_a_move_overwrites_nothing(heap: Path, tmp_path: Path) -> None:
    result = sort(plan(heap, tmp_path / "sorted", "move"))
    write(heap / "a.jpg", b"a new photo")
    write(tmp_path / "sorted" / "dogs" / "b.heic", b"retouched")
    (tmp_path / "sorted" / "dogs" / "c.png").unlink()
    undone = undo(Path(result.journal))
    reasons = {Path(kept.path).name: kept.reason for kept in undone.kept}
    assert "Another file is where it was" in reasons["a.jpg"]
    assert "changed since" in reasons["b.heic"]
    assert "gone" in reasons["c.png"]
    assert (heap / "a.jpg").read_bytes() == b"a new photo"
    assert (heap / "deep" / "a.jpg").read_bytes() == b"deep/a.jpg"


def test_undo_makes_folders_again(heap: Path, tmp_path: Path) -> None:
    before = tree(heap)
    result = sort(plan(heap, tmp_path / "sorted", "move"))
    (heap / "deep" / "c.png").rename(heap / "c.png.kept")
    (heap / "deep").rmdir()
    undo(Path(result.journal))
    assert (heap / "deep" / "a.jpg").read_bytes() == before["deep/a.jpg"][0]


def test_cancelling_stops_between_photos_and_can_be_undone(heap: Path, tmp_path: Path) -> None:
    before, asked = tree(heap), iter([False, False, True, *[True] * 20])
    with Sorting(tmp_path / "sorted", "move") as sorting:
        sorting.carry_out(plan(heap, tmp_path / "sorted", "move").steps, no_progress, lambda: next(asked))
        result = sorting.result()
    assert result.stopped == "Cancelled."
    assert len(tree(tmp_path / "sorted")) == 2
    assert tree(heap) | tree(tmp_path / "sorted") != before
    asked = iter([False, True])
    with pytest.raises(CancelledError):
        undo(Path(result.journal), cancelled=lambda: next(asked))
    undo(Path(result.journal))
    assert tree(heap) == before


def test_links_to_photos_are_copied_and_never_moved(heap: Path, tmp_path: Path) -> None:
    (heap / "link.jpg").symlink_to(heap / "c.png")
    moved = plan(heap, tmp_path / "sorted", "move")
    assert [problem.kind for problem in moved.problems] == ["link"]
    sort(plan(heap, tmp_path / "other"))
    assert (tmp_path / "other" / "cats" / "link.jpg").read_bytes() == b"c.png"
    assert not (tmp_path / "other" / "cats" / "link.jpg").is_symlink()


def test_a_disk_that_gets_full_loses_nothing(heap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, written = tree(heap), []

    def copy(source: Path, part: Path, **given: Any) -> str:
        written.append(source)
        if len(written) == 3:
            raise OSError(errno.ENOSPC, "No space left on device", str(part))
        return files.copy_whole(source, part, **given)

    monkeypatch.setattr("trainer.sorting.sort.copy_whole", copy)
    result = sort(plan(heap, tmp_path / "sorted"))
    assert "No space left" in result.stopped
    assert len(tree(tmp_path / "sorted")) == 2
    assert tree(heap) == before
    undo(Path(result.journal))
    assert not (tmp_path / "sorted").exists()


def test_too_little_room_is_told_before_anything_is_done(heap: Path, tmp_path: Path) -> None:
    found = plan(heap, tmp_path / "sorted")
    with pytest.raises(DiskError, match="too little room"):
        sort(msgspec.structs.replace(found, bytes_free=10**6))
    assert not (tmp_path / "sorted").exists()
    assert list_journals() == []


@pytest.fixture
def public(heap: Path) -> Iterator[Path]:
    """A folder with a heap that any user may read."""
    with public_folder() as place:
        shutil.copytree(heap, place / "heap")
        yield place


def sort_as_nobody(found: SortPlan) -> SortResult:
    with Sorting(Path(found.to), found.options.action) as sorting:
        with without_all_rights():
            sorting.carry_out(found.steps, no_progress, lambda: False)
        return sorting.result()


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights are a POSIX thing")
def test_a_target_that_may_not_be_written_is_told(public: Path) -> None:
    to = public / "sorted"
    to.mkdir(mode=0o555)
    before = tree(public)
    result = sort_as_nobody(plan(public / "heap", to, "move"))
    assert "Permission denied" in result.stopped
    assert str(to) in result.stopped
    assert tree(public) == before


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights are a POSIX thing")
def test_photos_in_a_folder_that_may_not_be_changed_stay_whole(public: Path) -> None:
    to = public / "sorted"
    to.mkdir()
    to.chmod(0o777)
    for place in (public / "heap", public / "heap" / "deep"):
        place.chmod(0o555)
    before = tree(public)
    result = sort_as_nobody(plan(public / "heap", to, "move"))
    assert len(result.problems) == 4
    assert tree(public) == before
    undo(Path(result.journal))
    assert tree(public) == before


def test_links_across_file_systems_are_refused_in_a_sentence(
    heap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.sorting.plan._device", lambda _folder: -1)
    with pytest.raises(SettingError, match="another disk"):
        plan(heap, tmp_path / "sorted", "link")
    assert plan(heap, tmp_path / "sorted", "move").bytes_needed > 0


@pytest.mark.parametrize("action", ["copy", "move"])
def test_file_systems_without_links_work(
    heap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: Action
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    before = tree(heap)
    result = sort(plan(heap, tmp_path / "sorted", action))
    assert result.problems == ()
    assert len(tree(tmp_path / "sorted")) == 7
    undo(Path(result.journal))
    assert tree(heap) == before
    assert not (tmp_path / "sorted").exists()


def test_a_name_is_never_taken_from_another_file_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "not supported")

    monkeypatch.setattr(os, "link", refuse)
    one, other = write(tmp_path / "one"), write(tmp_path / "other")
    with pytest.raises(FileExistsError):
        files.rename_new(one, other)
    assert (one.read_bytes(), other.read_bytes()) == (b"one", b"other")


@pytest.mark.parametrize("action", ["copy", "move", "link"])
def test_a_photo_of_which_the_journal_could_not_be_told_is_put_back(
    heap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: Action
) -> None:
    before, write_lines = tree(heap), OpenJournal.write

    def refuse_once(journal: OpenJournal, *lines: Any) -> None:
        if isinstance(lines[0], Done):
            monkeypatch.setattr(OpenJournal, "write", write_lines)
            raise DiskError("The journal cannot be written.", remedy="Try again.")
        write_lines(journal, *lines)

    monkeypatch.setattr(OpenJournal, "write", refuse_once)
    result = sort(plan(heap, tmp_path / "sorted", action))
    assert (result.photos, len(tree(tmp_path / "sorted"))) == (0, 1)
    assert "cannot be written" in result.stopped
    assert latest_journal() == Path(result.journal)
    undo(latest_journal())
    assert tree(heap) == before
    assert not (tmp_path / "sorted").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root can mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk")
@pytest.mark.parametrize("action", ["copy", "move"])
def test_a_real_disk_that_is_full_loses_nothing(tmp_path: Path, small_disk: Path, action: Action) -> None:
    heap = tmp_path / "heap"
    for number in range(6):
        write(heap / f"{number}.jpg", bytes([number]) * 90_000)
    before = tree(heap)
    found = msgspec.structs.replace(
        plan(heap, small_disk / "sorted", action), bytes_free=10**9
    )  # as if it filled up meanwhile
    result = sort(found)
    assert "No space left" in result.stopped
    assert 0 < result.photos < 6
    assert all(path.read_bytes() == before[path.name][0] for path in small_disk.rglob("*.jpg"))
    assert not list(small_disk.rglob("*.part"))
    undo(Path(result.journal))
    assert tree(heap) == before
    assert not (small_disk / "sorted").exists()


def test_journals_are_listed_newest_first_and_the_latest_with_photos_counts(heap: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="Nothing was sorted"):
        latest_journal()
    first: SortResult = sort(plan(heap, tmp_path / "one"))
    second = sort(plan(heap, tmp_path / "two"))
    assert {str(found.path) for found in list_journals()} == {first.journal, second.journal}
    undo(latest_journal())
    undo(latest_journal())
    assert not (tmp_path / "one").exists()
    assert not (tmp_path / "two").exists()


@pytest.mark.parametrize("content", [b"", b"{}\n", b"[" * 10_000 + b"\n", b"\0\n"])
def test_what_is_no_journal_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match="not a journal"):
        undo(path)


def test_a_journal_that_names_other_files_is_not_followed(heap: Path, tmp_path: Path) -> None:
    result = sort(plan(heap, tmp_path / "sorted"))
    journal, mine = Path(result.journal), write(tmp_path / "mine.jpg", b"mine")
    lines = journal.read_text().splitlines()
    intent = next(number for number, line in enumerate(lines) if '"line":"step"' in line)
    told = msgspec.json.decode(lines[intent])
    told["part"] = str(mine)
    lines[intent] = msgspec.json.encode(told).decode()
    journal.write_text("\n".join(lines) + "\n")
    with pytest.raises(DatasetError, match="does not write"):
        undo(journal)
    assert mine.read_bytes() == b"mine"


def test_a_journal_in_use_is_not_undone(heap: Path, tmp_path: Path) -> None:
    result = sort(plan(heap, tmp_path / "sorted"))
    with OpenJournal.reopen(Path(result.journal)), pytest.raises(DatasetError, match="in use"):
        undo(Path(result.journal))


def test_folders_for_verdicts() -> None:
    path = Path("a.jpg")
    assert folder_of(prediction(path, "cat")) == "cats"
    assert folder_of(prediction(path, None)) == "not sure"
    assert folder_of(prediction(path, "dog", 0.995), "certainty") == "dogs/99 % and more"
    assert folder_of(prediction(path, "dog", 0.97), "certainty") == "dogs/95 to 99 %"
    assert folder_of(prediction(path, "dog", 0.9), "certainty") == "dogs/below 95 %"
    assert class_folder("Siamese") == "Siamese"
    items, problems = items_of([prediction(path, None, error="cut off"), prediction(path, "cat")], SortOptions())
    assert ([item.folder for item in items], [problem.reason for problem in problems]) == (["cats"], ["cut off"])


@pytest.mark.parametrize(
    ("given", "expected"),
    [("a/b:c", "a_b_c"), ("CON", "CON_"), ("nul.x", "nul.x_"), ("..", "unnamed"), ("", "unnamed"), ("猫 ", "猫")],
)
def test_folders_have_names_that_every_system_takes(given: str, expected: str) -> None:
    assert safe_name(given) == expected


def test_numbers_fit_into_the_longest_name() -> None:
    long = "猫" * 83
    found = numbered(long, [".jpg", ".jpg.xmp"], 12)
    assert len(f"{found}.jpg.xmp".encode()) <= 255
    assert found.endswith(" (12)")
    assert numbered("a", [".jpg"], 1) == "a"


def test_a_path_that_is_no_text_is_named(tmp_path: Path) -> None:
    bad = Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.jpg"))
    found = plan_sort([Item(bad, "cats")], tmp_path / "sorted", SortOptions())
    assert [problem.kind for problem in found.problems] == ["bad name"]


def test_trees_compare_times_and_permissions(tmp_path: Path) -> None:
    one: Tree = tree(write(tmp_path / "x" / "a").parent)
    (tmp_path / "x" / "a").chmod(0o600)
    assert tree(tmp_path / "x") != one


@pytest.mark.parametrize("action", ["copy", "move", "link"])
def test_what_was_sorted_is_put_back_even_where_the_disk_then_refused_to_look_at_it(
    heap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: Action
) -> None:
    before, to, really = tree(heap), tmp_path / "sorted", Path.stat

    def stat(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path.parent.parent == to:
            raise OSError(errno.EIO, "Input/output error", str(path))
        return really(path, follow_symlinks=follow_symlinks)

    with monkeypatch.context() as failing:
        failing.setattr(Path, "stat", stat)
        result = sort(plan(heap, to, action))
    assert result.photos == 4
    assert undo(Path(result.journal)).kept == ()
    assert tree(heap) == before
    assert not to.exists()


def test_a_copy_whose_first_name_cannot_be_removed_is_done_and_taken_back(
    heap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, to, really = tree(heap), tmp_path / "sorted", Path.unlink

    def unlink(path: Path, *, missing_ok: bool = False) -> None:
        if path.suffix == ".part" and not path.exists():
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        really(path, missing_ok=missing_ok)

    with monkeypatch.context() as failing:
        failing.setattr(Path, "unlink", unlink)
        result = sort(plan(heap, to))
    assert (result.photos, result.problems) == (4, ())
    assert undo(Path(result.journal)).kept == ()
    assert tree(heap) == before
    assert not to.exists()


def test_a_move_that_failed_half_way_is_taken_back(heap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, to = tree(heap), tmp_path / "sorted"

    def unlink(path: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    with monkeypatch.context() as failing:
        failing.setattr(Path, "unlink", unlink)  # so that each file has both names
        result = sort(plan(heap, to, "move"))
    assert result.photos == 0
    assert len(result.problems) == 4
    assert undo(Path(result.journal)).kept == ()
    assert tree(heap) == before
    assert not to.exists()


def test_a_photo_stays_where_the_disk_does_not_tell_what_belongs_to_it(
    heap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = Path.is_file

    def is_file(path: Path) -> bool:
        if path.name == "a.xmp":
            raise OSError(errno.EIO, "Input/output error", str(path))
        return really(path)

    monkeypatch.setattr(Path, "is_file", is_file)
    planned = plan(heap, tmp_path / "sorted")
    assert {str(heap / "a.jpg"), str(heap / "b.heic")} <= {problem.path for problem in planned.problems}
    assert planned.problems[0].reason == f"{heap / 'a.xmp'} cannot be read (Input/output error)."
    assert {Path(step.source).parent for step in planned.steps} == {heap / "deep"}


def test_undo_without_a_name_goes_on_with_what_it_could_not_put_back(
    heap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, really = tree(heap), os.link

    def link(source: Path, target: Path, **given: Any) -> None:
        if Path(target).suffix == ".xmp":
            raise OSError(errno.EIO, "Input/output error", str(target))
        really(source, target, **given)

    sort(plan(heap, tmp_path / "sorted", "move"))
    with monkeypatch.context() as failing:
        failing.setattr(os, "link", link)
        assert len(undo(latest_journal()).kept) == 2
    assert undo(latest_journal()).restored == 2
    assert tree(heap) == before


def test_keywords_that_cannot_be_read_are_not_taken_for_gone(
    heap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to, really = tmp_path / "sorted", undo_module.file_digest

    def file_digest(path: Path) -> str:
        if path.suffix == ".xmp" and path.parent.parent == to:
            raise OSError(errno.EIO, "Input/output error", str(path))
        return really(path)

    sort(plan(heap, to, keywords=True))
    with monkeypatch.context() as failing:
        failing.setattr(undo_module, "file_digest", file_digest)
        kept = undo(latest_journal()).kept
    assert {problem.reason for problem in kept} == {"It cannot be put back (Input/output error)."}
    assert undo(latest_journal()).kept == ()
    assert not to.exists()
