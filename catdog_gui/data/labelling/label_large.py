"""One photo to label, large."""

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from catdog_gui.data.labelling.label_keys import act_of, is_wanted
from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.widgets.elided_label import ElidedLabel
from catdog_gui.widgets.photos.images import load_image
from catdog_gui.widgets.photos.photo_preview import PhotoPreview
from catdog_gui.widgets.photos.photo_tiles import Tile
from catdog_gui.widgets.photos.thumbnails import Thumbnails

_SIDE = 1200


class LabelLarge(QWidget):
    """`acted` tells a key; Escape and the button go back to the grid; arrows step."""

    acted = Signal(str)
    """An Act."""
    stepped = Signal(int)
    back_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._tile: Tile | None = None
        self._images = Thumbnails(self)
        self._images.ready.connect(self._on_ready)
        self.back = QPushButton(tr("Back to the grid"))
        self.back.setIcon(theme.icon("grid"))
        self.back.clicked.connect(self.back_requested)
        self._name = ElidedLabel()
        self._name.setProperty("role", "subheading")
        self._words = QLabel()
        self._words.setProperty("role", "muted")
        self.preview = PhotoPreview()
        # Else the page, which is as high as what is on it wants to be, would scroll.
        self.preview.setMinimumSize(120, 100)
        self.preview.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        head = QHBoxLayout()
        head.setSpacing(theme.M)
        head.addWidget(self.back)
        head.addWidget(self._name, 1)
        head.addWidget(self._words)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.S)
        layout.addLayout(head)
        layout.addWidget(self.preview, 1)

    def show_photo(self, tile: Tile | None) -> None:
        """Show a photo, or none."""
        self._tile = tile
        self._name.setText(tile.caption if tile is not None else tr("There is no photo here."))
        self._words.setText(tile.note if tile is not None else "")
        self.setAccessibleName(tile.words if tile is not None else tr("There is no photo here."))
        self._show_image()

    def close_images(self) -> None:
        """Stop loading."""
        self._images.close()

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the labels from the window's shortcuts."""
        if is_wanted(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys of the labels, arrows and Escape."""
        act = act_of(event)
        forward = Qt.Key.Key_Left if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else Qt.Key.Key_Right
        if act is not None:
            self.acted.emit(act)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.stepped.emit(1 if event.key() == forward else -1)
        elif event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keys act on the photo."""
        self.preview.show_focus(True)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that they no longer do."""
        self.preview.show_focus(False)
        super().focusOutEvent(event)

    def _show_image(self) -> None:
        if self._tile is None:
            self.preview.show_image(None)
            return
        path = self._tile.path
        image = self._images.get(path, lambda: load_image(Path(path), _SIDE))
        failure = self._images.failed(path)
        self.preview.show_image(image, broken=failure is not None)
        if failure is not None:
            self._words.setText(translated(failure.sentence))

    def _on_ready(self, path: object) -> None:
        if self._tile is not None and path == self._tile.path:
            self._show_image()
