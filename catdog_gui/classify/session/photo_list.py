"""The photos of this session with their verdicts, as a Qt model, in the order in which they are shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from catdog_gui.look.words import probability
from trainer.core.results import Prediction

Order = Literal["added", "class", "probability"]
Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


@dataclass(eq=False)
class SessionPhoto:
    """One photo that was dropped, pasted or opened."""

    number: int
    """Counts up in a session, so no two have the same."""
    name: str
    source: Path | QImage
    prediction: Prediction | None = None
    classes: tuple[str, str] = ("cat", "dog")
    """Of the model that gave the verdict."""
    seconds: float | None = None
    """How long the verdict took, from the file to the probability."""

    @property
    def reason(self) -> str:
        """Why there is no verdict, as a sentence; empty where there is one, or none yet."""
        if self.prediction is None or not self.prediction.error:
            return ""
        return self.prediction.error

    @property
    def is_unsure(self) -> bool:
        """Whether the photo was read and the verdict is "not sure"."""
        return self.prediction is not None and self.prediction.is_unsure

    @property
    def doubt(self) -> str:
        """Why the model is not sure, as a sentence; empty where it is."""
        return (self.prediction.reason or "") if self.prediction is not None and self.is_unsure else ""

    @property
    def nearest(self) -> str:
        """The likelier class with its probability, where the model is not sure; else empty."""
        if self.prediction is None or self.confidence is None or not self.is_unsure:
            return ""
        return f"{self.prediction.nearest_class} {probability(self.confidence)}"

    @property
    def class_index(self) -> int | None:
        """0 or 1 where the model says a class; None while waiting, without a verdict, or where it is not sure."""
        if self.prediction is None or self.prediction.class_name not in self.classes:
            return None
        return self.classes.index(self.prediction.class_name)

    @property
    def verdict(self) -> str:
        """The verdict in one word or two."""
        if self.prediction is None:
            return "Waiting"
        if self.prediction.error:
            return "Cannot be read"
        return self.prediction.class_name.capitalize() if self.prediction.class_name else "Not sure"

    @property
    def confidence(self) -> float | None:
        """The probability of the verdict's class, or of the nearest one where the model is not sure."""
        if self.prediction is None or not self.prediction.probabilities:
            return None
        name = self.prediction.class_name or self.prediction.nearest_class
        return self.prediction.probabilities[name] if name else None

    @property
    def first_share(self) -> float | None:
        """The probability of class 0, where there is a verdict."""
        shares = self.prediction.probabilities if self.prediction else None
        return shares[self.classes[0]] if shares else None

    @property
    def summary(self) -> str:
        """All of it in words, for tooltips and screen readers."""
        if self.reason:
            return f"{self.name}: {self.reason}"
        if self.confidence is None:
            return f"{self.name}: {self.verdict.lower()}"
        if self.is_unsure:
            return f"{self.name}: Not sure. {self.doubt} Nearest: {self.nearest}"
        return f"{self.name}: {self.verdict}, {probability(self.confidence, 1)}"


class Role(IntEnum):
    """What a view may ask for besides the text."""

    PHOTO = Qt.ItemDataRole.UserRole + 1


class PhotoList(QAbstractListModel):
    """All photos. New ones come last, whatever the order, until `sort_by` or `sort_again` is called."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._order: Order = "added"
        self._photos: list[SessionPhoto] = []
        self._rows: dict[int, int] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._photos)

    def __getitem__(self, row: int) -> SessionPhoto:
        return self._photos[row]

    def __iter__(self) -> Iterator[SessionPhoto]:
        return iter(self._photos)

    def add(self, sources: list[tuple[str, Path | QImage]]) -> list[SessionPhoto]:
        """Append photos as (name, source)."""
        new = [SessionPhoto(self._next + place, name, source) for place, (name, source) in enumerate(sources)]
        if new:
            first = len(self._photos)
            self._next += len(new)
            self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
            self._photos.extend(new)
            self._rows.update({photo.number: first + place for place, photo in enumerate(new)})
            self.endInsertRows()
        return new

    def set_verdict(
        self, number: int, prediction: Prediction, classes: tuple[str, str], seconds: float | None
    ) -> SessionPhoto | None:
        """Give a photo its verdict and return the photo; None where it was cleared away meanwhile."""
        row = self._rows.get(number)
        if row is None:
            return None
        photo = self._photos[row]
        photo.prediction, photo.classes, photo.seconds = prediction, classes, seconds
        self.dataChanged.emit(self.index(row), self.index(row))
        return photo

    def forget_verdicts(self) -> None:
        """Let every photo wait for a verdict again."""
        for photo in self._photos:
            photo.prediction, photo.seconds = None, None
        if self._photos:
            self.dataChanged.emit(self.index(0), self.index(len(self._photos) - 1))

    @property
    def order(self) -> Order:
        """How the photos are sorted."""
        return self._order

    def sort_by(self, order: Order) -> None:
        """Sort the photos. Those without a class come last: the unsure, then those that wait or cannot be read."""
        self._order = order
        self.sort_again()

    def sort_again(self) -> None:
        """Sort in the same order again, since verdicts have come in."""
        before = self.persistentIndexList()
        held = [self._photos[index.row()] for index in before]
        self.layoutAboutToBeChanged.emit()
        # One sort of plain tuples: a proxy model would ask Python for each of 130,000 comparisons of 10,000 photos.
        self._photos.sort(key=self._key)
        self._rows = {photo.number: row for row, photo in enumerate(self._photos)}
        self.changePersistentIndexList(before, [self.row_of(photo) for photo in held])
        self.layoutChanged.emit()

    def _key(self, photo: SessionPhoto) -> tuple[float, ...]:
        if self._order == "added":
            return (photo.number,)
        likely = -(photo.confidence or 0.0)
        unknown = 2 if photo.confidence is None else 1 if photo.class_index is None else 0
        if self._order == "class":
            return (unknown, photo.class_index or 0, likely, photo.number)
        return (unknown, likely, photo.number)

    def clear(self) -> None:
        """Forget all photos."""
        self.beginResetModel()
        self._photos.clear()
        self._rows.clear()
        self.endResetModel()

    def row_of(self, photo: SessionPhoto) -> QModelIndex:
        """Return where a photo is; invalid where it was cleared away."""
        return self.index_of(photo.number)

    def index_of(self, number: int) -> QModelIndex:
        """Return where the photo of that number is; invalid where it was cleared away."""
        row = self._rows.get(number)
        return QModelIndex() if row is None else self.index(row)

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Return the number of photos."""
        return 0 if parent.isValid() else len(self._photos)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the photo itself, its name, or its summary."""
        if not index.isValid():
            return None
        photo = self._photos[index.row()]
        if role == Role.PHOTO:
            return photo
        if role == Qt.ItemDataRole.DisplayRole:
            return photo.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return photo.summary
        return None
