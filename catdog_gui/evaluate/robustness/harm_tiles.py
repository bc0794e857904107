"""A photo with each harm done to it, and the model's accuracy on such photos below."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from catdog_gui.evaluate.robustness.robustness_words import TileWords
from catdog_gui.look import theme
from catdog_gui.look.language import tr
from catdog_gui.look.words import plain_tooltip
from catdog_gui.widgets.flow import Flow

PICTURE = QSize(116, 87)


class HarmTile(QWidget):
    """One harm."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = QLabel()
        self.picture.setFixedSize(PICTURE)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        self.title, self.accuracy, self.change = QLabel(), QLabel(), QLabel()
        self.title.setProperty("role", "small")
        self.accuracy.setProperty("role", "subheading")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.XS, theme.XS, theme.XS, theme.XS)
        column.setSpacing(0)
        for part in (self.picture, self.title, self.accuracy, self.change):
            if part is not self.picture:
                part.setWordWrap(True)
                part.setFixedWidth(PICTURE.width())
            column.addWidget(part)

    def show_words(self, words: TileWords) -> None:
        """Show what the harm does."""
        self.title.setText(words.title)
        self.accuracy.setText(words.accuracy)
        self.change.setText(words.change)
        theme.mark(self.change, role="danger" if words.is_worse else "small")
        self.setToolTip(plain_tooltip(words.story))
        self.setAccessibleName(words.story)

    def show_picture(self, image: QImage | None) -> None:
        """Show a photo with the harm, or none."""
        if image is None:
            self.picture.clear()
            return
        ratio = self.devicePixelRatioF()
        # A photo that became small is shown as it is, with its pixels, beside the others.
        kind = Qt.TransformationMode.SmoothTransformation
        if max(image.width(), image.height()) < PICTURE.width():
            kind = Qt.TransformationMode.FastTransformation
        pixmap = QPixmap.fromImage(image.scaled(PICTURE * ratio, Qt.AspectRatioMode.KeepAspectRatio, kind))
        pixmap.setDevicePixelRatio(ratio)
        self.picture.setPixmap(pixmap)


class HarmTiles(Flow):
    """All of them; the focus rests on the whole, so that its words are read."""

    def __init__(self, count: int) -> None:
        self.tiles = [HarmTile() for _ in range(count)]
        super().__init__(*self.tiles, spacing=theme.M)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Accuracy with each harm"))

    def show_words(self, words: Sequence[TileWords]) -> None:
        """Show what each harm does."""
        for tile, its in zip(self.tiles, words, strict=True):
            tile.show_words(its)
        self.setAccessibleDescription(" ".join(its.story for its in words))

    def show_pictures(self, images: Sequence[QImage] | None) -> None:
        """Show a photo with each harm, or none."""
        for place, tile in enumerate(self.tiles):
            tile.show_picture(images[place] if images is not None else None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that it is gone."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the focus."""
        if not self.hasFocus():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.colours().accent), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()
