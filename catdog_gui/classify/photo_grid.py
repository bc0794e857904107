"""The photos of the session as a grid of cards."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from catdog_gui.classify.photo_card import PhotoCard
from catdog_gui.classify.session.photo_list import PhotoList, Role
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.widgets.photos.images import load_thumbnail
from catdog_gui.widgets.photos.thumbnails import Thumbnails

# Cards are 184 x 132 pixels at 100 %; this is enough for screens at 200 %.
_SIDE = 400
_OPENING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_CHOOSING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class PhotoGrid(QListView):
    """A click opens a card; with Ctrl or Shift it chooses several, as the arrow keys do with Shift."""

    opened = Signal(object)  # SessionPhoto
    acted = Signal()
    """The user has pressed a key or a button of the mouse here."""
    scrolled = Signal()
    """The user has scrolled, with the wheel or the bar."""
    remove_wanted = Signal(list)  # list[SessionPhoto]
    copy_wanted = Signal(list)
    menu_wanted = Signal(list, QPoint)
    """For these photos, at this place of the screen."""

    def __init__(self, photos: PhotoList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photos = photos
        self._nothing = ""
        self._pressed = QPoint()
        self._thumbnails = Thumbnails(self)
        # Only that card: to draw all of them asks for all images again, also for those that memory had no room for.
        self._thumbnails.ready.connect(lambda number: self.update(photos.index_of(number)))
        self.setModel(photos)
        self._cards = PhotoCard(self._thumbnail, self)
        self.setItemDelegate(self._cards)
        self.setProperty("plain", True)
        self.setAccessibleName(tr("Photos with their verdicts"))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        # The bar has its place always, since the cards' width depends on it, and a handle where there is more.
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(lambda first, last: bar.setEnabled(last > first))
        bar.actionTriggered.connect(lambda _action: self.scrolled.emit())
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        theme.theme().changed.connect(self.viewport().update)

    def close_thumbnails(self) -> None:
        """Make no more thumbnails."""
        self._thumbnails.close()

    @property
    def chosen(self) -> list[SessionPhoto]:
        """The selected photos, row by row; else the current one."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        if not rows and self.currentIndex().isValid():
            rows = [self.currentIndex().row()]
        return [self._photos.shown[row] for row in rows]

    def reveal(self, photo: SessionPhoto) -> None:
        """Select a photo and scroll to it: as far up as it goes, so that those after it are in sight too."""
        index = self._photos.row_of(photo)
        if index.isValid():
            self.choose(index)
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)

    def choose(self, index: QModelIndex) -> None:
        """Select one card alone; `setCurrentIndex` would add it to the selection where Ctrl is held, as for Ctrl+Z."""
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def say_nothing_here(self, words: str) -> None:
        """Show these words while there is no card."""
        self._nothing = words
        self.setAccessibleDescription(words)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the width among as many cards as fit."""
        self.setGridSize(self._cards.fit(self.viewport().width(), self.fontMetrics()))
        super().resizeEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Have a current card, which shows where the focus is."""
        super().focusInEvent(event)
        if (
            not self.currentIndex().isValid()
            and self._photos.rowCount()
            and event.reason() != Qt.FocusReason.MouseFocusReason
        ):
            self.choose(self._photos.index(0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open, copy or remove what is selected."""
        self.acted.emit()
        index = self.currentIndex()
        if event.key() in _OPENING and index.isValid() and not event.modifiers() & _CHOOSING:
            self.opened.emit(index.data(Role.PHOTO))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not event.modifiers() and self.chosen:
            self.remove_wanted.emit(self.chosen)
        elif event.matches(QKeySequence.StandardKey.Copy) and self.chosen:
            self.copy_wanted.emit(self.chosen)
        elif event.key() == Qt.Key.Key_F10 and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._ask_for_menu()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select."""
        self.acted.emit()
        self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the card that was clicked."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers() & _CHOOSING
        if plain and index.isValid() and index == self.indexAt(self._pressed):
            self.opened.emit(index.data(Role.PHOTO))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the selected photos."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._ask_for_menu()
        elif self.indexAt(event.pos()).isValid() and self.chosen:  # the press has selected it
            self.menu_wanted.emit(self.chosen, event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cards, or say that there is none."""
        super().paintEvent(event)
        if self._nothing and not self._photos.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(theme.colour("muted"))
            room = self.viewport().rect().adjusted(theme.XL, theme.XL, -theme.XL, -theme.XL)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._nothing)
            painter.end()

    def _ask_for_menu(self) -> None:
        if self.chosen:
            place = self.visualRect(self.currentIndex()).center()
            self.menu_wanted.emit(self.chosen, self.viewport().mapToGlobal(place))

    def _thumbnail(self, photo: SessionPhoto) -> QImage | None:
        source = photo.source
        return self._thumbnails.get(photo.number, lambda: load_thumbnail(source, _SIDE))
