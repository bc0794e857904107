"""Decoded pixels on disk: a cached pixel is a decoded one, and a stale or half-written cache is never used."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from trainer.core.errors import CancelledError, DatasetError
from trainer.dataset import pixels as pixels_module
from trainer.dataset.photo import photo_pixels
from trainer.dataset.pixels import CachedPixels, DecodedPixels, Pixels, prepare
from trainer.dataset.records import Dataset
from trainer.dataset.scan import scan
from trainer.dataset.sources.source import open_source
from trainer.files import array_cache

SIZE = 24


def prepared(found: Dataset, **given: Callable[..., None]) -> Pixels:
    with open_source(found.root) as source:
        pixels = prepare(source, found.photos, SIZE, **given)
        pixels.batch([0])
        return pixels


def files() -> list[Path]:
    return sorted(array_cache.folder().iterdir())


def test_a_cached_pixel_is_a_decoded_one_in_any_order(folder: Path) -> None:
    found = scan(folder)
    pixels = prepared(found)
    assert isinstance(pixels, CachedPixels)
    assert len(pixels) == 10
    order = [7, 0, 0, 9, 3]
    expected = [photo_pixels(folder / found.photos[index].path, SIZE) for index in order]
    assert np.array_equal(pixels.batch(order), np.stack(expected))
    assert pixels.batch(np.array(order)).dtype == np.uint8


def test_the_second_time_nothing_is_decoded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = scan(folder)
    first = prepared(found).batch(range(10))
    monkeypatch.setattr(pixels_module, "photo_pixels", lambda *_: pytest.fail("decoded again"))
    assert np.array_equal(prepared(found).batch(range(10)), first)


def test_a_changed_file_is_decoded_anew(folder: Path) -> None:
    prepared(scan(folder))
    changed, other = folder / "cats" / "cat.0000.jpg", folder / "dogs" / "dog.0001.jpg"
    shutil.copyfile(other, changed)
    found = scan(folder)
    assert np.array_equal(prepared(found).batch([0])[0], photo_pixels(other, SIZE))
    assert len(files()) == 2


@pytest.mark.parametrize("harm", ["emptied", "cut off", "one wrong bit", "longer"])
def test_a_damaged_cache_is_made_anew(folder: Path, harm: str) -> None:
    found = scan(folder)
    first = prepared(found).batch(range(10))
    [path] = files()
    good = path.read_bytes()
    bad = {
        "emptied": b"",
        "cut off": good[:-1],
        "one wrong bit": good[:-1] + bytes([good[-1] ^ 1]),
        "longer": good + b"x",
    }
    path.write_bytes(bad[harm])
    assert np.array_equal(prepared(found).batch(range(10)), first)


@pytest.mark.parametrize(
    "harm", [Path.unlink, lambda path: path.write_bytes(b"short"), lambda path: path.write_bytes(b"\x7f" * 10**6)]
)
def test_a_cache_that_goes_away_under_a_run_is_replaced_by_decoding(folder: Path, harm: Callable[[Path], None]) -> None:
    found = scan(folder)
    with open_source(folder) as source:
        pixels = prepare(source, found.photos, SIZE)
        before = pixels.batch([9, 2, 5])
        harm(files()[0])
        assert np.array_equal(pixels.batch([9, 2, 5]), before)


def test_a_file_of_the_same_size_but_another_time_is_decoded_anew(folder: Path) -> None:
    prepared(scan(folder))
    os.utime(folder / "cats" / "cat.0000.jpg", (1, 1))
    prepared(scan(folder))
    assert len(files()) == 2


def test_a_cancelled_decoding_leaves_nothing(folder: Path) -> None:
    found = scan(folder)
    with open_source(folder) as source, pytest.raises(CancelledError):
        prepare(source, found.photos, SIZE, cancelled=lambda: True)
    assert files() == []


def test_a_photo_that_went_bad_is_named_and_nothing_is_left(folder: Path) -> None:
    found = scan(folder)
    (folder / "dogs" / "dog.0002.jpg").write_bytes(b"")
    with open_source(folder) as source, pytest.raises(DatasetError, match=r"dogs/dog.0002.jpg could be read before"):
        prepare(source, found.photos, SIZE)
    assert files() == []


def test_without_room_it_says_so_and_decodes_on_the_fly(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = scan(folder)
    monkeypatch.setattr(array_cache, "SPARE_BYTES", 10**18)
    notes: list[str] = []
    pixels = prepared(found, note=notes.append)
    assert isinstance(pixels, DecodedPixels)
    assert len(pixels) == 10
    assert "takes longer" in notes[0]
    with open_source(folder) as source:
        pixels = DecodedPixels(source, found.photos, SIZE)
        expected = photo_pixels(folder / found.photos[6].path, SIZE)
        assert np.array_equal(pixels.batch([6, 1])[0], expected)


def test_the_oldest_caches_go_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = scan(folder)
    prepared(found)
    [first] = files()
    one = first.stat().st_size
    os.utime(first, (1, 1))
    abandoned, fresh = first.with_name("old.part"), first.with_name("new.part")
    for part in (abandoned, fresh):
        part.write_bytes(b"half")
    os.utime(abandoned, (1, 1))
    monkeypatch.setattr(array_cache, "LIMIT_BYTES", int(1.5 * one))
    with open_source(folder) as source:
        prepare(source, found.photos[:9], SIZE)
    assert not first.exists()
    assert fresh.exists()
    assert not abandoned.exists()
    assert len(files()) == 2


def test_progress_counts_every_photo(folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    prepared(scan(folder), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(n, 10) for n in range(1, 11)]


def test_what_is_kept_is_listed_the_last_used_first_and_cleared(folder: Path) -> None:
    found = scan(folder)
    prepared(found)
    [older] = files()
    os.utime(older, (1000, 1000))
    with open_source(folder) as source:
        prepare(source, found.photos[:9], SIZE)
    listed = array_cache.listed()
    assert [path == older for path, _, _ in listed] == [False, True]
    assert [size for _, size, _ in listed] == [9 * SIZE * SIZE * 3, 10 * SIZE * SIZE * 3]
    assert listed[1][2] == 1000
    assert array_cache.clear() == 19 * SIZE * SIZE * 3
    assert array_cache.listed() == []
    assert array_cache.clear() == 0
