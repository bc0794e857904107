"""Show a file in the system's file manager."""

import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def show_in_folder(path: Path) -> bool:
    """Open the folder that holds `path`, with the file selected where the system can. False where that failed."""
    if sys.platform == "win32":
        return subprocess.run(["explorer", "/select,", str(path)], check=False).returncode in (0, 1)  # noqa: S603, S607
    if sys.platform == "darwin":
        return subprocess.run(["open", "-R", str(path)], check=False).returncode == 0  # noqa: S603, S607
    folder = path if path.is_dir() else path.parent
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
