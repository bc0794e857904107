"""The system's dialogs for choosing a dataset, which begin in the folder of the last one."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from catdog_gui.look.language import tr
from catdog_gui.state.settings import Settings

_PURPOSE = "dataset"


def choose_folder(parent: QWidget, settings: Settings) -> Path | None:
    """Let the user choose a folder of photos; None where the dialog is cancelled."""
    start = str(settings.last_folder(_PURPOSE))
    return _chosen(QFileDialog.getExistingDirectory(parent, tr("Choose a folder of photos"), start), settings)


def choose_zip(parent: QWidget, settings: Settings) -> Path | None:
    """Let the user choose a zip of photos; None where the dialog is cancelled."""
    start = str(settings.last_folder(_PURPOSE))
    name, _ = QFileDialog.getOpenFileName(parent, tr("Choose a zip of photos"), start, tr("Zip files") + " (*.zip)")
    return _chosen(name, settings)


def _chosen(name: str, settings: Settings) -> Path | None:
    if not name:
        return None
    settings.remember_folder(_PURPOSE, Path(name).parent)
    return Path(name)
