"""Photos that are in both classes: a look at each, and which of the copies is to be left out."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr, tr_n
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.flow import Flow
from catdog_gui.widgets.notice import Notice
from catdog_gui.widgets.photos.dataset_photos import DatasetPhotos
from catdog_gui.widgets.photos.photo_tiles import PhotoTiles, Tile
from trainer.dataset.copies import Group


class CopiesCard(Card):
    """One tile for each photo, of which there are exact copies in both classes. Hidden where there is none."""

    leave_out_requested = Signal(object)
    """The paths of the copies, as a tuple."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("In both classes"), parent)
        self._groups: dict[str, Group] = {}
        self.warning = Notice("warning", "")
        self.tiles = PhotoTiles(tr("Photos in both classes"), strip=True)
        self.tiles.selectionModel().currentChanged.connect(self._follow)
        self._where = QLabel()
        self._where.setWordWrap(True)
        self.one = (QPushButton(), QPushButton())
        self.both = QPushButton(tr("Leave out both"))
        self.all = QPushButton()
        for index, button in enumerate(self.one):
            button.clicked.connect(lambda _checked=False, index=index: self._leave_out(index))
        self.both.clicked.connect(lambda: self._leave_out(None))
        self.all.clicked.connect(self._leave_all_out)
        buttons = Flow(*self.one, self.both, self.all, spacing=theme.S)
        for widget in (self.warning, self.tiles, self._where, buttons):
            self.body.addWidget(widget)

    def show_copies(self, photos: DatasetPhotos | None, classes: tuple[str, str], groups: Sequence[Group]) -> None:
        """Show the groups of copies that are in both classes."""
        self.setVisible(bool(groups))
        self._groups = {group[0].path: group for group in groups}
        self.warning.say(
            "warning",
            tr_n(
                len(groups),
                "%n photo is in both classes, so one of the two is wrong. It spoils the learning and the test.",
                "%n photos are in both classes, so one of each two is wrong. They spoil the learning and the test.",
            ),
            tr("Leave the wrong ones out. The files stay where they are, and you can put them back below."),
        )
        self.tiles.show_tiles(photos, [Tile(path, path.rsplit("/", 1)[-1]) for path in self._groups])
        for name, button in zip(classes, self.one, strict=True):
            button.setText(tr("Leave out the one in {name}", name=name).replace("&", "&&"))
        self.all.setText(tr_n(len(groups), "Leave out both copies of all %n", "Leave out both copies of all %n"))
        self.all.setVisible(len(groups) > 1)
        if groups:
            self.tiles.setCurrentIndex(self.tiles.tiles.index(0))
        self._follow()

    def _group(self) -> Group:
        index = self.tiles.currentIndex()
        return self._groups[self.tiles.tiles.tile(index).path] if index.isValid() else ()

    def _follow(self) -> None:
        group = self._group()
        self._where.setText("   =   ".join(photo.path for photo in group))
        for button in (*self.one, self.both):
            button.setEnabled(bool(group))

    def _leave_out(self, index: int | None) -> None:
        group = self._group()
        self.leave_out_requested.emit(tuple(p.path for p in group if index is None or p.class_index == index))

    def _leave_all_out(self) -> None:
        self.leave_out_requested.emit(tuple(photo.path for group in self._groups.values() for photo in group))
