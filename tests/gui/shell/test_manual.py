"""The manual: its pictures, its numbers, and finding words in it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QFontDatabase, QImage, QTextDocument
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from catdog_gui.dialogs.manual import Manual
from catdog_gui.look import theme
from catdog_gui.look.resources import resource
from catdog_gui.shell.main_window import MainWindow
from tests.gui.pseudo import cut_off, untranslated
from tests.gui.seen import child

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def manual(window: MainWindow) -> Iterator[Manual]:
    window.dialogs.show_manual()
    dialog = child(window, Manual)
    yield dialog
    dialog.close()


def test_words_are_found_counted_and_gone_through(manual: Manual, qtbot: QtBot) -> None:
    qtbot.keyClick(manual, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    bar = manual.find_bar
    qtbot.waitUntil(bar.field.hasFocus)
    qtbot.keyClicks(bar.field, "starter model")
    places = len(re.findall("starter model", manual.text.toPlainText(), re.IGNORECASE))
    assert places > 2
    assert bar.count.text() == f"1 of {places}"
    first = manual.text.textCursor().position()
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.count.text() == f"2 of {places}"
    assert manual.text.textCursor().position() > first
    qtbot.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(manual, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert bar.count.text() == f"{places} of {places}"
    assert len(manual.text.extraSelections()) == places


def test_what_is_found_is_in_view_and_its_chapter_is_marked(manual: Manual) -> None:
    manual.find_bar.field.setText("ensemble of other words")
    assert manual.find_bar.count.text() == "Not found"
    assert not manual.find_bar.next.isEnabled()
    manual.find_bar.field.setText("least recently used")
    assert manual.chapters.currentItem().text() == "Preferences"
    assert manual.text.viewport().rect().contains(manual.text.cursorRect())


def test_escape_empties_the_field_before_it_closes_the_manual(manual: Manual, qtbot: QtBot) -> None:
    manual.find_bar.begin()
    manual.find_bar.field.setText("cat")
    qtbot.keyClick(manual.find_bar.field, Qt.Key.Key_Escape)
    assert manual.isVisible()
    assert manual.find_bar.field.text() == ""
    assert manual.text.extraSelections() == []
    qtbot.keyClick(manual.find_bar.field, Qt.Key.Key_Escape)
    assert not manual.isVisible()


def test_a_change_of_theme_keeps_the_place_and_what_was_found(manual: Manual, qapp: QApplication) -> None:
    manual.find_bar.field.setText("least recently used")
    scrolled = manual.text.verticalScrollBar().value()
    theme.apply(qapp, "dark")
    assert len(manual.text.extraSelections()) >= 1
    assert manual.text.verticalScrollBar().value() == scrolled > 0


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_picture_is_there_in_the_theme_at_hand(
    manual: Manual, qapp: QApplication, mode: theme.ThemeChoice
) -> None:
    theme.apply(qapp, mode)
    names = re.findall(r'src="([^"]+)"', resource("manual", "index.html").read_text(encoding="utf-8"))
    assert len(names) >= 6
    for name in names:
        picture = manual.text.loadResource(QTextDocument.ResourceType.ImageResource, QUrl(name))
        assert isinstance(picture, QImage)
        assert picture.width() > 400, name
        corner = picture.pixelColor(2, picture.height() - 2).lightness()
        assert (corner < 128) == (mode == "dark"), name


def test_the_pictures_are_small_files_and_as_wide_as_there_is_room(manual: Manual, qtbot: QtBot) -> None:
    files = list(resource("manual").glob("*.webp"))
    assert sum(file.stat().st_size for file in files) < 400_000
    manual.resize(600, 380)
    qtbot.waitUntil(lambda: manual.text.horizontalScrollBar().maximum() == 0)  # a long text is laid out bit by bit


def test_bold_words_have_a_weight_that_the_font_has(manual: Manual) -> None:
    family = manual.text.font().family()
    weights = {QFontDatabase.weight(family, style) for style in QFontDatabase.styles(family)}
    block = manual.text.document().begin()
    used = set()
    while block.isValid():
        part = block.begin()
        while not part.atEnd():
            used.add(int(part.fragment().charFormat().fontWeight()))
            part += 1
        block = block.next()
    assert len(used) > 1
    assert used <= weights, (used, weights)


def test_the_manual_says_how_many_photos_one_needs_as_it_was_measured(manual: Manual) -> None:
    text = manual.text.toPlainText()
    assert "How many photos do I need?" in text
    results = (ROOT / "tests" / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    measured = re.findall(r"(\d\d\.\d %) (\(\d\d\.\d to \d\d\.\d\))", text)
    assert len(measured) == 4
    for accuracy, interval in measured:
        assert re.search(rf"{re.escape(accuracy)}[^|.]*{re.escape(interval)}", results), accuracy


def test_the_manual_is_ready_for_other_languages(pseudo: None, manual: Manual) -> None:
    own = [manual.chapters.item(row).text() for row in range(manual.chapters.count())]
    manual.find_bar.field.setText("cat")
    manual.resize(680, 360)
    QApplication.processEvents()
    assert untranslated(manual, *own) == []
    assert cut_off(manual) == []
