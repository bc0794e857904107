"""Files appear whole or not at all."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.files.syncs import IN_ORDER, record_syncs
from trainer.core.errors import DiskError
from trainer.files.atomic import atomic_file, write_atomically

# Each call that writes a file, by whose it is, its name, and which of these calls it is.
REFUSED = [(Path, "mkdir", 1), (Path, "open", 1), (Path, "open", 2), (Path, "replace", 1), (Path, "replace", 2)]
if os.name == "posix":  # Windows syncs no folders
    REFUSED += [(os, "fsync", 1), (os, "fsync", 2), (os, "open", 1)]


def test_it_writes_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "deeper" / "ünïcode name.json"
    write_atomically(path, "one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_an_error_in_mid_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, "old")

    def cut_short() -> None:
        with atomic_file(path) as file:
            file.write(b"half")
            raise RuntimeError("in mid-write")

    with pytest.raises(RuntimeError, match="in mid-write"):
        cut_short()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DiskError, match="cannot be written") as caught:
        write_atomically(tmp_path / "file" / "below", "text")
    assert caught.value.path == str(tmp_path / "file" / "below")
    assert "Choose another folder." in str(caught.value)


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:  # where many file systems notice it first
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write_atomically(tmp_path / "file", "old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskError, match="Free some space"):
        write_atomically(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
@pytest.mark.parametrize(("of", "call", "nth"), REFUSED)
def test_whatever_the_disk_refuses_is_told_and_a_whole_file_is_left(
    number: int, of: Any, call: str, nth: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, former = tmp_path / "file", tmp_path / "former"
    write_atomically(path, "old")
    real, seen = getattr(of, call), []

    def refused(*given: Any, **named: Any) -> Any:
        seen.append(call)
        if len(seen) == nth:
            raise OSError(number, os.strerror(number))
        return real(*given, **named)

    monkeypatch.setattr(of, call, refused)
    with pytest.raises(DiskError, match=f"file cannot be written .{os.strerror(number)}") as told:
        write_atomically(path, "new", former=former)
    assert told.value.remedy
    monkeypatch.undo()
    assert [file.read_text() for file in (path, former) if file.exists()] in (["old"], ["new", "old"])
    assert not list(tmp_path.glob(".*"))


def test_a_disk_that_refuses_to_tidy_up_too_is_named_by_what_it_refused_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(number: int) -> Callable[..., None]:
        def refused(*_: object, **__: object) -> None:
            raise OSError(number, os.strerror(number))

        return refused

    monkeypatch.setattr(os, "fsync", refuse(errno.ENOSPC))
    monkeypatch.setattr(Path, "unlink", refuse(errno.EIO))
    with pytest.raises(DiskError, match=os.strerror(errno.ENOSPC)):
        write_atomically(tmp_path / "file", "new")


def test_the_former_file_is_kept_and_one_of_the_two_is_whole_at_any_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, former, whole = tmp_path / "last", tmp_path / "former", []
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        done = real(self, target)
        whole.append([file.read_text() for file in (path, former) if file.exists()])
        return done

    monkeypatch.setattr(Path, "replace", replace)
    for content in ("one", "two", "three"):
        write_atomically(path, content, former=former)
    assert whole == [["one"], ["one"], ["two", "one"], ["two"], ["three", "two"]]


@pytest.mark.skipif(os.name != "posix", reason="Windows syncs no folders")
def test_a_file_and_its_name_are_on_the_disk_once_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs = record_syncs(monkeypatch, tmp_path / "file")
    write_atomically(tmp_path / "file", "content")
    assert syncs == IN_ORDER


@pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX")
def test_files_are_as_open_as_any_other(tmp_path: Path) -> None:
    write_atomically(tmp_path / "ours", "x")
    (tmp_path / "usual").write_text("x")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("ours", "usual")}
    assert len(modes) == 1


@pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX")
def test_files_of_other_threads_keep_their_permissions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.umask

    def umask(mask: int) -> int:
        before = real(mask)
        (tmp_path / f"of another thread {mask:o}").touch()  # at the worst moment
        return before

    (tmp_path / "usual").touch()
    monkeypatch.setattr(os, "umask", umask)
    write_atomically(tmp_path / "ours", "x")
    assert len({stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}) == 1


@pytest.mark.parametrize("letter", ["n", "é"])
def test_a_file_may_have_the_longest_name(tmp_path: Path, letter: str) -> None:
    path = tmp_path / (letter * (254 // len(letter.encode())))
    write_atomically(path, "whole")
    assert path.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [path]
