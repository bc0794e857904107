"""Photos of a dataset as tiles: a strip or a grid that works with tens of thousands of them."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFocusEvent, QImage, QPainter, QPainterPath, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.look.words import plain_tooltip
from catdog_gui.widgets.photos.fitting import fitted, shortened
from catdog_gui.widgets.photos.images import Unreadable
from catdog_gui.widgets.photos.thumbnails import Thumbnails

Index = QModelIndex | QPersistentModelIndex
_ROLE = int(Qt.ItemDataRole.UserRole)
_RADIUS = 8
_DETAIL_LINES = 2
# Sharp on screens of up to 200 %; more would waste memory on most screens.
_SHARPNESS = 2


class Tile(msgspec.Struct, frozen=True):
    """One photo with what is written under it."""

    path: str
    caption: str
    note: str = ""
    class_index: int | None = None
    """Whose colour the note is marked with."""
    detail: str = ""
    """A sentence for two more lines, as much of it as fits; all of it is in the tooltip."""
    story: str = ""
    """What a larger view says of the photo, instead of note and detail."""
    hint: str = ""
    """What only the tooltip says, besides all of that."""

    @property
    def lines(self) -> int:
        """How many lines of words it has."""
        return bool(self.caption) + bool(self.note) + (_DETAIL_LINES if self.detail else 0)

    @property
    def words(self) -> str:
        """All of them; of a photo without a caption, where it lies and what it is."""
        return " ".join(text for text in (self.caption or self.path, self.note, self.detail) if text)


class TilePhotos(Protocol):
    """Where the photos of tiles come from."""

    def loader(self, path: str, size: int) -> Callable[[], QImage | Unreadable]:
        """Return what makes a thumbnail whose longer side has `size` pixels, for a worker thread."""
        ...


class TileModel(QAbstractListModel):
    """Tiles of one dataset; a picture is loaded when its tile is first drawn."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.side = 96
        self.lines = 0
        """How many lines of words the tiles have at most: all are equally high."""
        self._tiles: Sequence[Tile] = ()
        self._rows: dict[str, int] = {}
        self._photos: TilePhotos | None = None
        self._thumbnails = Thumbnails(self)
        self._thumbnails.ready.connect(self._on_ready)

    def show_tiles(self, photos: TilePhotos | None, tiles: Sequence[Tile]) -> None:
        """Show other tiles."""
        self.beginResetModel()
        if photos is not self._photos:
            self._thumbnails.clear()
        self._photos, self._tiles = photos, tiles
        self._rows = {tile.path: row for row, tile in enumerate(tiles)}
        self.lines = max((tile.lines for tile in tiles), default=0)
        self.endResetModel()

    def change_tiles(self, tiles: Sequence[Tile]) -> None:
        """Say something else of the same photos, without losing what is selected."""
        self._tiles = tiles
        if tiles:
            self.dataChanged.emit(self.index(0), self.index(len(tiles) - 1))

    def tile(self, index: Index) -> Tile:
        """Return the tile of a row."""
        return self._tiles[index.row()]

    def row_of(self, tile: Tile) -> int:
        """Return the row of a tile."""
        return self._rows[tile.path]

    def image(self, index: Index) -> QImage | None:
        """Return the picture of a row, or None while it is being loaded."""
        if self._photos is None:
            return None
        path = self.tile(index).path
        return self._thumbnails.get(path, self._photos.loader(path, self.side * _SHARPNESS))

    def failure(self, index: Index) -> str | None:
        """Return why a row has no picture, as a sentence; None where it has one or waits for it."""
        failure = self._thumbnails.failed(self.tile(index).path)
        return translated(failure.sentence) if failure else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return the number of tiles."""
        return 0 if parent.isValid() else len(self._tiles)

    def data(self, index: Index, role: int = _ROLE) -> Any:
        """Return what views and screen readers ask for."""
        if not index.isValid():
            return None
        tile = self.tile(index)
        if role == Qt.ItemDataRole.ToolTipRole:
            said = self.failure(index) or " ".join(filter(None, (tile.note, tile.detail, tile.hint)))
            return plain_tooltip(f"{tile.path}\n{said}" if said else tile.path)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            failure = self.failure(index) if role == Qt.ItemDataRole.AccessibleTextRole else None
            return tr("{photo}: {reason}", photo=tile.caption, reason=failure) if failure else tile.words
        return None

    def close(self) -> None:
        """Stop loading pictures."""
        self._thumbnails.close()

    def _on_ready(self, path: str) -> None:
        row = self._rows.get(path)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index)


class _Painter(QStyledItemDelegate):
    """Draws a tile: the whole photo on a neutral square, its caption elided in the middle, its note."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        model = index.model()
        assert isinstance(model, TileModel)
        lines = model.lines
        height = lines * QWidget.fontMetrics(option.widget).height() if option.widget else 0
        return QSize(model.side + 8, model.side + 8 + (height + 4 if lines else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, TileModel)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = QRect(option.rect.left() + 4, option.rect.top() + 4, model.side, model.side)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(place), _RADIUS, _RADIUS)
        self._paint_photo(painter, place, shape, model, index)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if focused or option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(theme.colour("accent"), 3.5 if focused else 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(shape)
        self._paint_words(painter, place, model.tile(index), option.direction)
        painter.restore()

    def _paint_photo(
        self, painter: QPainter, place: QRect, shape: QPainterPath, model: TileModel, index: Index
    ) -> None:
        painter.fillPath(shape, theme.colour("sunken"))
        image = model.image(index)
        if image is not None:
            painter.setClipPath(shape)
            painter.drawImage(fitted(image.size(), QRectF(place)), image)
            painter.setClipping(False)
        elif model.failure(index) is not None:
            painter.setPen(theme.colour("muted"))
            within = place.adjusted(_RADIUS, 0, -_RADIUS, 0)
            painter.drawText(within, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, tr("Cannot be read"))

    def _paint_words(self, painter: QPainter, place: QRect, tile: Tile, direction: Qt.LayoutDirection) -> None:
        metrics = painter.fontMetrics()
        line = QRect(place.left(), place.bottom() + 4, place.width(), metrics.height())
        if tile.caption:
            painter.setPen(theme.colour("text"))
            elided = metrics.elidedText(tile.caption, Qt.TextElideMode.ElideMiddle, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft, elided)  # Qt mirrors it
            line.translate(0, metrics.height())
        if tile.note:
            self._paint_note(painter, line, tile, direction)
            line.translate(0, metrics.height())
        if tile.detail:
            painter.setPen(theme.colour("muted"))
            below = QRect(line.left(), line.top(), line.width(), _DETAIL_LINES * metrics.height())
            painter.drawText(below, Qt.TextFlag.TextWordWrap, shortened(tile.detail, metrics, below))

    def _paint_note(self, painter: QPainter, line: QRect, tile: Tile, direction: Qt.LayoutDirection) -> None:
        note = QRect(line)
        if tile.class_index is not None:
            dot = QRect(line.left(), line.center().y() - 3, 8, 8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.class_colour(tile.class_index)))
            painter.drawEllipse(QStyle.visualRect(direction, line, dot))
            note = QStyle.visualRect(direction, line, line.adjusted(13, 0, 0, 0))
        painter.setPen(theme.colour("muted"))
        elided = painter.fontMetrics().elidedText(tile.note, Qt.TextElideMode.ElideRight, note.width())
        painter.drawText(note, Qt.AlignmentFlag.AlignLeft, elided)


class PhotoTiles(QListView):
    """The view. `strip=True` is one row that scrolls sideways, else a grid that scrolls down."""

    tile_chosen = Signal(object)
    """The Tile that was clicked, or on which Enter was pressed."""

    def __init__(self, name: str, *, side: int = 96, strip: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.tiles = TileModel(self)
        self.tiles.side = side
        self.setModel(self.tiles)
        self.setItemDelegate(_Painter(self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setSpacing(2)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setProperty("plain", True)
        self.viewport().setAutoFillBackground(False)
        self.activated.connect(self._choose)
        self.clicked.connect(self._choose)
        self._strip = strip
        if strip:
            self.setFlow(QListView.Flow.LeftToRight)
            self.setWrapping(False)
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_tiles(self, photos: TilePhotos | None, tiles: Sequence[Tile]) -> None:
        """Show other photos."""
        self.tiles.show_tiles(photos, tiles)
        if self._strip:
            words = self.tiles.lines
            height = self.tiles.side + 12 + words * self.fontMetrics().height() + (4 if words else 0)
            self.setFixedHeight(height + self.horizontalScrollBar().sizeHint().height())
        self.scrollToTop()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Have a current tile, which shows where the focus is."""
        super().focusInEvent(event)
        by_mouse = event.reason() == Qt.FocusReason.MouseFocusReason
        if not by_mouse and not self.currentIndex().isValid() and self.tiles.rowCount():
            self.setCurrentIndex(self.tiles.index(0))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll where this is a strip, which only a sideways wheel scrolls."""
        if self._strip and event.angleDelta().x() == 0:
            event.ignore()
        else:
            super().wheelEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        self.tile_chosen.emit(self.tiles.tile(index))
