"""The window as it is after its start, with a home of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from catdog_gui.look import theme
from catdog_gui.shell.main_window import MainWindow
from catdog_gui.state.context import Context
from catdog_gui.state.error_center import ErrorCenter


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[None]:
    monkeypatch.setenv("CATDOG_HOME", str(tmp_path / "home"))
    yield
    theme.apply(qapp, "light")


@pytest.fixture
def window(context: Context, qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow(context, ErrorCenter())
    window.pages.allow_others()
    window.show()
    yield window
    context.run_controller.stop()
    qtbot.waitUntil(lambda: not context.run_controller.running)  # or closing would ask, and wait for ever
    window.close()
    window.deleteLater()


@pytest.fixture(scope="session")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of 40 drawings, a folder for each class."""
    from trainer.drawings.samples import draw_dataset

    folder = tmp_path_factory.mktemp("drawings")
    draw_dataset(folder, count=40)
    return folder
