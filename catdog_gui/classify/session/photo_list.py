"""The photos of this session as a Qt model: in the order in which they are shown, and only those that are asked for."""

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import IntEnum
from itertools import groupby
from pathlib import Path
from typing import Literal, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from catdog_gui.classify.session.session_photo import Kind, SessionPhoto
from catdog_gui.look.language import tr
from catdog_gui.look.words import plain_tooltip
from trainer.core.results import Prediction

Order = Literal["added", "class", "probability"]
Filter = Literal["all", "first", "second", "unsure", "unreadable"]
Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
# Each run of rows that comes or goes costs about a millisecond in 10,000 photos; beyond these, views begin anew.
_MOST_RUNS = 100


class NewPhoto(NamedTuple):
    """A photo before it is in the list."""

    name: str
    source: Path | QImage
    key: str = ""
    """See `SessionPhoto.key`."""


class Role(IntEnum):
    """What a view may ask for besides the text."""

    PHOTO = Qt.ItemDataRole.UserRole + 1
    MARK = Qt.ItemDataRole.UserRole + 2
    """A word or two on why the photo stands out, such as "New"; empty for most."""


class PhotoList(QAbstractListModel):
    """Length, iteration and `find` are of all photos, the rows are those that the filter shows.

    New photos come last, whatever the order, and verdicts change neither order nor filter, until `tidy` is called: a
    card should not jump about or vanish at every verdict. All is done with lists: a proxy model would ask Python for
    each of 130,000 comparisons of 10,000 photos.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.classes = ("cat", "dog")
        """Of the model that gave the last verdict."""
        self._order: Order = "added"
        self._filter: Filter = "all"
        self._held: SessionPhoto | None = None
        self._all: list[SessionPhoto] = []
        self._by_number: dict[int, SessionPhoto] = {}
        self._by_key: dict[str, SessionPhoto] = {}
        self._shown: list[SessionPhoto] = []
        self._rows: dict[int, int] = {}
        self._marks: dict[int, str] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, place: int) -> SessionPhoto:
        return self._all[place]

    def __iter__(self) -> Iterator[SessionPhoto]:
        return iter(self._all)

    def __contains__(self, photo: object) -> bool:
        return isinstance(photo, SessionPhoto) and photo.number in self._by_number

    @property
    def shown(self) -> list[SessionPhoto]:
        """The photos that the filter shows, row by row. Not to be changed."""
        return self._shown

    def find(self, key: str) -> SessionPhoto | None:
        """Return the photo with this key; None where there is none."""
        return self._by_key.get(key)

    def counts(self) -> Counter[Kind]:
        """Return how many photos there are of each kind."""
        return Counter(photo.kind for photo in self._all)

    # Coming and going

    def add(self, sources: Iterable[NewPhoto]) -> list[SessionPhoto]:
        """Append photos."""
        new = [
            SessionPhoto(self._next + place, name, source, key=key) for place, (name, source, key) in enumerate(sources)
        ]
        self._next += len(new)
        self._enter(new)
        self._show(self._wanted())
        return new

    def put_back(self, photos: list[SessionPhoto]) -> list[SessionPhoto]:
        """Take removed photos in again, at their places; return those that had not come back by themselves."""
        back = [photo for photo in photos if not (photo.key and photo.key in self._by_key)]
        self._enter(back)
        self.tidy()
        return back

    def remove(self, photos: list[SessionPhoto]) -> None:
        """Take photos out of the list."""
        for photo in photos:
            del self._by_number[photo.number]
            self._by_key.pop(photo.key, None)
            self._marks.pop(photo.number, None)
        self._all = [photo for photo in self._all if photo.number in self._by_number]
        self._show(self._wanted())

    def clear(self) -> None:
        """Forget all photos and the filter."""
        self.beginResetModel()
        self._filter, self._held = "all", None
        self._all = []
        self._by_number.clear()
        self._by_key.clear()
        self._marks.clear()
        self._set_shown([])
        self.endResetModel()

    # Verdicts

    def set_verdict(
        self, number: int, prediction: Prediction, classes: tuple[str, str], seconds: float | None
    ) -> SessionPhoto | None:
        """Give a photo its verdict and return the photo; None where it was removed meanwhile."""
        photo = self._by_number.get(number)
        if photo is None:
            return None
        photo.prediction, photo.classes, photo.seconds = prediction, classes, seconds
        self.classes = classes
        self._changed([number])
        return photo

    def forget_verdicts(self) -> None:
        """Let every photo wait for a verdict again."""
        for photo in self._all:
            photo.prediction, photo.seconds = None, None
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    # Order and filter

    @property
    def order(self) -> Order:
        """How the photos are sorted."""
        return self._order

    def sort_by(self, order: Order) -> None:
        """Sort the photos. Those without a class come last: the unsure, then those that wait or cannot be read."""
        self._order = order
        self.tidy()

    @property
    def filter(self) -> Filter:
        """Which photos are shown."""
        return self._filter

    def show_only(self, which: Filter) -> None:
        """Show other photos."""
        if which != self._filter:
            self._filter = which
            self.beginResetModel()
            self._set_shown([])  # those that wait come only with their verdicts
            self._set_shown(self._wanted())
            self.endResetModel()

    def hold(self, photo: SessionPhoto | None) -> None:
        """Keep a photo among those shown, whatever its verdict: someone is looking at it."""
        self._held = photo
        if self._filter != "all":
            self._show(self._wanted())

    def tidy(self) -> None:
        """Sort and filter again, since verdicts have come in."""
        self._all.sort(key=self._key)
        self._show(self._wanted())

    # Marks

    def mark(self, photos: Iterable[SessionPhoto], word: str) -> None:
        """Let photos stand out, with a word on why."""
        numbers = [photo.number for photo in photos]
        self._marks.update(dict.fromkeys(numbers, word))
        self._changed(numbers)

    def unmark(self) -> None:
        """Let no photo stand out."""
        numbers = list(self._marks)
        self._marks.clear()
        self._changed(numbers)

    @property
    def has_marks(self) -> bool:
        """Whether any photo stands out."""
        return bool(self._marks)

    # What views ask

    def row_of(self, photo: SessionPhoto) -> QModelIndex:
        """Return where a photo is; invalid where it is not shown."""
        return self.index_of(photo.number)

    def index_of(self, number: int) -> QModelIndex:
        """Return where the photo of that number is; invalid where it is not shown."""
        row = self._rows.get(number)
        return QModelIndex() if row is None else self.index(row)

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Return the number of photos that are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the photo itself, its name, or its summary."""
        if not index.isValid():
            return None
        photo = self._shown[index.row()]
        if role == Role.PHOTO:
            return photo
        if role == Role.MARK:
            return self._marks.get(photo.number, "")
        if role == Qt.ItemDataRole.DisplayRole:
            return photo.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(photo)
        return plain_tooltip(photo.summary) if role == Qt.ItemDataRole.ToolTipRole else None

    def _spoken(self, photo: SessionPhoto) -> str:
        if photo.number in self._marks:
            return tr("{mark}. {summary}", mark=self._marks[photo.number], summary=photo.summary)
        return photo.summary

    def _key(self, photo: SessionPhoto) -> tuple[float, ...]:
        if self._order == "added":
            return (photo.number,)
        likely = -(photo.confidence or 0.0)
        unknown = 2 if photo.confidence is None else 1 if photo.class_index is None else 0
        if self._order == "class":
            return (unknown, photo.class_index or 0, likely, photo.number)
        return (unknown, likely, photo.number)

    def _enter(self, photos: list[SessionPhoto]) -> None:
        self._all += photos
        self._by_number.update((photo.number, photo) for photo in photos)
        self._by_key.update((photo.key, photo) for photo in photos if photo.key)

    def _wanted(self) -> list[SessionPhoto]:
        if self._filter == "all":
            return list(self._all)
        return [photo for photo in self._all if self._passes(photo)]

    def _passes(self, photo: SessionPhoto) -> bool:
        kind = photo.kind
        # With another model, every photo waits again: each stays until its verdict says that it belongs elsewhere.
        return kind == self._filter or photo is self._held or (kind == "waiting" and photo.number in self._rows)

    def _changed(self, numbers: list[int]) -> None:
        """Tell views of changed photos: of few one by one, of many by the rows that they lie in."""
        rows = [self._rows[number] for number in numbers if number in self._rows]
        if not rows:
            return
        spans = [(row, row) for row in rows] if len(rows) <= 2 else [(min(rows), max(rows))]
        for first, last in spans:
            self.dataChanged.emit(self.index(first), self.index(last))

    def _show(self, wanted: list[SessionPhoto]) -> None:
        """Show these photos, and tell views which rows go, move and come, so that they keep place and selection."""
        if wanted == self._shown:
            return
        staying = {photo.number for photo in wanted}
        going = _runs([photo.number not in staying for photo in self._shown])
        coming = _runs([photo.number not in self._rows for photo in wanted])
        if len(going) + len(coming) > _MOST_RUNS:
            self.beginResetModel()
            self._set_shown(wanted)
            self.endResetModel()
            return
        for first, last in reversed(going):
            self.beginRemoveRows(_NO_PARENT, first, last)
            self._set_shown(self._shown[:first] + self._shown[last + 1 :])
            self.endRemoveRows()
        self._move([photo for photo in wanted if photo.number in self._rows])
        for first, last in coming:
            self.beginInsertRows(_NO_PARENT, first, last)
            self._set_shown(self._shown[:first] + wanted[first : last + 1] + self._shown[first:])
            self.endInsertRows()

    def _move(self, photos: list[SessionPhoto]) -> None:
        """Show the same photos in another order."""
        if photos == self._shown:
            return
        before = self.persistentIndexList()
        held = [self._shown[index.row()] for index in before]
        self.layoutAboutToBeChanged.emit()
        self._set_shown(photos)
        self.changePersistentIndexList(before, [self.row_of(photo) for photo in held])
        self.layoutChanged.emit()

    def _set_shown(self, photos: list[SessionPhoto]) -> None:
        self._shown = photos
        self._rows = {photo.number: row for row, photo in enumerate(photos)}


def _runs(flags: list[bool]) -> list[tuple[int, int]]:
    """Return the first and last place of each run of true flags."""
    runs = []
    place = 0
    for value, group in groupby(flags):
        length = sum(1 for _ in group)
        if value:
            runs.append((place, place + length - 1))
        place += length
    return runs
