"""What the augmentation does to a photo, shown live while its settings change."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.widgets.latest import Latest
from catdog_gui.widgets.photos.images import to_qimage
from trainer.core.config import AugmentConfig
from trainer.core.results import ErrorRecord
from trainer.dataset.photo import photo_pixels

COLUMNS, ROWS, SIDE, GAP = 4, 2, 150, 8
# So that typing "40" makes one preview, not another one for the 4.
_SETTLE_MS = 120

Load = Callable[[], bytes]


class AugmentPreview(QWidget):
    """Seven variants of one photo, the photo itself first. Made in another thread, one preview at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.images: list[QImage] = []
        self.problem = ""
        self._load: Load | None = None
        self._augment = AugmentConfig()
        self._seed = 0
        self._work = Latest(self, settle_ms=_SETTLE_MS)
        self._work.succeeded.connect(self._take)
        self._work.failed.connect(self._fail)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Preview of the augmentation"))

    def show_photo(self, load: Load | None) -> None:
        """Vary another photo; `load` returns its bytes and is called in another thread."""
        self._load = load
        self._make()

    def show_augment(self, augment: AugmentConfig) -> None:
        """Vary the photo like this."""
        if augment != self._augment:
            self._augment = augment
            self._make()

    def shuffle(self) -> None:
        """Draw other variants."""
        self._seed += 1
        self._make()

    def sizeHint(self) -> QSize:
        """Two rows of four."""
        return QSize(COLUMNS * SIDE, self._height(COLUMNS * SIDE))

    def minimumSizeHint(self) -> QSize:
        """Small, but recognisable."""
        return QSize(240, self._height(240))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Be as high as square photos of this width need."""
        super().resizeEvent(event)
        self.setFixedHeight(self._height(event.size().width()))

    def _height(self, width: int) -> int:
        return round(ROWS * self._side(width) + (ROWS - 1) * GAP)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        side = self._side(self.width())
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for number in range(ROWS * COLUMNS):
            row, column = divmod(number, COLUMNS)
            left = column * (side + GAP)
            place = QRectF(self.width() - side - left if mirrored else left, row * (side + GAP), side, side)
            outline = QPainterPath()
            outline.addRoundedRect(place, 8, 8)
            painter.fillPath(outline, theme.colour("sunken"))
            if number < len(self.images):
                painter.setClipPath(outline)
                painter.drawImage(place, self.images[number])
                painter.setClipping(False)
            if number == 0 and self.images:
                self._paint_badge(painter, place)
        painter.end()

    def _paint_badge(self, painter: QPainter, place: QRectF) -> None:
        text = tr("original")
        metrics = painter.fontMetrics()
        badge = QRectF(place.left() + 6, place.bottom() - metrics.height() - 10, 0, metrics.height() + 4)
        badge.setWidth(metrics.horizontalAdvance(text) + 14)
        outline = QPainterPath()
        outline.addRoundedRect(badge, 6, 6)
        painter.fillPath(outline, theme.colour("surface"))
        painter.setPen(theme.colour("text"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)

    @staticmethod
    def _side(width: int) -> float:
        return min((width - (COLUMNS - 1) * GAP) / COLUMNS, float(SIDE))

    def _make(self) -> None:
        load, augment, seed = self._load, self._augment, self._seed
        if load is None:
            self._work.forget()
            self._take([])
        else:
            self._work.ask(lambda: _variants(load, augment, seed))

    def _take(self, images: list[QImage]) -> None:
        self.images, self.problem = images, ""
        self.setToolTip("")
        self.update()

    def _fail(self, error: ErrorRecord) -> None:
        self.images, self.problem = [], f"{translated(error.what)} {translated(error.remedy)}".rstrip()
        self.setToolTip(self.problem)
        self.update()


def _variants(load: Load, augment: AugmentConfig, seed: int) -> list[QImage]:
    """Return the photo and its variants. For a worker thread. Raises PhotoError or DatasetError."""
    from trainer.training.data.augment import preview  # noqa: PLC0415 - brings torch along

    pixels = photo_pixels(load(), SIDE)
    varied = preview(pixels, augment, count=COLUMNS * ROWS - 1, seed=seed)
    return [to_qimage(array.tobytes(), SIDE, SIDE) for array in (pixels, *varied)]
