"""Rows of photos as a Qt model that tells views which of them go, come and move, so that views keep their place."""

from collections.abc import Iterable
from itertools import groupby

from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex

from catdog_gui.classify.session.session_photo import SessionPhoto

Index = QModelIndex | QPersistentModelIndex
NO_PARENT = QModelIndex()
# Each run of rows that comes or goes costs about a millisecond in 10,000 photos. Of more, views are told at once.
_MOST_RUNS = 8
# With this hint a selection remembers the rows, and not every cell of them.
_WITH_HINT = "QList<QPersistentModelIndex>,QAbstractItemModel::LayoutChangeHint"
_ROWS_ALONE = QAbstractItemModel.LayoutChangeHint.VerticalSortHint


class ShownRows(QAbstractTableModel):
    """One row a photo. The list of photos is given whole each time, and never by a reset: a selection outlives it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown: list[SessionPhoto] = []
        self._rows: dict[int, int] = {}

    @property
    def shown(self) -> list[SessionPhoto]:
        """The photos row by row. Not to be changed."""
        return self._shown

    def index_of(self, number: int) -> QModelIndex:
        """Return where the photo of that number is; invalid where it is not shown."""
        row = self._rows.get(number)
        return QModelIndex() if row is None else self.index(row, 0)

    def row_of(self, photo: SessionPhoto) -> QModelIndex:
        """Return where a photo is; invalid where it is not shown."""
        return self.index_of(photo.number)

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Return the number of photos that are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def _show(self, wanted: list[SessionPhoto]) -> None:
        """Show these photos in this order."""
        if wanted == self._shown:
            return
        staying = {photo.number for photo in wanted}
        leave, enter = not self._rows.keys() <= staying, not staying <= self._rows.keys()
        going = _runs(photo.number not in staying for photo in self._shown) if leave else []
        if len(going) > _MOST_RUNS:
            rest = [photo for photo in self._shown if photo.number not in staying]
            stay = [photo for photo in self._shown if photo.number in staying]
            self._move(stay + rest)
            going = [(len(stay), len(self._shown) - 1)]
        for first, last in reversed(going):
            self.beginRemoveRows(NO_PARENT, first, last)
            self._set_shown(self._shown[:first] + self._shown[last + 1 :])
            self.endRemoveRows()
        coming = _runs(photo.number not in self._rows for photo in wanted) if enter else []
        if len(coming) > _MOST_RUNS:
            new = [photo for photo in wanted if photo.number not in self._rows]
            self._insert(len(self._shown), new)
            self._move(wanted)
            return
        self._move([photo for photo in wanted if photo.number in self._rows])
        for first, last in coming:
            self._insert(first, wanted[first : last + 1])

    def _insert(self, row: int, photos: list[SessionPhoto]) -> None:
        self.beginInsertRows(NO_PARENT, row, row + len(photos) - 1)
        self._set_shown(self._shown[:row] + photos + self._shown[row:])
        self.endInsertRows()

    def _move(self, photos: list[SessionPhoto]) -> None:
        """Show the same photos in another order."""
        if photos == self._shown:
            return
        self.layoutAboutToBeChanged[_WITH_HINT].emit([], _ROWS_ALONE)  # type: ignore[index]  # the stubs know no overloads
        before = self.persistentIndexList()
        held = [(self._shown[index.row()].number, index.column()) for index in before]
        self._set_shown(photos)
        self.changePersistentIndexList(before, [self.index(self._rows[number], column) for number, column in held])
        self.layoutChanged[_WITH_HINT].emit([], _ROWS_ALONE)  # type: ignore[index]  # the stubs know no overloads

    def _changed(self, numbers: Iterable[int]) -> None:
        """Tell views of changed photos: of few one by one, of many by the rows that they lie in."""
        rows = [self._rows[number] for number in numbers if number in self._rows]
        if not rows:
            return
        spans = [(row, row) for row in rows] if len(rows) <= 2 else [(min(rows), max(rows))]
        for first, last in spans:
            self.dataChanged.emit(self.index(first, 0), self.index(last, self.columnCount() - 1))

    def _set_shown(self, photos: list[SessionPhoto]) -> None:
        self._shown = photos
        self._rows = {photo.number: row for row, photo in enumerate(photos)}


def _runs(flags: Iterable[bool]) -> list[tuple[int, int]]:
    """Return the first and last place of each run of true flags."""
    runs = []
    place = 0
    for value, group in groupby(flags):
        length = sum(1 for _ in group)
        if value:
            runs.append((place, place + length - 1))
        place += length
    return runs
