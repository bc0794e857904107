"""The photos that a frozen backbone has just looked at, in a row, the newest first."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr
from trainer.core.events import PhotoSeen

# In the lowest window the plots have their least height beside thumbnails of this one.
_HEIGHT = 42
_BAR, _GAP = 3, 2
_RADIUS = 6.0


class SeenPhotos(QWidget):
    """As many as there is room for; a line under each has the colour of its class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seen: tuple[PhotoSeen, ...] = ()
        self._images: dict[str, QImage] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Photos that were looked at just now"))
        theme.theme().changed.connect(self.update)

    @property
    def count(self) -> int:
        """How many are shown, where there is room for them."""
        return len(self._images)

    def show_photos(self, seen: tuple[PhotoSeen, ...]) -> None:
        """Show these photos, the last one first."""
        if seen == self._seen:
            return
        self._seen = seen
        self._images = {
            photo.path: self._images.get(photo.path) or QImage.fromData(photo.thumbnail) for photo in reversed(seen)
        }
        self.setAccessibleDescription(seen[-1].path if seen else "")
        self.update()

    def sizeHint(self) -> QSize:
        """As high as a thumbnail."""
        return QSize(200, _HEIGHT + _GAP + _BAR)

    def minimumSizeHint(self) -> QSize:
        """At least one of them."""
        return QSize(_HEIGHT, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw those that fit whole."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        classes = {photo.path: photo.class_index for photo in self._seen}
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = 0.0
        for path, image in self._images.items():
            if image.isNull():
                continue
            # A panorama would push all others out.
            width = min(_HEIGHT * image.width() / image.height(), 2.0 * _HEIGHT)
            if x + width > self.width():
                break
            left = self.width() - x - width if mirrored else x
            _draw(painter, QRectF(left, 0, width, _HEIGHT), image)
            painter.fillRect(QRectF(left, _HEIGHT + _GAP, width, _BAR), theme.class_colour(classes[path]))
            x += width + theme.S
        painter.end()


def _draw(painter: QPainter, box: QRectF, image: QImage) -> None:
    """Draw the middle of an image that fills the box."""
    shape = QPainterPath()
    shape.addRoundedRect(box, _RADIUS, _RADIUS)
    width = min(image.width(), box.width() / box.height() * image.height())
    painter.save()
    painter.setClipPath(shape)
    painter.drawImage(box, image, QRectF((image.width() - width) / 2, 0, width, image.height()))
    painter.restore()
