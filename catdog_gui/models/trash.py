"""The system's trash, through Qt."""

import sys
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QFile, QStandardPaths

from trainer.core.errors import DiskError
from trainer.core.text import text


class Trash:
    """Takes files and folders, and remembers those that it could not take."""

    def __init__(self) -> None:
        self.refused: set[Path] = set()

    def take(self, path: Path) -> None:
        """Move a file or a folder to the system's trash. It may take a while. Raises DiskError."""
        if _moves(path) or (_make_place() and _moves(path)):
            return
        self.refused.add(path)
        raise DiskError(
            text("{path} could not be moved to the trash.", path=str(path)),
            remedy=text("Delete it in the file manager."),
            path=path,
        )


def _moves(path: Path) -> bool:
    return bool(QFile.moveToTrash(str(path)))  # False alone, where it fails, although its type says a pair


def _make_place() -> bool:
    """Make the folder in which Linux keeps the trash, which a fresh account lacks; False where it is there."""
    if not sys.platform.startswith("linux"):
        return False
    folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation))
    if folder.is_dir():
        return False
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True)
    return folder.is_dir()
