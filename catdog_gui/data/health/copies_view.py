"""The copies among the photos: each group with all of its photos, those that do harm first."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.data.health.health_words import copy_tile, group_tile
from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n
from catdog_gui.widgets.flow import Flow
from catdog_gui.widgets.photos.dataset_photos import DatasetPhotos
from catdog_gui.widgets.photos.photo_tiles import PhotoTiles
from trainer.dataset.copies import Copies, Group

_SIDE = 168


class CopiesView(QWidget):
    """A strip of groups, and below it the photos of the chosen one. Hidden where there are no copies."""

    leave_out_requested = Signal(object)
    """The paths of photos, as a tuple."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photos: DatasetPhotos | None = None
        self._classes = ("", "")
        self._groups: Sequence[Group] = ()
        self._more: tuple[str, ...] = ()
        self.title = QLabel()
        self.title.setProperty("role", "subheading")
        self.groups = PhotoTiles(tr("Photos with copies"), strip=True)
        self.groups.selectionModel().currentChanged.connect(self._show_group)
        self.members = PhotoTiles(tr("Copies of the chosen photo"), side=_SIDE, strip=True)
        self.members.selectionModel().currentChanged.connect(self._follow)
        self.one, self.all = QPushButton(tr("Leave out the chosen copy")), QPushButton()
        self.one.clicked.connect(self._leave_one_out)
        self.all.clicked.connect(lambda: self.leave_out_requested.emit(self._more))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.S, 0, 0)
        layout.setSpacing(theme.S)
        for widget in (self.title, self.groups, self.members, Flow(self.one, self.all, spacing=theme.S)):
            layout.addWidget(widget)
        self.hide()

    def show_copies(self, photos: DatasetPhotos | None, classes: tuple[str, str], copies: Copies) -> None:
        """Show the copies of a dataset that was checked."""
        self._photos, self._classes = photos, classes
        self._groups = sorted(copies.groups, key=_harm, reverse=True)
        self._more = copies.all_but_one
        words = tr_n(len(self._groups), "%n photo has copies", "%n photos have copies")
        self.title.setText(words)
        self.groups.show_tiles(photos, [group_tile(group) for group in self._groups])
        self.groups.setVisible(len(self._groups) > 1)
        count = len(self._more)
        self.all.setText(tr_n(count, "Leave out %n copy, one of each stays", "Leave out %n copies, one of each stays"))
        self.all.setVisible(count > 0 and len(self._groups) > 1)
        if self._groups:
            self.groups.setCurrentIndex(self.groups.tiles.index(0))
        self._show_group()
        self.setVisible(bool(self._groups))  # at last, so that there is room for all of it

    def _show_group(self) -> None:
        row = self.groups.currentIndex().row()
        group = self._groups[row] if 0 <= row < len(self._groups) else ()
        self.members.show_tiles(self._photos, [copy_tile(photo, self._classes) for photo in group])
        if group:
            self.members.setCurrentIndex(self.members.tiles.index(len(group) - 1))
        self._follow()

    def _follow(self) -> None:
        self.one.setEnabled(self.members.currentIndex().isValid())

    def _leave_one_out(self) -> None:
        index = self.members.currentIndex()
        if index.isValid():
            self.leave_out_requested.emit((self.members.tiles.tile(index).path,))


def _harm(group: Group) -> tuple[bool, bool]:
    """Return what sorts a group: nothing does more harm than a photo in both classes."""
    return len({photo.class_index for photo in group}) > 1, len({photo.split for photo in group}) > 1
