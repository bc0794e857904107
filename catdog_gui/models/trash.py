"""The system's trash, through Qt."""

from pathlib import Path

from PySide6.QtCore import QFile

from trainer.core.errors import DiskError
from trainer.core.text import text


def move_to_trash(path: Path) -> None:
    """Move a file or a folder to the system's trash. It may take a while. Raises DiskError."""
    if not QFile.moveToTrash(str(path)):
        raise DiskError(
            text("{path} could not be moved to the trash.", path=str(path)),
            remedy=text("Delete it in the file manager."),
            path=path,
        )
