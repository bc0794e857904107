"""Photos as QImages: upright, small, and kept on disk."""

import os
import shutil
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QImage

from catdog_gui.widgets.photos import images
from catdog_gui.widgets.photos.dataset_photos import DatasetPhotos
from catdog_gui.widgets.photos.images import Unreadable, load_image, load_thumbnail
from trainer.files.file_cache import THUMBNAILS


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATDOG_HOME", str(tmp_path / "home"))


@pytest.fixture
def sideways(tmp_path: Path) -> Path:
    """A photo of 400 x 200 pixels, blue at its left, that the camera says lies on its side."""
    photo = Image.new("RGB", (400, 200), (200, 30, 30))
    photo.paste((30, 30, 200), (0, 0, 200, 200))
    exif = photo.getexif()
    exif[0x0112] = 6
    path = tmp_path / "sideways.jpg"
    photo.save(path, exif=exif, quality=95)
    return path


def picture(outcome: QImage | Unreadable) -> QImage:
    assert isinstance(outcome, QImage), outcome
    return outcome


def kept() -> list[Path]:
    return sorted(THUMBNAILS.folder.rglob("*.jpg"))


def test_a_photo_comes_upright_and_no_larger_than_asked(sideways: Path) -> None:
    image = picture(load_image(sideways, 100))
    assert (image.width(), image.height()) == (50, 100)
    assert image.pixelColor(25, 10).blue() > 150  # its left is the top now
    assert image.pixelColor(25, 90).red() > 150


def test_a_small_photo_is_not_made_larger(sideways: Path) -> None:
    assert picture(load_image(sideways, 5000)).height() == 400


def test_a_thumbnail_is_kept_and_read_back(sideways: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = picture(load_thumbnail(sideways, 100))
    assert len(kept()) == 1
    monkeypatch.setattr(images, "load_image", lambda *_: pytest.fail("made again"))
    second = picture(load_thumbnail(sideways, 100))
    assert second.size() == first.size()
    assert abs(second.pixelColor(25, 10).blue() - first.pixelColor(25, 10).blue()) < 20


def test_a_changed_photo_gets_a_new_thumbnail(sideways: Path) -> None:
    picture(load_thumbnail(sideways, 100))
    Image.new("RGB", (90, 90), (0, 255, 0)).save(sideways)
    os.utime(sideways, ns=(1, 1))
    assert picture(load_thumbnail(sideways, 100)).pixelColor(5, 5).green() > 200
    assert len(kept()) == 2


def test_a_damaged_thumbnail_is_made_again(sideways: Path) -> None:
    picture(load_thumbnail(sideways, 100))
    kept()[0].write_bytes(b"nonsense")
    assert picture(load_thumbnail(sideways, 100)).height() == 100
    assert kept()[0].read_bytes() != b"nonsense"


def test_a_photo_that_cannot_be_read_gives_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "broken.jpg"
    path.write_bytes(b"\xff\xd8\xff")
    outcome = load_thumbnail(path, 100)
    assert isinstance(outcome, Unreadable)
    assert outcome.sentence.startswith("This photo is cut off")
    assert kept() == []


def test_a_photo_in_a_folder_or_a_zip_comes_whole_and_upright(sideways: Path, tmp_path: Path) -> None:
    for name in ("cats", "dogs"):
        (tmp_path / "set" / name).mkdir(parents=True)
        shutil.copy(sideways, tmp_path / "set" / name / "a.jpg")
    shutil.make_archive(str(tmp_path / "set"), "zip", tmp_path / "set")
    for root in (tmp_path / "set", tmp_path / "set.zip"):
        photos = DatasetPhotos(str(root))
        image = picture(photos.loader("cats/a.jpg", 60)())
        assert (image.width(), image.height()) == (30, 60)
        assert image.pixelColor(15, 5).blue() > 150
        assert image.pixelColor(15, 55).red() > 150
        assert isinstance(photos.loader("cats/none.jpg", 60)(), Unreadable)
        photos.close()


def test_photos_of_a_dataset_that_is_gone_give_the_reason(tmp_path: Path) -> None:
    outcome = DatasetPhotos(str(tmp_path / "gone")).loader("cats/a.jpg", 60)()
    assert isinstance(outcome, Unreadable)
    assert "gone" in outcome.sentence


def test_a_cache_that_cannot_be_written_does_no_harm(sideways: Path, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "cache").write_text("a file where the folder should be", encoding="utf-8")
    assert picture(load_thumbnail(sideways, 100)).height() == 100


def test_an_image_without_a_file_is_only_made_smaller(tmp_path: Path) -> None:
    image = QImage(300, 100, QImage.Format.Format_RGB32)
    image.fill(0x123456)
    small = picture(load_thumbnail(image, 30))
    assert (small.width(), small.height()) == (30, 10)
    assert kept() == []
