"""A file is shown in the file manager; without one, its path is shown and can be copied."""

import stat
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from catdog_gui import worker
from catdog_gui.widgets import show_in_folder as shower
from catdog_gui.widgets.show_in_folder import PlaceDialog, show_in_folder
from tests.gui.pseudo import cut_off, untranslated
from tests.gui.seen import button

linux = pytest.mark.skipif(sys.platform != "linux", reason="the command is that of Linux")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "photos" / "a.jpg"
    path.parent.mkdir()
    path.write_bytes(b"x")
    return path


def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Be a system whose xdg-open does this."""
    program = tmp_path / "bin" / "xdg-open"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


def dialogs() -> list[PlaceDialog]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, PlaceDialog) and one.isVisible()]


@linux
def test_the_folder_is_opened(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    command(tmp_path, monkeypatch, f'echo "$1" > {tmp_path}/opened')
    show_in_folder(file)
    qtbot.waitUntil(lambda: worker.running_count() == 0)
    assert (tmp_path / "opened").read_text(encoding="utf-8").strip() == str(file.parent)
    assert not dialogs()


@linux
def test_a_file_manager_that_stays_open_is_left_alone(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(shower, "_PATIENCE_S", 0.05)
    command(tmp_path, monkeypatch, "exec cat /dev/zero > /dev/null")
    show_in_folder(file)
    qtbot.waitUntil(lambda: worker.running_count() == 0)
    assert not dialogs()
    (manager,) = shower.file_managers
    assert manager.poll() is None
    manager.kill()
    manager.wait()


@linux
def test_without_a_file_manager_the_path_is_shown_and_copied(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    command(tmp_path, monkeypatch, "exit 3")
    show_in_folder(file)
    qtbot.waitUntil(lambda: len(dialogs()) == 1)
    (dialog,) = dialogs()
    assert dialog.place.text() == str(file)
    button(dialog, "Copy path").click()
    assert QGuiApplication.clipboard().text() == str(file)
    qtbot.waitUntil(lambda: not dialogs())


@linux
@pytest.mark.parametrize("works", [True, False])
def test_a_system_without_the_command_is_asked_through_qt(
    file: Path, monkeypatch: pytest.MonkeyPatch, *, works: bool
) -> None:
    asked: list[QUrl] = []
    monkeypatch.setattr(shower.shutil, "which", lambda _name: None)
    monkeypatch.setattr(shower.QDesktopServices, "openUrl", lambda url: asked.append(url) or works)
    show_in_folder(file)
    assert asked == [QUrl.fromLocalFile(str(file.parent))]
    assert len(dialogs()) == (0 if works else 1)
    for dialog in dialogs():
        dialog.close()


def test_a_file_whose_folder_is_gone_is_named(tmp_path: Path) -> None:
    show_in_folder(tmp_path / "gone" / "a.jpg")
    (dialog,) = dialogs()
    assert dialog.place.text() == str(tmp_path / "gone" / "a.jpg")
    dialog.close()


def test_it_is_ready_for_other_languages(pseudo: None, file: Path, qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    for path in (file, file.parent / "gone.jpg"):
        dialog = PlaceDialog(path, owner)
        dialog.show()
        QApplication.processEvents()
        assert untranslated(dialog, str(path)) == []
        assert cut_off(dialog) == []
        dialog.close()
