"""What CatDog keeps and can make again: bounded, listed, cleared, and nothing else touched."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from trainer.core.errors import CancelledError
from trainer.files import array_cache
from trainer.files.caches import clear_caches, list_caches
from trainer.files.file_cache import THUMBNAILS, FileCache
from trainer.files.paths import cache_folder


def make(name: str, size: int, used: float = 0.0) -> Path:
    path = cache_folder() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))
    os.utime(path, (used, used))
    return path


def size_of(cache: FileCache) -> int:
    return sum(path.stat().st_size for path in cache.folder.rglob("*") if path.is_file())


def keys(cache: FileCache) -> set[str]:
    return {path.stem for path in cache.folder.rglob("*.bin")}


class TestFileCache:
    def test_what_was_put_comes_back(self) -> None:
        cache = FileCache("small", ".bin", limit_bytes=1000)
        assert cache.get("aa1") is None
        cache.put("aa1", b"one")
        cache.put("aa1", b"another")
        assert cache.get("aa1") == b"another"
        assert keys(cache) == {"aa1"}

    def test_it_never_takes_more_than_its_limit(self) -> None:
        cache = FileCache("small", ".bin", limit_bytes=1000)
        for number in range(100):
            cache.put(f"{number:04}", bytes(50))
            assert size_of(cache) <= 1000
        assert size_of(cache) >= 800
        assert cache.get("0099") == bytes(50)
        assert cache.get("0000") is None

    def test_the_least_recently_used_go_first(self) -> None:
        cache = FileCache("small", ".bin", limit_bytes=1000)
        for number in range(9):
            cache.put(f"{number:04}", bytes(100))
            make(f"small/00/{number:04}.bin", 100, used=1000 + number)
        assert cache.get("0000") is not None  # used once more, so 0001 is the oldest now
        cache.put("new1", bytes(100))
        assert keys(cache) == {"0000", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "new1"}

    def test_what_earlier_processes_left_counts(self) -> None:
        for number in range(30):
            make(f"small/00/{number:04}.bin", 100, used=1000 + number)
        cache = FileCache("small", ".bin", limit_bytes=1000)
        cache.put("new1", bytes(10))
        assert size_of(cache) <= 1000
        assert "new1" in keys(cache)

    def test_not_every_write_looks_at_all_files(self, monkeypatch: pytest.MonkeyPatch) -> None:
        cache = FileCache("small", ".bin", limit_bytes=10_000)
        cache.put("first", bytes(10))
        walks: list[object] = []
        walk = os.walk
        monkeypatch.setattr(os, "walk", lambda *given: walks.append(given) or walk(*given))
        for number in range(200):
            cache.put(f"{number:04}", bytes(10))
        assert len(walks) == 2

    def test_a_disk_that_refuses_does_no_harm(self) -> None:
        cache_folder().parent.mkdir(parents=True, exist_ok=True)
        cache_folder().write_text("a file where the folder should be", encoding="utf-8")
        cache = FileCache("small", ".bin", limit_bytes=1000)
        cache.put("aa1", b"one")
        assert cache.get("aa1") is None


def test_all_kinds_are_listed() -> None:
    one, two = make("arrays/one-0.rows", 250, used=86_400), make("arrays/two-0.rows", 50, used=100_000)
    make("thumbnails/ab/cd.jpg", 30, used=86_400)
    make("thumbnails/ef/gh.jpg", 10, used=90_000)
    make("of an older CatDog", 5)
    found = list_caches()
    assert [(entry.kind, entry.path.name, entry.bytes, entry.used) for entry in found.entries] == [
        ("arrays", two.name, 50, 100_000),
        ("arrays", one.name, 250, 86_400),
        ("other", "of an older CatDog", 5, 0),
        ("thumbnails", "thumbnails", 40, 90_000),
    ]
    assert found.bytes == 345
    assert found.limits == {"arrays": array_cache.LIMIT_BYTES, "thumbnails": THUMBNAILS.limit_bytes}


def test_clearing_frees_all_but_what_is_being_written() -> None:
    make("arrays/one-0.rows", 250)
    part = make("arrays/two.part", 50)
    make("thumbnails/ab/cd.jpg", 30)
    make("of an older CatDog", 5)
    assert clear_caches() == 285
    assert list_caches().entries == ()
    assert [path for path in cache_folder().rglob("*") if path.is_file()] == [part]


def test_without_a_cache_there_is_nothing() -> None:
    assert list_caches().bytes == 0
    assert clear_caches() == 0


def test_a_link_is_removed_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    photo = tmp_path / "photos" / "cat.jpg"
    photo.parent.mkdir()
    photo.write_bytes(bytes(1000))
    make("thumbnails/ab/cd.jpg", 30)
    (cache_folder() / "link").symlink_to(photo.parent)
    (cache_folder() / "thumbnails" / "link").symlink_to(photo.parent)
    assert list_caches().bytes < 1000
    clear_caches()
    assert photo.stat().st_size == 1000
    assert not any(cache_folder().iterdir())


def test_measuring_can_be_cancelled() -> None:
    make("thumbnails/ab/cd.jpg", 30)
    with pytest.raises(CancelledError):
        list_caches(lambda: True)


# Fills the cache under one key as soon as it is told to.
FILL = """
import sys
import numpy as np
from trainer.files import array_cache
rows = np.arange(40_000, dtype=np.uint8).reshape(-1, 100)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(20):
    kept = array_cache.fill("one-key", [rows[:200], rows[200:]], rows.nbytes)
    assert np.array_equal(array_cache.CachedRows(kept, (100,), rows.dtype).read(range(400)), rows)
    found = array_cache.find("one-key", 100)
    assert found is not None and np.array_equal(found.checksums, kept.checksums)
"""


def test_two_processes_may_fill_one_cache_at_once() -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    both = [subprocess.Popen([sys.executable, "-c", FILL], text=True, **pipes) for _ in range(2)]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    answers = [process.communicate("go\n", timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    assert len(array_cache.listed()) == 1
    assert not list(array_cache.folder().glob("*.part"))
