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
    """Let the user choose a zip, a table or a file of labels; None where the dialog is cancelled."""
    start = str(settings.last_folder(_PURPOSE))
    name, _ = QFileDialog.getOpenFileName(parent, tr("Choose a zip or a table"), start, _filters())
    return _chosen(name, settings)


def _filters() -> str:
    return f"{tr('Zip files')} (*.zip);;{tr('Tables of paths and classes')} (*.csv);;{tr('Labels')} (*.labels)"


def _chosen(name: str, settings: Settings) -> Path | None:
    if not name:
        return None
    settings.remember_folder(_PURPOSE, Path(name).parent)
    return Path(name)
