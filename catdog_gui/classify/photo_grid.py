"""The photos of the session as a grid of cards."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QListView, QWidget

from catdog_gui.classify.photo_card import PhotoCard
from catdog_gui.classify.photo_gestures import PhotoGestures, paint_nothing
from catdog_gui.classify.photo_selection import PhotoSelection
from catdog_gui.classify.session.photo_list import PhotoList
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.look import theme
from catdog_gui.look.language import tr


class PhotoGrid(QListView):
    """A click opens a card; with Ctrl or Shift it chooses several, as the arrow keys do with Shift."""

    def __init__(
        self,
        photos: PhotoList,
        selection: PhotoSelection,
        thumbnail: Callable[[SessionPhoto], QImage | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._photos = photos
        self._nothing = ""
        self.setModel(photos)
        self.gestures = PhotoGestures(self, selection, opens_by_click=True)
        self._cards = PhotoCard(thumbnail, self)
        self.setItemDelegate(self._cards)
        self.setProperty("plain", True)
        self.setAccessibleName(tr("Photos with their verdicts"))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        # The bar has its place always, since the cards' width depends on it, and a handle where there is more.
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(lambda first, last: bar.setEnabled(last > first))
        theme.theme().changed.connect(self.viewport().update)

    def say_nothing_here(self, words: str) -> None:
        """Show these words while there is no card."""
        self._nothing = words
        self.setAccessibleDescription(words)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the width among as many cards as fit."""
        self.setGridSize(self._cards.fit(self.viewport().width(), self.fontMetrics()))
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cards, or say that there is none."""
        super().paintEvent(event)
        if self._nothing and not self._photos.rowCount():
            paint_nothing(self, self._nothing)
