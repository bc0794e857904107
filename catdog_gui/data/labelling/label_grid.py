"""The photos to label as tiles, of which many are chosen by dragging across them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QSizePolicy, QWidget

from catdog_gui.data.labelling.label_keys import act_of, is_wanted
from catdog_gui.look.language import tr
from catdog_gui.widgets.photos.images import Unreadable, load_thumbnail
from catdog_gui.widgets.photos.photo_tiles import PhotoTiles, Tile

_SIDE = 132


class _Files:
    """Loads the thumbnails of files by their paths, from the disk where they are kept."""

    def loader(self, path: str, size: int) -> Callable[[], QImage | Unreadable]:
        return lambda: load_thumbnail(Path(path), size)


class LabelGrid(PhotoTiles):
    """`acted` tells a key, `open_requested` a double click or Enter."""

    acted = Signal(str)
    """An Act."""
    open_requested = Signal()
    chosen_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Photos to label"), side=_SIDE, parent=parent)
        self._files = _Files()
        self._digests: list[str] = []
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(_SIDE + 2 * self.fontMetrics().height() + 24)
        self.doubleClicked.connect(self.open_requested)
        self.selectionModel().selectionChanged.connect(self.chosen_changed)

    def show_photos(self, digests: list[str], tiles: Sequence[Tile]) -> None:
        """Show these photos; where they are the same as before, what is chosen stays chosen."""
        if digests == self._digests:
            self.tiles.change_tiles(tiles)
            return
        stays = self.current if self.current in digests else None
        self._digests = digests
        self.show_tiles(self._files, tiles)
        row = digests.index(stays) if stays is not None else 0
        if digests:
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(self.tiles.index(row), flags.ClearAndSelect)
            self.scrollTo(self.tiles.index(row))
        self.chosen_changed.emit()

    @property
    def chosen(self) -> list[str]:
        """The digests of the chosen photos, in order."""
        return [self._digests[row] for row in sorted({index.row() for index in self.selectedIndexes()})]

    @property
    def current(self) -> str | None:
        """The digest of the current photo."""
        row = self.currentIndex().row()
        return self._digests[row] if 0 <= row < len(self._digests) else None

    def step(self, by: int) -> None:
        """Make another photo the current one."""
        row = self.currentIndex().row() + by
        if 0 <= row < len(self._digests):
            self.setCurrentIndex(self.tiles.index(row))

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the labels from the window's shortcuts."""
        if is_wanted(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys of the labels, and Enter."""
        act = act_of(event)
        if act is not None:
            self.acted.emit(act)
        else:
            super().keyPressEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        """Do nothing by a single click: it chooses."""
