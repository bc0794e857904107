"""Which photos are selected and which one is the current one: one selection for the grid and the table."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex

from catdog_gui.classify.session.photo_list import PhotoList
from catdog_gui.classify.session.session_photo import SessionPhoto

Flag = QItemSelectionModel.SelectionFlag


class PhotoSelection(QItemSelectionModel):
    """Selects whole rows, also where a view with a single column asks for a cell; the first cell is the current one."""

    def __init__(self, photos: PhotoList) -> None:
        super().__init__(photos)
        self._photos = photos

    def select(self, what: QModelIndex | QItemSelection, command: Flag) -> None:  # type: ignore[override]  # both forms
        """Select whole rows."""
        super().select(what, command | Flag.Rows if command & ~Flag.Clear else command)

    def setCurrentIndex(self, index: QModelIndex | QPersistentModelIndex, command: Flag) -> None:
        """Let the first cell of the row be the current one: a grid knows no other."""
        super().setCurrentIndex(index.sibling(index.row(), 0), command)

    @property
    def chosen(self) -> list[SessionPhoto]:
        """The selected photos, row by row; else the current one."""
        selected = self.selection()  # in ranges: of cells there would be 50,000
        ranges = [selected.at(place) for place in range(selected.count())]
        rows = {row for each in ranges for row in range(each.top(), each.bottom() + 1)}
        if not rows and self.currentIndex().isValid():
            rows = {self.currentIndex().row()}
        return [self._photos.shown[row] for row in sorted(rows)]

    @property
    def current(self) -> SessionPhoto | None:
        """The current photo."""
        index = self.currentIndex()
        return self._photos.shown[index.row()] if index.isValid() else None

    def choose(self, index: QModelIndex) -> None:
        """Select one photo alone; a view's `setCurrentIndex` would add it where Ctrl is held, as for Ctrl+Z."""
        self.setCurrentIndex(index, Flag.ClearAndSelect)
