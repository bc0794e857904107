"""What may be dropped on the window, whichever page it shows: a model file, photos, and folders.

Pages with drops of their own keep them; only a model file means the same everywhere.
"""

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from catdog_gui.classify.drop_zone import DropZone
from catdog_gui.classify.session import photo_intake
from catdog_gui.classify.session.photo_intake import Offer
from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.state.context import PageName
from catdog_gui.widgets.local_paths import local_paths
from trainer.files.kinds import is_folder

_MODEL_ENDING = ".safetensors"
# Written here once more: what reads these files is not loaded before the first paint.
_DATASET_ENDINGS = frozenset({".zip", ".labels", ".csv"})
Kind = Literal["model", "photos", "dataset"]
_OWN_PHOTOS: frozenset[PageName] = frozenset({"data", "evaluate"})
"""On these pages photos mean something else than to be classified."""


class WindowDrops(QObject):
    """Handles drags over the window, and shows what a drop would do."""

    model_dropped = Signal(object)  # Path
    photos_dropped = Signal(object)  # Intake
    dataset_dropped = Signal(object)
    """The QDropEvent itself, which the Data page knows how to take."""

    def __init__(self, window: QWidget, pages: QWidget) -> None:
        super().__init__(window)
        self._window, self._pages = window, pages
        self._page: PageName = "classify"
        self._kind: Kind | None = None
        self.overlay = DropZone("", "", pages)
        self.overlay.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.overlay.hide()
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def watch(self, page: QWidget) -> None:
        """Take model files from a page with drops of its own."""
        page.installEventFilter(self)

    def show_page(self, name: PageName) -> None:
        """Know which page is shown: it decides what a drop means."""
        self._page = name

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle the drag events."""
        kind = event.type()
        if kind == QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent):
            return self._enter(watched, event)
        if self._kind is None:
            return super().eventFilter(watched, event)
        if kind == QEvent.Type.DragMove and isinstance(event, QDragMoveEvent):
            _accept(event)
            return True
        if kind == QEvent.Type.DragLeave:
            self._end()
            return True
        if kind == QEvent.Type.Drop and isinstance(event, QDropEvent):
            _accept(event)
            self._drop(event)
            return True
        return super().eventFilter(watched, event)

    def _enter(self, watched: QObject, event: QDragEnterEvent) -> bool:
        if event.source() is not None:  # dragged out of this window
            return super().eventFilter(watched, event)
        mime = event.mimeData()
        on_page = watched is not self._window
        self._kind = "model" if _model(mime) is not None else None if on_page else self._meaning(mime)
        if self._kind is None:
            self._end()
            return super().eventFilter(watched, event)
        self._show(self._kind, mime)
        _accept(event)
        return True

    def _meaning(self, mime: QMimeData) -> Kind | None:
        """Say what else a drop means on the page that is shown; None where it means nothing."""
        if self._page == "train" and _datasets(mime):
            return "dataset"
        if self._page not in _OWN_PHOTOS and photo_intake.offer(mime).accepted:
            return "photos"
        return None

    def _show(self, kind: Kind, mime: QMimeData) -> None:
        paths = local_paths(mime)
        if kind == "photos":
            offer = photo_intake.offer(mime)
        elif kind == "model":
            offer = Offer(text=tr("Drop to open the model {name}", name=paths[0].name), accepted=True)
        elif len(paths) == 1:
            offer = Offer(text=tr("Drop to open the photos in {name}", name=paths[0].name), accepted=True)
        else:
            offer = Offer(text=tr("Drop to open these photos on the Data page"), accepted=True)
        self.overlay.show_offer(offer)
        shown = self._pages.visibleRegion().boundingRect()  # where the page is scrolled, not all of it
        self.overlay.setGeometry(shown.adjusted(theme.S, theme.S, -theme.S, -theme.S))
        self.overlay.show()
        self.overlay.raise_()

    def _drop(self, event: QDropEvent) -> None:
        kind = self._kind
        self._end()
        if kind == "model":
            self.model_dropped.emit(_model(event.mimeData()))
        elif kind == "dataset":
            self.dataset_dropped.emit(event)
        else:
            self.photos_dropped.emit(photo_intake.take(event.mimeData()))

    def _end(self) -> None:
        self._kind = None
        self.overlay.hide()


def _accept(event: QDropEvent) -> None:
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def _model(mime: QMimeData) -> Path | None:
    paths = local_paths(mime)
    alone = len(paths) == 1 and paths[0].suffix.lower() == _MODEL_ENDING and not is_folder(paths[0])
    return paths[0] if alone else None


def _datasets(mime: QMimeData) -> bool:
    """Say whether only what can be a dataset is dragged."""
    paths = local_paths(mime)
    return bool(paths) and all(is_folder(path) or path.suffix.lower() in _DATASET_ENDINGS for path in paths)
