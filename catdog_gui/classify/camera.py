"""Opens the page of the model in use in the browser, which has the camera.

Qt's own way to a camera would add 23 MB to the program (8 MB packed): FFmpeg's libraries for the most part.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QLocale, QStandardPaths
from PySide6.QtWidgets import QWidget

from catdog_gui import worker
from catdog_gui.look.language import tr, translated
from catdog_gui.state.context import Context
from catdog_gui.state.engine import kept_page
from catdog_gui.widgets.show_in_folder import open_file
from trainer.files.paths import cache_folder

_SNAPS = Path("/var/lib/snapd/desktop/applications")


def open_camera(context: Context, parent: QWidget) -> None:
    """Make the page of the model in use, unless it was made before, and open it."""
    model, folder, language = context.current_model, pages_folder(), QLocale().bcp47Name()
    if model is None:
        context.say(tr("The camera needs a model: train one, or open a model file."))
        return
    task = worker.start(
        lambda _emit, _control: kept_page(model, folder, say=translated, language=language), parent=parent
    )
    task.succeeded.connect(open_file)
    task.succeeded.connect(lambda _page: context.say(tr("The browser shows a page with the camera.")))
    task.failed.connect(context.report)
    context.say(tr("Getting the page with the camera ready…"))


def pages_folder() -> Path:
    """Return where pages are kept."""
    if sys.platform == "linux" and _SNAPS.is_dir():  # browsers in snaps see no hidden folders, such as the cache's
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return Path(documents) / "CatDog"
    return cache_folder() / "pages"
