"""A file of labels keeps what was said, act by act, and survives a program that is killed."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from trainer.core.errors import DatasetError, DiskError, SettingError
from trainer.dataset.label_file import KnownPhoto, LabelFile, find_labels, list_label_files, new_label_file, read_labels
from trainer.files.paths import labels_folder


def known(number: int, folder: Path = Path("/photos")) -> KnownPhoto:
    path = folder / f"{number}.jpg"
    return KnownPhoto(digest=f"{number:032x}", path=str(path), key=f"photos/{number}.jpg", bytes=9, modified_ns=number)


def filled(path: Path, count: int = 4) -> LabelFile:
    file = LabelFile.create(path, ("dogs", "Cat"))
    file.add_photos(known(number) for number in range(count))
    return file


def test_what_is_said_is_there_again_in_the_next_session(tmp_path: Path) -> None:
    path = tmp_path / "mine.labels"
    with filled(path) as file:
        assert file.classes == ("cat", "dog")
        file.say("first", [known(0).digest, known(1).digest])
        file.say("second", [known(1).digest])
        file.say("neither", [known(2).digest])
        file.add_folders([tmp_path])
    book = read_labels(path)
    assert list(book.labels.values()) == ["first", "second", "neither"]
    assert book.counts() == {"first": 1, "second": 1, "neither": 1, "skipped": 0}
    assert book.unlabelled == [known(3).digest]
    assert book.with_label("first", "second") == [known(0).digest, known(1).digest]
    assert book.folders == (str(tmp_path),)
    assert (book.name, book.acts) == ("mine", 3)


def test_acts_are_taken_back_one_by_one_also_in_the_next_session(tmp_path: Path) -> None:
    path = tmp_path / "mine.labels"
    with filled(path) as file:
        file.say("first", [known(0).digest])
        file.say("second", [known(0).digest, known(1).digest])
    with LabelFile.open(path) as file:
        assert file.undo()
        assert file.labels == {known(0).digest: "first"}
        file.say(None, [known(0).digest])
        assert file.labels == {}
        assert file.undo()
        assert file.undo()
        assert not file.undo()
    assert read_labels(path).labels == {}


def test_a_photo_that_moved_keeps_its_label(tmp_path: Path) -> None:
    with filled(tmp_path / "mine.labels") as file:
        file.say("first", [known(0).digest])
        file.add_photos([known(0, Path("/elsewhere"))])
        assert file.photos[known(0).digest].path == "/elsewhere/0.jpg"
        assert file.labels == {known(0).digest: "first"}


def test_half_a_line_at_the_end_is_dropped_and_the_next_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "mine.labels"
    with filled(path) as file:
        file.say("first", [known(0).digest])
    whole = path.read_bytes()
    with path.open("ab") as handle:
        handle.write(b'{"line":"say","label":"sec')
    assert read_labels(path).labels == {known(0).digest: "first"}
    with LabelFile.open(path) as file:
        assert path.read_bytes() == whole
        file.say("second", [known(1).digest])
    assert read_labels(path).labels == {known(0).digest: "first", known(1).digest: "second"}


def test_a_damaged_line_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "mine.labels"
    with filled(path) as file:
        file.say("first", [known(0).digest])
        file.say("second", [known(1).digest])
    path.write_bytes(path.read_bytes().replace(b'"label":"first"', b'"label":"fir\0t"'))
    book = read_labels(path)
    assert book.labels == {known(1).digest: "second"}
    assert book.damaged_lines == 1


@pytest.mark.parametrize("content", [b"", b"\n", b"no labels\n", b"[" * 100_000 + b"\n", b'{"line":"labels"}\n'])
def test_what_is_no_file_of_labels_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.labels"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match="not a file of labels"):
        read_labels(path)
    assert path.read_bytes() == content


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.labels"
    filled(path).close()
    path.write_bytes(path.read_bytes().replace(b'"format":1', b'"format":2'))
    with pytest.raises(DatasetError, match="newer CatDog"):
        read_labels(path)


def test_one_program_at_a_time_holds_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.labels"
    with filled(path):
        with pytest.raises(DatasetError, match="open in another window"):
            LabelFile.open(path)
        assert len(read_labels(path).photos) == 4
    LabelFile.open(path).close()


# Labels one photo as soon as nobody else holds the file, many times.
LABEL = """
import sys
from pathlib import Path
from trainer.core.errors import DatasetError
from trainer.dataset.label_file import LabelFile
print("ready", flush=True)
sys.stdin.readline()
done = refused = 0
while done < 25:
    try:
        with LabelFile.open(Path(sys.argv[1])) as file:
            file.say("first" if done % 2 else "second", [sys.argv[2]])
            done += 1
    except DatasetError as error:
        assert "open in another window or command" in error.what, error.what
        refused += 1
"""


def test_two_processes_may_label_in_one_file_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "mine.labels"
    filled(path).close()
    lines = len(path.read_bytes().splitlines())
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    both = [
        subprocess.Popen([sys.executable, "-c", LABEL, str(path), known(number).digest], text=True, **pipes)
        for number in (0, 1)
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    book = read_labels(path)
    assert book.damaged_lines == 0
    assert len(path.read_bytes().splitlines()) == lines + 50
    assert book.labels == {known(0).digest: "second", known(1).digest: "second"}


@pytest.mark.parametrize("classes", [("cat",), ("cat", "Cats"), ("cat", ""), ("a", "b", "c"), ("a\n", "b\x1b[0m")])
def test_classes_are_two_with_names(tmp_path: Path, classes: tuple[str, ...]) -> None:
    with pytest.raises(SettingError):
        LabelFile.create(tmp_path / "mine.labels", classes)
    assert not (tmp_path / "mine.labels").exists()


def test_files_are_listed_and_named_without_clashes() -> None:
    assert list_label_files() == []
    first = new_label_file("Photos: 2026/11")
    assert first == labels_folder() / "Photos  2026 11.labels"
    filled(first).close()
    second = new_label_file("Photos: 2026/11")
    assert second.stem == "Photos  2026 11 2"
    filled(second).close()
    os.utime(first, ns=(1, 1))
    assert list_label_files() == [second, first]
    assert len(new_label_file("猫" * 200).name.encode()) < 255
    assert new_label_file("...").stem == "photos"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is full")
def test_a_full_disk_is_told_and_nothing_was_said(tmp_path: Path) -> None:
    file = filled(tmp_path / "mine.labels")
    handle, file._handle = file._handle, os.open("/dev/full", os.O_WRONLY)  # noqa: SLF001 - no disk here is full
    with pytest.raises(DiskError, match=r"mine\.labels"):
        file.say("first", [known(0).digest])
    os.close(file._handle)  # noqa: SLF001
    file._handle = handle  # noqa: SLF001
    assert file.labels == {}
    file.close()


_CHILD = """
import sys
from pathlib import Path
from trainer.dataset.label_file import LabelFile
file = LabelFile.open(Path(sys.argv[1]))
for number in range(100_000):
    file.say("first" if number % 2 else "second", [f"{number % 4:032x}"])
    print(number, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a POSIX thing")
@pytest.mark.parametrize("wait", [1, 40, 300, 900])
def test_a_kill_loses_at_most_the_last_keystroke(tmp_path: Path, wait: int) -> None:
    path = tmp_path / "mine.labels"
    filled(path).close()
    child = subprocess.Popen([sys.executable, "-c", _CHILD, str(path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    lines = [int(child.stdout.readline()) for _ in range(wait)]
    child.send_signal(signal.SIGKILL)
    lines += [int(line) for line in child.stdout.read().split(b"\n") if line]
    child.stdout.close()
    child.wait()
    with LabelFile.open(path) as file:
        assert file.acts in (lines[-1] + 1, lines[-1] + 2)
        assert file.damaged_lines == 0


def test_labels_of_a_name_are_not_begun_anew_where_the_disk_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    path = new_label_file("mine")
    LabelFile.create(path, ("cat", "dog")).close()
    assert find_labels([], "mine") == path

    def stat(path: Path, **_given: bool) -> os.stat_result:
        raise OSError(errno.EIO, "Input/output error", str(path))

    monkeypatch.setattr(Path, "stat", stat)
    with pytest.raises(OSError, match="Input/output error"):
        find_labels([], "mine")
