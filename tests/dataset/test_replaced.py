"""Photos that are replaced during a run: noticed, said once, and not looked for any longer."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from trainer.dataset import replaced as replaced_module
from trainer.dataset.photo import photo_pixels
from trainer.dataset.pixels import DecodedPixels
from trainer.dataset.records import Dataset
from trainer.dataset.replaced import PhotoWatch, Replaced
from trainer.dataset.scan import scan
from trainer.dataset.sources.source import open_source

SIZE = 24


@pytest.fixture
def found(folder: Path) -> Dataset:
    return scan(folder)


def test_where_photos_are_decoded_anew_it_is_said_once_and_nothing_is_compared_any_longer(
    folder: Path, found: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced = folder / "cats" / "cat.0000.jpg"
    shutil.copyfile(folder / "dogs" / "dog.0001.jpg", replaced)
    notes: list[str] = []
    with open_source(folder) as source:
        pixels = DecodedPixels(source, found.photos, SIZE, replaced=Replaced(notes.append))
        pixels.batch([1, 2])
        assert notes == []
        assert np.array_equal(pixels.batch([0, 1])[0], photo_pixels(replaced, SIZE))
        monkeypatch.setattr(replaced_module, "digest", lambda _content: pytest.fail("compared again"))
        assert np.array_equal(pixels.batch([0, 1])[0], photo_pixels(replaced, SIZE))
    [said] = notes
    assert "cats/cat.0000.jpg is another photo" in said


def test_a_watch_notices_a_replaced_photo_and_says_it_once(folder: Path, found: Dataset) -> None:
    notes: list[str] = []
    with open_source(folder) as source:
        watch = PhotoWatch(source, found.photos, Replaced(notes.append))
        watch.look(60)
        assert notes == []
        shutil.copyfile(folder / "dogs" / "dog.0001.jpg", folder / "cats" / "cat.0003.jpg")
        watch.look(60)
        watch.look(60)
    [said] = notes
    assert "cats/cat.0003.jpg is another photo" in said


def test_a_watch_with_little_time_gets_round_all_the_same(folder: Path, found: Dataset) -> None:
    notes: list[str] = []
    shutil.copyfile(folder / "dogs" / "dog.0001.jpg", folder / "dogs" / "dog.0004.jpg")
    with open_source(folder) as source:
        watch = PhotoWatch(source, found.photos, Replaced(notes.append))
        for _ in range(len(found.photos) - 1):
            watch.look(0)
        assert notes == []
        watch.look(0)
    assert len(notes) == 1


def test_photos_that_were_only_touched_or_taken_away_were_not_replaced(
    folder: Path, found: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.utime(folder / "cats" / "cat.0000.jpg", (1, 1))
    (folder / "dogs" / "dog.0000.jpg").unlink()
    notes: list[str] = []
    with open_source(folder) as source:
        watch = PhotoWatch(source, found.photos, Replaced(notes.append))
        watch.look(60)
        monkeypatch.setattr(source, "read", lambda path: pytest.fail(f"{path} was read again"))
        watch.look(60)
    assert notes == []


def test_photos_in_a_zip_are_no_files_of_their_own(folder: Path, tmp_path: Path) -> None:
    place = Path(shutil.make_archive(str(tmp_path / "set"), "zip", folder))
    notes: list[str] = []
    with open_source(place) as source:
        PhotoWatch(source, scan(place).photos, Replaced(notes.append)).look(60)
    assert notes == []
