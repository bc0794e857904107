"""The photos of the session as a grid of cards."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from catdog_gui.classify.photo_card import PhotoCard
from catdog_gui.classify.session.photo_list import PhotoList, Role, SessionPhoto
from catdog_gui.look import theme
from catdog_gui.widgets.photos.images import load_thumbnail
from catdog_gui.widgets.photos.thumbnails import Thumbnails

# Cards are 184 x 132 pixels at 100 %; this is enough for screens at 200 %.
_SIDE = 400


class PhotoGrid(QListView):
    """Emits `opened` for the card that is clicked, or on which Enter is pressed."""

    opened = Signal(object)  # SessionPhoto

    def __init__(self, photos: PhotoList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = Thumbnails(self)
        # Only that card: to draw all of them asks for all images again, also for those that memory had no room for.
        self._thumbnails.ready.connect(lambda number: self.update(photos.index_of(number)))
        self.setModel(photos)
        self._cards = PhotoCard(self._thumbnail, self)
        self.setItemDelegate(self._cards)
        self.setProperty("plain", True)
        self.setAccessibleName("Photos with their verdicts")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.clicked.connect(self._open)
        theme.theme().changed.connect(self.viewport().update)

    def close_thumbnails(self) -> None:
        """Make no more thumbnails."""
        self._thumbnails.close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the width among as many cards as fit."""
        self.setGridSize(self._cards.fit(self.viewport().width(), self.fontMetrics()))
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the current card."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(index.data(Role.PHOTO))

    def _thumbnail(self, photo: SessionPhoto) -> QImage | None:
        source = photo.source
        return self._thumbnails.get(photo.number, lambda: load_thumbnail(source, _SIDE))
