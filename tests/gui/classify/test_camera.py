"""The camera: the page of the model in use is made once, and opened in the browser."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from catdog_gui.classify import camera
from catdog_gui.classify.page import ClassifyPage
from catdog_gui.state.context import Context
from trainer.core.results import ErrorRecord
from trainer.export.page_folder import HEAD_BYTES, is_page


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return what the browser was asked to open."""
    asked: list[Path] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(asked.append(Path(url.toLocalFile()))) or True)
    return asked


def press(page: ClassifyPage, qtbot: QtBot) -> None:
    button = next(each for each in page.zone.findChildren(QPushButton) if "camera" in each.text())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_page_is_made_once_and_opened(
    context: Context, finished_model: Path, opened: list[Path], tmp_path: Path, qtbot: QtBot
) -> None:
    context.use_model(finished_model)
    said: list[str] = []
    context.said.connect(said.append)
    page = ClassifyPage(context)
    qtbot.addWidget(page)
    page.show()
    for times in (1, 2):
        press(page, qtbot)
        qtbot.waitUntil(lambda: len(opened) == times, timeout=60_000)  # noqa: B023 - waited for here
    first, second = opened
    assert first == second
    assert is_page(first.read_bytes()[:HEAD_BYTES])
    assert len(list(first.parent.parent.iterdir())) == 1
    assert said[0] == "Getting the page with the camera ready…"
    assert said[-1] == "The browser shows a page with the camera."


def test_a_model_that_cannot_be_read_is_named(
    context: Context, opened: list[Path], tmp_path: Path, qtbot: QtBot
) -> None:
    broken = tmp_path / "model.safetensors"
    broken.write_bytes(b"nothing")
    context.use_model(broken)
    page = ClassifyPage(context)
    qtbot.addWidget(page)
    errors: list[ErrorRecord] = []
    context.error_reported.connect(errors.append)
    with qtbot.waitSignal(context.error_reported, timeout=60_000):
        page.use_camera()
    assert broken.name in errors[-1].sentence
    assert opened == []


def test_browsers_in_snaps_find_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(camera, "_SNAPS", tmp_path)
    monkeypatch.setattr(camera.sys, "platform", "linux")
    assert not [part for part in camera.pages_folder().parts if part.startswith(".")]
