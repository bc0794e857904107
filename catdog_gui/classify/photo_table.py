"""The photos of the session as a table: a row a photo, sorted by a click on a heading."""

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QImage, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from catdog_gui.classify.photo_cell import PhotoCell
from catdog_gui.classify.photo_gestures import PhotoGestures, paint_nothing
from catdog_gui.classify.photo_selection import PhotoSelection
from catdog_gui.classify.session.photo_columns import CLASS, COLUMNS, FOLDER, NAME, PROBABILITY, REASON
from catdog_gui.classify.session.photo_list import PhotoList
from catdog_gui.classify.session.photo_query import PhotoQuery
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.look import theme
from catdog_gui.look.language import tr

# Of the width that class and probability leave.
_SHARES = {NAME: 0.36, REASON: 0.38, FOLDER: 0.26}
_LARGEST_SHARE = 0.2


class PhotoTable(QTableView):
    """A click selects a row, as in every table; a double click or Enter opens the photo large."""

    order_wanted = Signal(str, bool)  # Order, reversed

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
        self._has_own_widths = False
        self.setModel(photos)
        self.gestures = PhotoGestures(self, selection, opens_by_click=False)
        self.setItemDelegate(PhotoCell(thumbnail, self))
        self.setAccessibleName(tr("Table of the photos with their verdicts"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)  # Tab leaves the table, the arrow keys move in it
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(PhotoCell.row_height(self))
        self.verticalHeader().setDefaultSectionSize(PhotoCell.row_height(self))
        self._prepare_headings()
        theme.theme().changed.connect(self.viewport().update)

    def show_order(self, query: PhotoQuery) -> None:
        """Mark the heading by which the photos are sorted."""
        header = self.horizontalHeader()
        column = next((place for place, column in enumerate(COLUMNS) if column.order == query.order), -1)
        falling = column >= 0 and COLUMNS[column].surest_first != query.reverse
        header.setSortIndicatorShown(column >= 0)
        header.setSortIndicator(column, Qt.SortOrder.DescendingOrder if falling else Qt.SortOrder.AscendingOrder)

    def say_nothing_here(self, words: str) -> None:
        """Show these words while there is no row."""
        self._nothing = words
        self.setAccessibleDescription(words)
        self.viewport().update()

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Go to the first and the last photo by Home and End: Qt's table would stay in the row."""
        last = self._photos.rowCount() - 1
        if action == QAbstractItemView.CursorAction.MoveHome and last >= 0:
            return self._photos.index(0, 0)
        if action == QAbstractItemView.CursorAction.MoveEnd and last >= 0:
            return self._photos.index(last, 0)
        return super().moveCursor(action, modifiers)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out among the columns, until the user has given them widths."""
        super().resizeEvent(event)
        self._share_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, or say that there is none."""
        super().paintEvent(event)
        if self._nothing and not self._photos.rowCount():
            paint_nothing(self, self._nothing)

    def _prepare_headings(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        # One of its own: a heading would ask each of 10,000 rows whether it is selected, whenever it is drawn.
        header.setSelectionModel(QItemSelectionModel(self._photos, header))
        header.setSectionsClickable(True)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(48)
        header.sectionClicked.connect(self._on_heading)
        header.sectionDoubleClicked.connect(self._on_heading)  # else the second of two quick clicks would do nothing
        header.sectionResized.connect(self._on_resized)
        self._sharing = False

    def _on_heading(self, column: int) -> None:
        query, order = self._photos.query, COLUMNS[column].order
        self.order_wanted.emit(order, query.order == order and not query.reverse)

    def _on_resized(self, column: int, _before: int, _after: int) -> None:
        # The last one changes by itself, to fill the width.
        self._has_own_widths = self._has_own_widths or (not self._sharing and column != FOLDER)

    def _share_out(self) -> None:
        if self._has_own_widths:
            return
        self._sharing = True
        width = self.viewport().width()
        header = self.horizontalHeader()
        left = width
        for column in (CLASS, PROBABILITY):
            needed = max(PhotoCell.usual_width(self, column), header.sectionSizeHint(column))
            taken = min(needed, round(_LARGEST_SHARE * width))
            header.resizeSection(column, taken)
            left -= taken
        for column in (NAME, REASON):
            header.resizeSection(column, round(_SHARES[column] * left))
        self._sharing = False
