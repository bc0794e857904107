"""Several photos at once: as a grid or as a table, with one selection and one place for both."""

from typing import Literal, get_args

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractItemView, QWidget

from catdog_gui.classify.photo_gestures import PhotoGestures
from catdog_gui.classify.photo_grid import PhotoGrid
from catdog_gui.classify.photo_selection import PhotoSelection
from catdog_gui.classify.photo_table import PhotoTable
from catdog_gui.classify.session.photo_list import PhotoList
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.state.settings import Settings
from catdog_gui.widgets.current_stack import CurrentStack
from catdog_gui.widgets.photos.images import load_thumbnail
from catdog_gui.widgets.photos.thumbnails import Thumbnails

Look = Literal["grid", "table"]
_NOTE = "classify/look"
# Cards are 184 x 132 pixels at 100 %; this is enough for screens at 200 %.
_SIDE = 400


class SeveralPhotos(CurrentStack):
    """Says what is wanted in whichever of the two is shown; which one that is, the settings remember."""

    opened = Signal(object)  # the signals of PhotoGestures
    acted = Signal()
    scrolled = Signal()
    remove_wanted = Signal(list)
    copy_wanted = Signal(list)
    drag_wanted = Signal(list)
    menu_wanted = Signal(list, QPoint)
    order_wanted = Signal(str, bool)
    """A heading was clicked: the order, and whether it is reversed."""
    laid_out = Signal()
    """There is more or less to scroll than before."""

    def __init__(self, photos: PhotoList, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photos, self._settings = photos, settings
        self._thumbnails = Thumbnails(self)
        self.selection = PhotoSelection(photos)
        self.grid = PhotoGrid(photos, self.selection, self._thumbnail)
        self.table = PhotoTable(photos, self.selection, self._thumbnail)
        self._thumbnails.ready.connect(self._show_thumbnail)
        for view in (self.grid, self.table):
            self.addWidget(view)
            self._join(view.gestures)
            view.verticalScrollBar().rangeChanged.connect(self.laid_out, Qt.ConnectionType.QueuedConnection)
        self.table.order_wanted.connect(self.order_wanted)
        self.show_as("table" if settings.note(_NOTE) == "table" else "grid")

    @property
    def look(self) -> Look:
        """Which of the two is shown."""
        return get_args(Look)[self.currentIndex()]  # type: ignore[no-any-return]  # of the literal above

    @property
    def view(self) -> PhotoGrid | PhotoTable:
        """What is shown of the two."""
        return self.table if self.look == "table" else self.grid

    def show_as(self, look: Look) -> None:
        """Show the grid or the table, at the current photo."""
        had_focus = self.view.hasFocus()
        self.setCurrentIndex(get_args(Look).index(look))
        self.setFocusProxy(self.view)
        self._settings.set_note(_NOTE, look)
        if had_focus:
            self.view.setFocus()
        current = self.selection.currentIndex()
        if current.isValid():
            self.view.scrollTo(current, QAbstractItemView.ScrollHint.PositionAtCenter)

    def reveal(self, photo: SessionPhoto) -> None:
        """Select a photo and scroll to it: as far up as it goes, so that those after it are in sight too."""
        index = self._photos.row_of(photo)
        if index.isValid():
            self.choose(index)
            self.view.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)

    def keep_in_sight(self, photo: SessionPhoto) -> None:
        """Scroll to a photo, and select it where it is not the current one any more."""
        index = self._photos.row_of(photo)
        if index.isValid():
            if self.selection.current is not photo:
                self.choose(index)
            self.view.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)

    def choose(self, index: QModelIndex) -> None:
        """Select one photo alone."""
        self.selection.choose(index)

    def say_nothing_here(self, words: str) -> None:
        """Show these words while there is no photo."""
        self.grid.say_nothing_here(words)
        self.table.say_nothing_here(words)

    def close_thumbnails(self) -> None:
        """Make no more thumbnails."""
        self._thumbnails.close()

    def _show_thumbnail(self, number: int) -> None:
        # Only that photo: to draw all of them asks for all images again, also for those that memory had no room for.
        self.view.update(self._photos.index_of(number))

    def _thumbnail(self, photo: SessionPhoto) -> QImage | None:
        source = photo.source
        return self._thumbnails.get(photo.number, lambda: load_thumbnail(source, _SIDE))

    def _join(self, gestures: PhotoGestures) -> None:
        gestures.opened.connect(self.opened)
        gestures.acted.connect(self.acted)
        gestures.scrolled.connect(self.scrolled)
        gestures.remove_wanted.connect(self.remove_wanted)
        gestures.copy_wanted.connect(self.copy_wanted)
        gestures.drag_wanted.connect(self.drag_wanted)
        gestures.menu_wanted.connect(self.menu_wanted)
