"""One photo as large as there is room for."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from catdog_gui.look import theme
from catdog_gui.look.icons import paint_icon


class PhotoPreview(QWidget):
    """Shows an image with rounded corners, or an icon while it is being loaded and where it cannot be read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._heat: QImage | None = None
        self._opacity = 0.0
        self._icon = "photo"
        self._focused = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(220, 160)
        theme.theme().changed.connect(self.update)

    def show_image(self, image: QImage | None, *, broken: bool = False) -> None:
        """Show the image; with None the icon of a photo that is being loaded or, where `broken`, cannot be read."""
        self._image = image
        self._icon = "broken" if broken else "photo"
        self.update()

    def show_heat(self, heat: QImage | None, opacity: float) -> None:
        """Draw a heat map, stretched over the whole photo, with this opacity from 0 to 1; None takes it away."""
        self._heat, self._opacity = heat, opacity
        self.update()

    def show_focus(self, focused: bool) -> None:  # noqa: FBT001 - there is one thing to say
        """Show, or no longer, that the keyboard acts on the photo."""
        self._focused = focused
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for little: it takes what there is, and a page with words that wrap would be made as high as this."""
        return QSize(320, 160)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the image, fitted and centred."""
        c = theme.colours()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        room = QRectF(self.rect())
        if self._image is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.sunken))
            painter.drawRoundedRect(room, 12, 12)
            side = min(96.0, room.width() / 3, room.height() / 3)
            spot = QRectF(0, 0, side, side)
            spot.moveCenter(room.center())
            paint_icon(painter, self._icon, spot, c.faint)
        else:
            box = QRectF(
                QPointF(0, 0),
                self._image.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio).toSizeF(),
            )
            box.moveCenter(room.center())
            shape = QPainterPath()
            shape.addRoundedRect(box, 12, 12)
            painter.setClipPath(shape)
            painter.drawImage(box, self._scaled(box.size().toSize()))
            if self._heat is not None:
                painter.setOpacity(self._opacity)
                painter.drawImage(box, self._heat)
                painter.setOpacity(1)
            painter.setClipping(False)
            room = box
        if self._focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            # Two lines, one of which stands out against any photo.
            for colour, inset in ((c.accent, 1.5), (c.surface, 3.5)):
                painter.setPen(QPen(QColor(colour), 3 if inset < 2 else 1))
                painter.drawRoundedRect(room.adjusted(inset, inset, -inset, -inset), 12 - inset, 12 - inset)
        painter.end()

    def _scaled(self, size: QSize) -> QImage:
        assert self._image is not None
        pixels = size * self.devicePixelRatioF()
        if pixels.width() >= self._image.width():
            return self._image
        # Qt's painter looks at four neighbours only, which flickers where a photo is made much smaller.
        return self._image.scaled(
            pixels, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
