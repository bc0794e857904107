"""What may be dropped, and why something may not."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

from catdog_gui.classify.session.photo_intake import offer, take
from catdog_gui.classify.session.photo_search import find_photos
from trainer.core.control import RunControl
from trainer.core.errors import CancelledError


def files(*paths: Path | str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def picture() -> QMimeData:
    mime = QMimeData()
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    image.fill(0xFF8800)
    mime.setImageData(image)
    return mime


def text(words: str) -> QMimeData:
    mime = QMimeData()
    mime.setText(words)
    return mime


def link() -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/cat.jpg")])
    mime.setText("https://example.org/cat.jpg")
    return mime


def from_browser() -> QMimeData:
    mime = picture()
    mime.setUrls([QUrl("https://example.org/cat.jpg")])
    return mime


def test_photos_and_folders_are_welcome(tmp_path: Path) -> None:
    folder = tmp_path / "holiday"
    folder.mkdir()
    for mime, words in (
        (files("/a/cat.jpg"), "cat.jpg"),
        (files("/a/CAT.HEIC"), "CAT.HEIC"),
        (files("/a/cat.jpg", "/a/notes.txt"), "these 2"),
        (files(folder), "the photos in holiday"),
        (picture(), "image"),
        (from_browser(), "image"),
    ):
        found = offer(mime)
        assert found.accepted, words
        assert words in found.text


@pytest.mark.parametrize(
    ("mime", "reason"),
    [
        (lambda: files("/a/notes.pdf"), "notes.pdf is not a photo"),
        (lambda: files("/a/one.txt", "/a/two.txt"), "None of these files"),
        (lambda: files("/a/photos.zip"), "Data page"),
        (lambda: files("/a/best.safetensors"), "model"),
        (link, "only a link"),
        (lambda: text("meow"), "That is text"),
        (QMimeData, "not a photo"),
    ],
    ids=["pdf", "texts", "zip", "model", "link", "text", "nothing"],
)
def test_what_is_refused_gets_its_reason(mime: object, reason: str) -> None:
    made = mime()  # type: ignore[operator]
    assert not offer(made).accepted
    assert reason in offer(made).text
    assert take(made).refusal == offer(made).text
    assert take(made).files == ()


def test_a_long_name_is_cut_in_the_middle() -> None:
    words = offer(files("/a/" + "x" * 60 + "-end.pdf")).text
    assert len(words) < 70
    assert words.startswith("xxx")
    assert "-end.pdf" in words


def test_taking_returns_the_files_or_the_image() -> None:
    assert take(files("/a/cat.jpg", "/b")).files == (Path("/a/cat.jpg"), Path("/b"))
    image = take(from_browser()).image
    assert image is not None
    assert (image.width(), image.height()) == (4, 3)


def test_an_empty_image_is_refused() -> None:
    mime = QMimeData()
    mime.setImageData(QImage())
    assert take(mime).image is None
    assert take(mime).refusal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b/2.JPG", "b/1.png", "a.webp", "notes.txt", ".hidden.jpg", ".cache/3.jpg", "b/c/4.heic"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    return tmp_path


def test_folders_are_searched_in_the_order_of_names(folder: Path) -> None:
    (found,) = find_photos((folder,), RunControl())
    assert [str(path.relative_to(folder)) for path in found] == ["a.webp", "b/1.png", "b/2.JPG", "b/c/4.heic"]


def test_a_file_that_was_named_is_taken_whatever_it_is_called(folder: Path) -> None:
    (found,) = find_photos((folder / "notes.txt", folder / "b" / "c"), RunControl())
    assert found == [folder / "notes.txt", folder / "b" / "c" / "4.heic"]


def test_many_photos_come_in_chunks_and_can_be_cancelled(tmp_path: Path) -> None:
    for number in range(450):
        (tmp_path / f"{number:03}.jpg").write_bytes(b"")
    control = RunControl()
    chunks = find_photos((tmp_path,), control)
    assert len(next(chunks)) == 200
    control.stop()
    with pytest.raises(CancelledError):
        next(chunks)


def test_a_search_can_be_cancelled_where_no_photo_is_found(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no photo")
    control = RunControl()
    control.stop()
    with pytest.raises(CancelledError):
        list(find_photos((tmp_path,), control))


def test_names_too_long_for_the_system_are_photos_that_will_not_open_or_nothing(tmp_path: Path) -> None:
    photo = files(tmp_path / f"{'n' * 300}.jpg")
    assert take(photo).files == (tmp_path / f"{'n' * 300}.jpg",)
    assert "is not a photo" in offer(files(tmp_path / ("n" * 300))).text


@pytest.mark.parametrize("url", ["file://", "file:///cat%00.jpg"])
def test_addresses_that_lead_nowhere_are_refused(url: str) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl(url)])
    assert take(mime).refusal.startswith("That is not a photo.")
