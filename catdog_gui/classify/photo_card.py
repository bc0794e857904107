"""Draws one photo of the grid: the photo, its verdict, its name."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from catdog_gui.classify.probability_bar import paint_bar
from catdog_gui.classify.session.photo_list import Role, SessionPhoto
from catdog_gui.look import theme
from catdog_gui.look.icons import paint_icon
from catdog_gui.look.words import probability

WIDTH = 176
"""Cards are at least this wide, and as much wider as their columns have room for."""
_THUMBNAIL_SHAPE = 0.72
_MARGIN = 6
_PAD = 10


class PhotoCard(QStyledItemDelegate):
    """`thumbnail` gives a photo's thumbnail, or None while it is being made or where that failed."""

    def __init__(self, thumbnail: Callable[[SessionPhoto], QImage | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnail = thumbnail
        self._cell = QSize(WIDTH, WIDTH)

    def fit(self, width: int, metrics: QFontMetrics) -> QSize:
        """Divide a width among as many cards as fit, and return the size of each with its margin."""
        columns = max(1, width // (WIDTH + 2 * _MARGIN))
        side = (width - 1) // columns
        height = round((side - 2 * _MARGIN) * _THUMBNAIL_SHAPE)
        self._cell = QSize(side, height + 2 * metrics.height() + 38 + 2 * _MARGIN)
        return self._cell

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All cards have one size."""
        return self._cell

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the card."""
        photo = index.data(Role.PHOTO)
        if not isinstance(photo, SessionPhoto):
            return
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        # All of the margin is at the right and below, so that the first column stands flush with what is above.
        card = QRectF(option.rect).adjusted(0, 0, -2 * _MARGIN, -2 * _MARGIN)
        self._draw_frame(painter, card, option.state)
        height = round(card.width() * _THUMBNAIL_SHAPE)
        self._draw_thumbnail(painter, QRectF(card.left(), card.top(), card.width(), height), photo)
        words = card.adjusted(_PAD, height + 8, -_PAD, -_PAD).toRect()
        self._draw_words(painter, words, photo, option.font)
        painter.restore()

    def _draw_frame(self, painter: QPainter, card: QRectF, state: QStyle.StateFlag) -> None:
        c = theme.colours()
        chosen = bool(state & QStyle.StateFlag.State_Selected) and bool(state & QStyle.StateFlag.State_HasFocus)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        colour = c.accent if chosen else c.strong_border if hovered else c.border
        painter.setPen(QPen(QColor(colour), 2 if chosen else 1))
        painter.setBrush(QColor(c.surface))
        painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)

    def _draw_thumbnail(self, painter: QPainter, box: QRectF, photo: SessionPhoto) -> None:
        c = theme.colours()
        inner = box.adjusted(1.5, 1.5, -1.5, 0)
        shape = QPainterPath()
        shape.addRoundedRect(inner.adjusted(0, 0, 0, 20), theme.RADIUS - 1, theme.RADIUS - 1)
        painter.save()
        painter.setClipRect(inner)
        painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
        image = self._thumbnail(photo)
        if image is None:
            painter.fillRect(inner, QColor(c.sunken))
            spot = QRectF(0, 0, 36, 36)
            spot.moveCenter(inner.center())
            paint_icon(painter, "broken" if photo.reason else "photo", spot, c.faint)
        else:
            painter.drawImage(inner, image, _cover(image, inner))
        painter.restore()

    def _draw_words(self, painter: QPainter, box: QRect, photo: SessionPhoto, font: QFont) -> None:
        c = theme.colours()
        bold = QFont(font)
        bold.setWeight(QFont.Weight.DemiBold)
        line = QFontMetrics(bold).height()
        top = QRect(box.left(), box.top(), box.width(), line)
        kind = photo.class_index
        painter.setFont(bold)
        painter.setPen(QColor(c.danger if photo.reason else c.muted if kind is None else c.classes[kind]))
        painter.drawText(top, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, photo.verdict)
        if photo.confidence is not None and not photo.is_unsure:
            painter.drawText(
                top, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, probability(photo.confidence)
            )
        used = painter.fontMetrics().horizontalAdvance(photo.verdict)
        small = QFont(font)
        small.setPointSizeF(font.pointSizeF() * 0.9)
        painter.setFont(small)
        painter.setPen(QColor(c.muted))
        metrics = QFontMetrics(small)
        if photo.is_unsure:
            room = top.adjusted(used + theme.S, 0, 0, 0)
            painter.drawText(
                room,
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                nearest_words(photo, metrics, room.width()),
            )
        if photo.reason or photo.is_unsure:
            below = QRect(box.left(), top.bottom() + 3, box.width(), box.bottom() - top.bottom() - 2)
            painter.drawText(below, Qt.TextFlag.TextWordWrap, _shortened(photo.reason or photo.doubt, metrics, below))
            return
        bar = QRectF(box.left(), top.bottom() + 6, box.width(), 5)
        paint_bar(painter, bar, photo.first_share)
        name = QRect(box.left(), round(bar.bottom()) + 5, box.width(), metrics.height())
        painter.drawText(
            name, Qt.AlignmentFlag.AlignLeft, metrics.elidedText(photo.name, Qt.TextElideMode.ElideMiddle, box.width())
        )


def _cover(image: QImage, box: QRectF) -> QRectF:
    """Return the part of the image, centred, that fills the box without distortion."""
    scale = min(image.width() / box.width(), image.height() / box.height())
    part = QRectF(0, 0, box.width() * scale, box.height() * scale)
    part.moveCenter(QRectF(image.rect()).center())
    return part


def _shortened(text: str, metrics: QFontMetrics, box: QRect) -> str:
    """Cut words off the end until the text fits into the box."""
    words = text.split()
    while len(words) > 1:
        candidate = " ".join(words) + ("" if len(words) == len(text.split()) else " …")
        if metrics.boundingRect(box, Qt.TextFlag.TextWordWrap, candidate).height() <= box.height():
            return candidate
        words.pop()
    return words[0] if words else ""


def nearest_words(photo: SessionPhoto, metrics: QFontMetrics, width: int) -> str:
    """Return the nearest class with its probability, with as much before it as fits."""
    words = f"nearest: {photo.nearest}"
    if metrics.horizontalAdvance(words) <= width:
        return words
    return metrics.elidedText(photo.nearest, Qt.TextElideMode.ElideLeft, width)
