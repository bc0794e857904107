"""The window's dialogs: the manual, the about box, the preferences with their caches."""

import os
import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl, qVersion
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QLineEdit, QTextBrowser
from pytestqt.qtbot import QtBot

from catdog_gui.dialogs.about import About
from catdog_gui.dialogs.manual import Manual
from catdog_gui.dialogs.preferences import Preferences
from catdog_gui.look import theme
from catdog_gui.shell.main_window import MainWindow
from catdog_gui.state.context import Context
from tests.gui.seen import action, child
from trainer.files import array_cache


@pytest.mark.parametrize("entry", ["Preferences…", "CatDog manual", "Keyboard shortcuts", "Errors…", "About CatDog"])
def test_dialogs_open_once_and_close(window: MainWindow, qtbot: QtBot, entry: str) -> None:
    action(window, entry).trigger()
    action(window, entry).trigger()
    dialog = child(window, QDialog)
    for button in dialog.findChildren(QAbstractButton):
        hidden = button.parent() is None or isinstance(button.parent(), QLineEdit)
        assert hidden or button.text() or button.accessibleName() or not button.isVisible(), button
    dialog.close()
    assert not [one for one in window.findChildren(QDialog) if one.isVisible()]


def test_the_manual_is_there_with_every_chapter(window: MainWindow, qtbot: QtBot) -> None:
    window.dialogs.show_shortcuts()
    dialog = child(window, Manual)
    titles = [dialog.chapters.item(row).text() for row in range(dialog.chapters.count())]
    assert {"Classify", "Data", "Train", "Evaluate", "Models", "Keyboard"} <= set(titles)
    assert dialog.chapters.currentItem().text() == "Keyboard"
    assert "Ctrl+Shift+O" in dialog.text.toPlainText()
    dialog.close()


def test_the_manual_goes_to_the_parts_of_a_chapter(window: MainWindow) -> None:
    window.dialogs.show_manual()
    dialog = child(window, Manual)
    for anchor, chapter in (
        ("recipes", "Train"),
        ("starter", "Classify"),
        ("calibration", "Evaluate"),
        ("data", "Data"),
    ):
        dialog.text.anchorClicked.emit(QUrl(f"#{anchor}"))
        assert dialog.chapters.currentItem().text() == chapter
        assert dialog.text.verticalScrollBar().value() > 0
    dialog.close()


def test_every_link_within_the_manual_leads_somewhere(window: MainWindow) -> None:
    window.dialogs.show_manual()
    dialog = child(window, Manual)
    links = set(re.findall(r'href="#([^"]+)"', dialog.text.toHtml()))
    assert links
    for link in links:
        dialog.go_to("")
        dialog.text.anchorClicked.emit(QUrl(f"#{link}"))
        assert dialog.text.verticalScrollBar().value() > 0, link
    dialog.close()


@pytest.mark.parametrize("words", ["not sure", "starter model", "Transfer", "Compact", "calibrates", "Clear"])
def test_the_manual_explains_what_the_window_says(window: MainWindow, words: str) -> None:
    window.dialogs.show_manual()
    dialog = child(window, Manual)
    assert words in dialog.text.toPlainText()
    dialog.close()


def test_the_keys_in_the_manual_are_those_of_the_menus(window: MainWindow) -> None:
    window.dialogs.show_manual()
    dialog = child(window, Manual)
    manual = dialog.text.toPlainText()
    for entry in window.findChildren(QAction):
        for key in entry.shortcuts()[:1]:
            text = key.toString()
            assert text in manual or text in ("Ctrl+2", "Ctrl+3", "Ctrl+4"), text
    dialog.close()


def test_the_about_box_says_versions_and_licences(window: MainWindow) -> None:
    window.dialogs.show_about()
    dialog = child(window, About)
    words = [label.text() for label in dialog.findChildren(QLabel)]
    for name in ("Python", "Qt", "PyTorch", "pyqtgraph", "LGPL 3", qVersion()):
        assert name in words, name
    assert "not installed" not in words
    texts = "\n".join(browser.toPlainText() for browser in dialog.findChildren(QTextBrowser))
    assert "MIT License" in texts
    assert "SIL OPEN FONT LICENSE" in texts
    dialog.close()


def test_preferences_take_effect_at_once(window: MainWindow, context: Context, qtbot: QtBot) -> None:
    window.dialogs.show_preferences()
    dialog = child(window, Preferences)
    dialog.theme.setCurrentText("Dark")
    assert theme.colours().dark
    assert window.menus.theme_actions["dark"].isChecked()
    dialog.device.setCurrentText("Processor")
    dialog.threads.setValue(2)
    assert (context.settings.theme, context.settings.device, context.settings.threads) == ("dark", "cpu", 2)
    qtbot.waitUntil(lambda: dialog.cache.text().startswith("Empty"))
    dialog.close()


def test_the_caches_are_listed_and_cleared(
    window: MainWindow, context: Context, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "home" / "cache"
    for name, count, used in (
        ("arrays/one-0.rows", 250_000, 86_400),
        ("arrays/two-0.rows", 50_000, 1_000_000_000),
        ("arrays/three-0.part", 9_000, 0),  # another run is writing it
        ("thumbnails/ab/cd.jpg", 40_000, 86_400),
        ("of an older CatDog", 10_000, 86_400),
    ):
        file = cache / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes(count))
        os.utime(file, (used, used))
    monkeypatch.setattr(array_cache, "LIMIT_BYTES", 3_000_000_000)
    window.dialogs.show_preferences()
    dialog = child(window, Preferences)
    qtbot.waitUntil(dialog.clear.isEnabled)
    rows = [[dialog.table.item(row, column).text() for column in range(3)] for row in range(dialog.table.rowCount())]
    assert [row[:2] for row in rows] == [
        ["Decoded photos, and what was found in them", "300 kB"],
        ["Thumbnails", "40 kB"],
        ["Others", "10 kB"],
    ]
    assert "Jan 1970" in rows[1][2]
    assert "Sep 2001" in rows[0][2]
    assert dialog.cache.text() == "350 kB in all"
    assert "3.0 GB at most" in dialog.limit.text()
    with qtbot.waitSignal(context.said) as said:
        qtbot.mouseClick(dialog.clear, Qt.MouseButton.LeftButton)
    assert said.args == ["The caches are cleared: 350 kB freed."]
    qtbot.waitUntil(lambda: dialog.cache.text().startswith("350 kB freed. Empty"))
    assert dialog.table.rowCount() == 0
    assert not dialog.clear.isEnabled()
    assert [path.name for path in cache.rglob("*") if path.is_file()] == ["three-0.part"]
    dialog.close()
