"""Tiles show the whole photo, and as much of what is said of it as there is room for."""

import shutil
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from catdog_gui.look import theme
from catdog_gui.widgets.photos.dataset_photos import DatasetPhotos
from catdog_gui.widgets.photos.fitting import fitted, shortened
from catdog_gui.widgets.photos.photo_tiles import PhotoTiles, Tile

REASON = "It is unlike the photos that the model learnt from, which is a long sentence."


@pytest.fixture
def tiles(tmp_path: Path, qtbot: QtBot) -> PhotoTiles:
    """Two photos: a wide one, red at its left and blue at its right, and one that cannot be read."""
    for name in ("cats", "dogs"):
        (tmp_path / "set" / name).mkdir(parents=True)
    photo = Image.new("RGB", (400, 200), (20, 160, 20))
    photo.paste((200, 30, 30), (0, 0, 40, 200))
    photo.paste((30, 30, 200), (360, 0, 400, 200))
    photo.save(tmp_path / "set" / "cats" / "wide.png")
    shutil.copy(tmp_path / "set" / "cats" / "wide.png", tmp_path / "set" / "dogs" / "a.png")
    (tmp_path / "set" / "cats" / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    tiles = PhotoTiles("Photos")
    qtbot.addWidget(tiles)
    tiles.resize(400, 300)
    tiles.show_tiles(
        DatasetPhotos(str(tmp_path / "set")),
        [Tile("cats/wide.png", "wide.png", "cat 96 %", 0, REASON), Tile("cats/broken.jpg", "broken.jpg")],
    )
    tiles.show()
    qtbot.waitUntil(lambda: tiles.tiles.image(tiles.tiles.index(0)) is not None)
    qtbot.waitUntil(lambda: tiles.tiles.failure(tiles.tiles.index(1)) is not None)
    return tiles


def test_a_wide_photo_is_shown_to_both_ends_on_a_neutral_ground(tiles: PhotoTiles) -> None:
    image = tiles.viewport().grab().toImage()
    cell = tiles.visualRect(tiles.tiles.index(0))
    left, top, side = cell.left() + 4, cell.top() + 4, tiles.tiles.side
    middle = top + side // 2
    assert image.pixelColor(left + 3, middle).red() > 150
    assert image.pixelColor(left + side - 4, middle).blue() > 150
    for y in (top + 10, top + side - 10):
        assert image.pixelColor(left + side // 2, y) == QColor(theme.colours().sunken)
    tiles.tiles.close()


def test_the_whole_reason_is_in_the_tooltip_and_what_cannot_be_read_says_why(tiles: PhotoTiles) -> None:
    model = tiles.tiles
    assert REASON in model.data(model.index(0), Qt.ItemDataRole.ToolTipRole)
    assert "This photo is cut off" in model.data(model.index(1), Qt.ItemDataRole.ToolTipRole)
    spoken = model.data(model.index(1), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("broken.jpg: This photo is cut off")
    assert model.lines == 4
    model.close()


def test_tab_into_the_tiles_shows_where_the_focus_is(tiles: PhotoTiles, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    first = QLineEdit()
    layout.addWidget(first)
    layout.addWidget(tiles)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert tiles.hasFocus()
    assert tiles.currentIndex().row() == 0
    tiles.tiles.close()
    tiles.setParent(None)
    tiles.hide()


def test_a_sentence_is_cut_at_a_word(qapp: QApplication) -> None:
    metrics = QFontMetrics(qapp.font())
    room = QRect(0, 0, 120, 2 * metrics.height())
    words = shortened(REASON, metrics, room)
    assert words.endswith(" …")
    assert REASON.startswith(words.removesuffix(" …"))
    assert shortened("It could be either.", metrics, QRect(0, 0, 400, metrics.height())) == "It could be either."


@pytest.mark.parametrize(("size", "expected"), [((400, 200), (0, 25, 100, 50)), ((100, 200), (25, 0, 50, 100))])
def test_a_photo_keeps_its_shape(size: tuple[int, int], expected: tuple[int, int, int, int]) -> None:
    assert fitted(QSize(*size), QRectF(0, 0, 100, 100)) == QRectF(*expected)
