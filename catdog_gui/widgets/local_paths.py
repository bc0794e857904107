"""The files and folders that are dragged or pasted."""

from pathlib import Path

from PySide6.QtCore import QMimeData


def local_paths(data: QMimeData) -> list[Path]:
    """Return those on this computer. What no system can have as a path (none at all, NUL within) is left out."""
    names = [url.toLocalFile() for url in data.urls() if url.isLocalFile()] if data.hasUrls() else []
    return [Path(name) for name in names if name and "\0" not in name]
