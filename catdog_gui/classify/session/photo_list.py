"""The photos of this session as a Qt model: in the order in which they are shown, and only those that are asked for."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QImage

from catdog_gui.classify.session.photo_columns import COLUMNS, NAME, alignment
from catdog_gui.classify.session.photo_query import PhotoQuery
from catdog_gui.classify.session.session_photo import Kind, SessionPhoto, photo_key
from catdog_gui.classify.session.shown_rows import NO_PARENT, Index, ShownRows
from catdog_gui.look.language import tr
from catdog_gui.look.words import plain_tooltip
from trainer.core.results import Prediction


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


class PhotoList(ShownRows):
    """Length, iteration and `find` are of all photos, the rows are those that the query shows; its columns: `COLUMNS`.

    New photos come last, whatever the order, and verdicts change neither order nor filter, until `tidy` is called: a
    card should not jump about or vanish at every verdict. All is done with lists: a proxy model would ask Python for
    each of 130,000 comparisons of 10,000 photos.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.classes = ("cat", "dog")
        """Of the model that gave the last verdict."""
        self._query = PhotoQuery()
        self._held: SessionPhoto | None = None
        self._all: list[SessionPhoto] = []
        self._by_number: dict[int, SessionPhoto] = {}
        self._by_key: dict[str, SessionPhoto] = {}
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

    def follow(self, moves: Mapping[Path, Path]) -> None:
        """Know photos by their new places, after they were moved: from where each was to where it is."""
        changed = []
        for photo in self._all:
            place = moves.get(photo.path) if photo.path is not None else None
            if place is not None:
                self._by_key.pop(photo.key, None)
                photo.source, photo.name, photo.key = place, place.name, photo_key(place)
                self._by_key[photo.key] = photo
                changed.append(photo.number)
        self._changed(changed)

    def clear(self) -> None:
        """Forget all photos, and what was asked for but their order."""
        self._query, self._held = self._query.without_limits(), None
        self._all = []
        self._by_number.clear()
        self._by_key.clear()
        self._marks.clear()
        self._show([])

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
        self._changed(self._rows)

    # Which are shown

    @property
    def query(self) -> PhotoQuery:
        """Which photos are shown, and in which order."""
        return self._query

    def ask(self, **changes: object) -> None:
        """Show what another query shows: the same one with these fields changed."""
        self._follow(msgspec.structs.replace(self._query, **changes))

    def ask_for_all(self) -> None:
        """Hide no photo any more."""
        self._follow(self._query.without_limits())

    def hold(self, photo: SessionPhoto | None) -> None:
        """Keep a photo among those shown, whatever its verdict: someone is looking at it."""
        if photo is self._held:
            return
        self._held = photo
        if not self._query.shows_all:
            self._show(self._wanted())

    def tidy(self) -> None:
        """Sort and filter again, since verdicts have come in."""
        self._all = self._query.arranged(self._all)
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

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        """Return the number of columns; a grid shows the first one alone."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the columns' headings."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(section)
        return tr(COLUMNS[section].title) if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the photo itself, what a column says of it, or its summary."""
        if not index.isValid():
            return None
        photo, column = self._shown[index.row()], index.column()
        match role:
            case Role.PHOTO:
                return photo
            case Role.MARK:
                return self._marks.get(photo.number, "")
            case Qt.ItemDataRole.TextAlignmentRole:
                return alignment(column)
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                return self._words(photo, column, role)
        return None

    def _words(self, photo: SessionPhoto, column: int, role: int) -> str:
        """Return what a cell says; beside and instead of the name, all that there is to say of the photo."""
        if column != NAME or role == Qt.ItemDataRole.DisplayRole:
            words = COLUMNS[column].says(photo)
        else:
            words = self._spoken(photo) if role == Qt.ItemDataRole.AccessibleTextRole else photo.summary
        return plain_tooltip(words) if role == Qt.ItemDataRole.ToolTipRole else words

    def _spoken(self, photo: SessionPhoto) -> str:
        if photo.number in self._marks:
            return tr("{mark}. {summary}", mark=self._marks[photo.number], summary=photo.summary)
        return photo.summary

    def _follow(self, query: PhotoQuery) -> None:
        before, self._query = self._query, query
        if (query.order, query.reverse) != (before.order, before.reverse):
            self._all = query.arranged(self._all)
        # Where something else is asked for, photos that wait come only with their verdicts.
        same = query.limits == before.limits
        self._show(self._wanted(set(self._rows) if same else set()))

    def _enter(self, photos: list[SessionPhoto]) -> None:
        self._all += photos
        self._by_number.update((photo.number, photo) for photo in photos)
        self._by_key.update((photo.key, photo) for photo in photos if photo.key)

    def _wanted(self, stays: set[int] | None = None) -> list[SessionPhoto]:
        """Return the photos to be shown. Of those that wait, these stay: by default all that are shown."""
        if self._query.shows_all:
            return list(self._all)
        chosen = self._query.chosen(self._all, set(self._rows) if stays is None else stays)
        if self._held is None or self._held not in self:
            return chosen
        kept = {photo.number for photo in chosen} | {self._held.number}
        return [photo for photo in self._all if photo.number in kept]
