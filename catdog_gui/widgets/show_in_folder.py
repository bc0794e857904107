"""Show a file in the system's file manager, or say where it is if there is none."""

import shutil
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from catdog_gui import worker
from catdog_gui.look import theme
from catdog_gui.look.language import tr
from trainer.files.kinds import exists, is_folder

_PATIENCE_S = 3.0
"""An `xdg-open` that finds no file manager ends sooner; one that is still running by then shows a folder."""
_WIDTH = 520
file_managers: list[subprocess.Popen[bytes]] = []
"""Those that are open, perhaps: a Popen that is forgotten before its end leaves a zombie."""
_places: set["PlaceDialog"] = set()
"""Those that are open: without a window to belong to, nothing else keeps them."""


def show_in_folder(path: Path) -> None:
    """Open the folder that holds `path`, with the file selected where the system can.

    Returns at once. Where that fails, a window shows the path, which can be copied.
    """
    folder = path if is_folder(path) else path.parent
    if not is_folder(folder):
        _say_where(path)
    elif sys.platform not in ("win32", "darwin") and shutil.which("xdg-open") is None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            _say_where(path)
    else:
        app = QApplication.instance()
        assert app is not None
        task = worker.start(lambda _emit, _control: _open(path, folder), parent=app)
        task.succeeded.connect(lambda opened: None if opened else _say_where(path))
        task.failed.connect(lambda _error: _say_where(path))


def _open(path: Path, folder: Path) -> bool:
    if sys.platform == "win32":
        return subprocess.run(["explorer", "/select,", str(path)], check=False).returncode in (0, 1)  # noqa: S603, S607
    if sys.platform == "darwin":
        return subprocess.run(["open", "-R", str(path)], check=False).returncode == 0  # noqa: S603, S607
    file_managers[:] = [one for one in file_managers if one.poll() is None]
    # In a session of its own, so that it stays when CatDog is closed.
    process = subprocess.Popen(  # noqa: S603 - no shell, and nothing but a folder's path
        ["xdg-open", str(folder)],  # noqa: S607 - wherever the system has it
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(_PATIENCE_S) == 0
    except subprocess.TimeoutExpired:
        file_managers.append(process)
        return True


def _say_where(path: Path) -> None:
    dialog = PlaceDialog(path, QApplication.activeWindow())
    _places.add(dialog)
    dialog.finished.connect(lambda _code: _places.discard(dialog))
    dialog.open()


class PlaceDialog(QDialog):
    """Says where a file is, where no file manager can show it."""

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Show in folder"))
        there = exists(path)
        why = tr("No file manager could be opened. The file is here:") if there else tr("This file is gone:")
        label = QLabel(why)
        label.setWordWrap(True)
        self.place = QLineEdit(str(path))
        self.place.setReadOnly(True)
        self.place.setAccessibleName(tr("Path of the file"))
        self.place.setCursorPosition(0)
        copy = QPushButton(tr("Copy path"))
        copy.setIcon(theme.icon("copy", "text"))
        copy.clicked.connect(self._copy)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(copy)
        buttons.addWidget(close)
        close.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.XL, theme.L, theme.XL, theme.L)
        layout.setSpacing(theme.M)
        layout.addWidget(label)
        layout.addWidget(self.place)
        layout.addLayout(buttons)
        self.resize(_WIDTH, self.sizeHint().height())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.place.text())
        self.close()


def open_file(file: Path) -> None:
    """Open a file in the system's program for its kind, such as the browser, or at least show where it is."""
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(file))):
        show_in_folder(file)
