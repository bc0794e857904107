"""One photo of many, larger, with its verdict and why; the arrow keys go to the previous and the next one."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui.evaluate.wrong_label import Labelled, WrongLabel
from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.look.words import plain_tooltip
from catdog_gui.widgets.dialog_room import fit_dialog
from catdog_gui.widgets.elided_label import ElidedLabel
from catdog_gui.widgets.latest import Latest
from catdog_gui.widgets.photos.dataset_photos import DatasetPhotos
from catdog_gui.widgets.photos.images import Unreadable, load_image
from catdog_gui.widgets.photos.photo_preview import PhotoPreview
from catdog_gui.widgets.photos.photo_tiles import PhotoTiles, Tile
from catdog_gui.widgets.why.heat_control import HeatControl
from catdog_gui.widgets.why.heat_overlay import HeatOverlay
from catdog_gui.widgets.why.like_these import LikeThese
from catdog_gui.widgets.why.subject import Subject

_SIDE = 1000
_USUAL = QSize(720, 700)
SubjectOf = Callable[[Tile], Subject | None]
"""Returns what is explained of a tile; None where there is nothing to explain."""
LabelledOf = Callable[[Tile], Labelled]
"""Returns the class that the photo of a tile counts as."""


class TileDialog(QDialog):
    """Goes through the tiles of a view, and selects each of them there.

    H shows, or no longer, why the model says what it says: a heat map, and the training photos that the photo is like.
    A button says that the photo's label is wrong.
    """

    def __init__(
        self,
        view: PhotoTiles,
        photos: DatasetPhotos,
        tile: Tile,
        *,
        subject_of: SubjectOf,
        labelled_of: LabelledOf,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Photo"))
        self._view, self._photos = view, photos
        self._subject_of, self._labelled_of = subject_of, labelled_of
        self._row = view.tiles.row_of(tile)
        self.preview = PhotoPreview()
        self._work = Latest(self)
        self._work.succeeded.connect(self._show_outcome)
        self.name = ElidedLabel()
        self.name.setProperty("role", "subheading")
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        self.why = HeatControl()
        self.like_these = LikeThese(self.why)
        self.wrong = WrongLabel(photos)
        self._heat = HeatOverlay(self.why, self.preview, self)
        # Left and right are those of reading: in a window read from the right, the next photo is at the left.
        back, on = ("chevron-left", "chevron-right")
        left, right = (Qt.Key.Key_Left, Qt.Key.Key_Right)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            back, on, left, right = on, back, right, left
        self.previous = self._button(back, tr("Previous photo"), -1)
        self.next = self._button(on, tr("Next photo"), 1)
        self.why.button.setAutoDefault(False)
        # Shortcuts, since a button with the focus would take the keys and hand the focus on.
        for key, step in ((left, -1), (right, 1)):
            QShortcut(QKeySequence(key), self).activated.connect(lambda step=step: self._step(step))
        QShortcut(QKeySequence(Qt.Key.Key_H), self).activated.connect(self._toggle_why)
        self._lay_out()
        fit_dialog(self, _USUAL)
        self._show_row()

    def _lay_out(self) -> None:
        text = QVBoxLayout()
        text.setSpacing(theme.XS)
        text.addWidget(self.name)
        text.addWidget(self.words)
        below = QHBoxLayout()
        below.setSpacing(theme.M)
        below.addLayout(text, 1)
        below.addWidget(self.previous)
        below.addWidget(self.next)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(theme.M)
        self.foot.addWidget(self.why)
        self.foot.addStretch(1)
        self.foot.addWidget(self.wrong)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.L, theme.L, theme.L, theme.L)
        layout.setSpacing(theme.M)
        layout.addWidget(self.preview, 1)
        layout.addWidget(self.why.words)
        layout.addWidget(self.like_these)
        layout.addLayout(below)
        layout.addWidget(self.wrong.words)
        layout.addLayout(self.foot)

    def _toggle_why(self) -> None:
        if not self.why.isHidden():
            self.why.button.toggle()

    def _step(self, by: int) -> None:
        if 0 <= self._row + by < self._view.tiles.rowCount():
            self._row += by
            self._show_row()

    def _show_row(self) -> None:
        index = self._view.tiles.index(self._row)
        tile, photos = self._view.tiles.tile(index), self._photos
        self._view.setCurrentIndex(index)
        self.name.setText(tile.caption)
        self.name.setToolTip(plain_tooltip(tile.path))
        self.words.setText(tile.story)
        self.preview.setAccessibleName(tr("Photo {name}. {story}", name=tile.caption, story=tile.story))
        self.preview.show_image(None)
        self.previous.setEnabled(self._row > 0)
        self.next.setEnabled(self._row + 1 < self._view.tiles.rowCount())
        subject = self._subject_of(tile)
        self._heat.explain(subject)
        self.like_these.explain(subject)
        self.wrong.show_photo(self._labelled_of(tile))
        row = self._row
        self._work.ask(lambda: (row, load_image(lambda: photos.read(tile.path), _SIDE)))

    def _show_outcome(self, of_row: tuple[int, QImage | Unreadable]) -> None:
        row, outcome = of_row
        if row != self._row:
            return  # the user has gone on, and the next one is on its way
        if isinstance(outcome, Unreadable):
            self.preview.show_image(None, broken=True)
            self.words.setText(translated(outcome.sentence))
        else:
            self.preview.show_image(outcome)

    def _button(self, icon: str, words: str, step: int) -> QPushButton:
        button = QPushButton()
        button.setIcon(theme.icon(icon))
        button.setAccessibleName(words)
        button.setToolTip(words)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self._step(step))
        return button
