"""The photos from which there is little to learn, each with the reason."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractItemView, QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.data.health.health_words import poor_tile
from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n
from catdog_gui.widgets.flow import Flow
from catdog_gui.widgets.photos.dataset_photos import DatasetPhotos
from catdog_gui.widgets.photos.photo_tiles import PhotoTiles
from trainer.dataset.health.records import PoorPhoto

_SIDE = 128


class PoorView(QWidget):
    """Any of them can be left out. Hidden where there is none."""

    leave_out_requested = Signal(object)
    """The paths of photos, as a tuple."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._poor: Sequence[PoorPhoto] = ()
        self.title = QLabel()
        self.title.setProperty("role", "subheading")
        self.tiles = PhotoTiles(tr("Poor photos"), side=_SIDE, strip=True)
        self.tiles.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tiles.selectionModel().selectionChanged.connect(self._follow)
        self.chosen, self.all = QPushButton(tr("Leave out the chosen ones")), QPushButton()
        self.chosen.clicked.connect(lambda: self.leave_out_requested.emit(self._paths()))
        self.all.clicked.connect(lambda: self.leave_out_requested.emit(self._all_paths()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.S, 0, 0)
        layout.setSpacing(theme.S)
        for widget in (self.title, self.tiles, Flow(self.chosen, self.all, spacing=theme.S)):
            layout.addWidget(widget)
        self.hide()

    def show_poor(self, photos: DatasetPhotos | None, poor: Sequence[PoorPhoto]) -> None:
        """Show the poor photos of a dataset."""
        self._poor = poor
        self.title.setText(tr_n(len(poor), "%n photo is poor", "%n photos are poor"))
        self.all.setText(tr_n(len(poor), "Leave out all %n", "Leave out all %n"))
        self.all.setVisible(len(poor) > 1)
        self.tiles.show_tiles(photos, [poor_tile(each) for each in poor])
        self._follow()
        self.setVisible(bool(poor))  # at last, so that there is room for all of it

    def _paths(self) -> tuple[str, ...]:
        rows = sorted(index.row() for index in self.tiles.selectionModel().selectedIndexes())
        return tuple(self._poor[row].path for row in rows)

    def _all_paths(self) -> tuple[str, ...]:
        return tuple(each.path for each in self._poor)

    def _follow(self) -> None:
        self.chosen.setEnabled(self.tiles.selectionModel().hasSelection())
