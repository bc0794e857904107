"""Like these: the training photos that a photo is most like, as the model sees it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import number, tr, translated
from catdog_gui.widgets.latest import Latest
from catdog_gui.widgets.photos.images import Unreadable, load_image
from catdog_gui.widgets.photos.photo_tiles import PhotoTiles, Tile
from catdog_gui.widgets.why.heat_control import HeatControl
from catdog_gui.widgets.why.subject import Subject
from trainer.core.results import Neighbour

_COUNT = 6
_LEAST, _MOST = 32, 80
_AROUND = 12
"""Pixels around each tile: its own border, and the view's spacing."""
_INSET = 4
_OWN_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)


class _Small:
    """The small images that came with the photos, for their tiles."""

    def __init__(self, neighbours: tuple[Neighbour, ...]) -> None:
        self._images = {near.name: near.thumbnail for near in neighbours}

    def loader(self, path: str, size: int) -> Callable[[], QImage | Unreadable]:
        return lambda: load_image(lambda: self._images[path], size)


class NeighbourRow(PhotoTiles):
    """Six tiles in one row, as large as its width allows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Most like these training photos"), side=_LEAST, strip=True, parent=parent)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportMargins(-_INSET, 0, -_INSET, 0)  # the first photo stands below the heading's first letter
        self.setMinimumWidth(_COUNT * (_LEAST + _AROUND))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_neighbours(self, neighbours: tuple[Neighbour, ...], classes: tuple[str, str]) -> None:
        """Show other photos, the most alike first."""
        self.show_tiles(_Small(neighbours), [_tile(near, classes) for near in neighbours])
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the tiles larger or smaller."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the row where a dialog has shortcuts for them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from photo to photo; all other keys are for what is around: by itself, a view would search with them."""
        if event.key() in _OWN_KEYS:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def _fit(self) -> None:
        side = max(_LEAST, min(_MOST, self.viewport().width() // _COUNT - _AROUND))
        if side != self.tiles.side:
            self.tiles.side = side
            self.scheduleDelayedItemsLayout()
        self.setFixedHeight(side + _AROUND + self.fontMetrics().height() + 4)


class LikeThese(QWidget):
    """The row with its heading, while the user wants to know why; or a sentence that says why there is none."""

    def __init__(self, control: HeatControl, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._control = control
        self._subject: Subject | None = None
        self._asked = False
        self._work = Latest(self)
        self._work.succeeded.connect(self._take)
        self._work.failed.connect(lambda _error: self.hide())  # the heat map cannot be made either, and says why
        self.heading = QLabel(tr("Most like these training photos"))
        self.heading.setToolTip(tr("Those of the photos it learnt from that the model finds most like this one"))
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.row = NeighbourRow()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.XS)
        layout.addWidget(self.heading)
        layout.addWidget(self.words)
        layout.addWidget(self.row)
        control.changed.connect(self._show)
        self._show()

    def explain(self, subject: Subject | None) -> None:
        """Show the training photos for this verdict's photo from now on; with None there is nothing to explain."""
        if subject is not self._subject:
            self._subject, self._asked = subject, False
            self._work.forget()
            self._say("")
        self._show()

    def show_neighbours(self, neighbours: tuple[Neighbour, ...], classes: tuple[str, str]) -> None:
        """Show these, the most alike first, with the colours of their classes."""
        self._say("")
        self.row.show_neighbours(neighbours, classes)

    def close_images(self) -> None:
        """Compute and load no more."""
        self._work.forget()
        self.row.tiles.close()

    def _show(self) -> None:
        wanted = self._control.wanted and self._subject is not None
        self.setVisible(wanted)
        if not wanted:
            self._asked = False
        elif not self._asked and self._subject is not None:
            self._ask(self._subject)

    def _ask(self, subject: Subject) -> None:
        self._asked = True
        self._work.ask(lambda: (subject, subject.explainer.neighbours(subject.photo())))

    def _take(self, outcome: tuple[Subject, tuple[Neighbour, ...] | str]) -> None:
        subject, found = outcome
        if subject is not self._subject:
            return
        if isinstance(found, str):
            self._say(translated(found))
        else:
            self.show_neighbours(found, subject.classes)

    def _say(self, words: str) -> None:
        """Say something in the place of the row; with "" there is the row, without photos until they are there."""
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.row.setVisible(not words)
        self.heading.setVisible(not words)
        self.row.show_neighbours((), ("", ""))


def _tile(near: Neighbour, classes: tuple[str, str]) -> Tile:
    return Tile(
        near.name,
        "",
        near.class_name,
        classes.index(near.class_name),
        hint=tr("Similarity: {number} (1 for the same photo)", number=number(near.similarity, 2)),
    )
