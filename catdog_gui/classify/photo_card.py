"""Draws one photo of the grid: the photo, its verdict, its name."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from catdog_gui.classify.probability_bar import paint_bar
from catdog_gui.classify.session.photo_list import Role
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.look import theme
from catdog_gui.look.icons import paint_icon
from catdog_gui.look.language import tr
from catdog_gui.look.words import probability
from catdog_gui.widgets.photos.fitting import fitted, shortened

WIDTH = 176
"""Cards are at least this wide, and as much wider as their columns have room for."""
_THUMBNAIL_SHAPE = 0.72
_START = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter  # Qt mirrors both where one reads leftwards
_END = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
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
        # All of the margin is after and below, so that the first column stands flush with what is above.
        cell = option.rect
        card = QRectF(_mirrored(option, cell, cell.adjusted(0, 0, -2 * _MARGIN, -2 * _MARGIN)))
        mark = str(index.data(Role.MARK))
        self._draw_frame(painter, card, option.state, marked=bool(mark))
        height = round(card.width() * _THUMBNAIL_SHAPE)
        top = QRectF(card.left(), card.top(), card.width(), height)
        self._draw_thumbnail(painter, top, photo)
        if mark:
            _draw_mark(painter, top.toRect(), mark, option)
        self._draw_words(painter, card.adjusted(_PAD, height + 8, -_PAD, -_PAD).toRect(), photo, option)
        painter.restore()

    def _draw_frame(self, painter: QPainter, card: QRectF, state: QStyle.StateFlag, *, marked: bool) -> None:
        c = theme.colours()
        selected = bool(state & QStyle.StateFlag.State_Selected)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        colour = c.accent if focused or selected or marked else c.strong_border if hovered else c.border
        width = 3 if focused else 2 if selected or marked else 1
        painter.setPen(QPen(QColor(colour), width))
        painter.setBrush(QColor(c.accent_soft if selected else c.surface))
        inset = width / 2
        painter.drawRoundedRect(card.adjusted(inset, inset, -inset, -inset), theme.RADIUS, theme.RADIUS)

    def _draw_thumbnail(self, painter: QPainter, box: QRectF, photo: SessionPhoto) -> None:
        c = theme.colours()
        inner = box.adjusted(3, 3, -3, 0)
        shape = QPainterPath()
        shape.addRoundedRect(inner.adjusted(0, 0, 0, 20), theme.RADIUS - 2, theme.RADIUS - 2)
        painter.save()
        painter.setClipRect(inner)
        painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
        painter.fillRect(inner, QColor(c.sunken))
        image = self._thumbnail(photo)
        if image is None:
            spot = QRectF(0, 0, 36, 36)
            spot.moveCenter(inner.center())
            paint_icon(painter, "broken" if photo.reason else "photo", spot, c.faint)
        else:
            painter.drawImage(fitted(image.size(), inner), image)
        painter.restore()

    def _draw_words(self, painter: QPainter, box: QRect, photo: SessionPhoto, option: QStyleOptionViewItem) -> None:
        c = theme.colours()
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        small = QFont(option.font)
        small.setPointSizeF(option.font.pointSizeF() * 0.9)
        metrics = QFontMetrics(small)
        top = QRect(box.left(), box.top(), box.width(), QFontMetrics(bold).height())
        kind = photo.class_index
        painter.setFont(bold)
        painter.setPen(QColor(c.danger if photo.reason else c.muted if kind is None else c.classes[kind]))
        sure = photo.confidence is not None and not photo.is_unsure
        share = probability(photo.confidence or 0.0) if sure else ""
        room = top.width() - painter.fontMetrics().horizontalAdvance(share) - theme.S
        verdict = painter.fontMetrics().elidedText(photo.verdict, Qt.TextElideMode.ElideRight, room)
        painter.drawText(top, _START, verdict)
        painter.drawText(top, _END, share)
        used = painter.fontMetrics().horizontalAdvance(verdict)
        painter.setFont(small)
        painter.setPen(QColor(c.muted))
        if photo.nearest:
            rest = _mirrored(option, top, top.adjusted(used + theme.S, 0, 0, 0))
            painter.drawText(rest, _END, nearest_words(photo, metrics, rest.width()))
        if photo.reason or photo.is_unsure:
            below = QRect(box.left(), top.bottom() + 3, box.width(), box.bottom() - top.bottom() - 2)
            painter.drawText(below, Qt.TextFlag.TextWordWrap, shortened(photo.reason or photo.doubt, metrics, below))
            return
        bar = QRectF(box.left(), top.bottom() + 6, box.width(), 5)
        paint_bar(painter, bar, photo.first_share, option.direction)
        name = QRect(box.left(), round(bar.bottom()) + 5, box.width(), metrics.height())
        painter.drawText(name, _START, metrics.elidedText(photo.name, Qt.TextElideMode.ElideMiddle, box.width()))


def _draw_mark(painter: QPainter, top: QRect, word: str, option: QStyleOptionViewItem) -> None:
    """Draw a word in a corner of the thumbnail."""
    c = theme.colours()
    font = QFont(option.font)
    font.setPointSizeF(option.font.pointSizeF() * 0.85)
    font.setWeight(QFont.Weight.DemiBold)
    metrics = QFontMetrics(font)
    width = min(metrics.horizontalAdvance(word) + 2 * theme.S, top.width() - 2 * theme.S)
    pill = QRect(top.left() + theme.S, top.top() + theme.S, width, metrics.height() + theme.XS)
    pill = _mirrored(option, top, pill)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(c.accent))
    painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
    painter.setFont(font)
    painter.setPen(QColor(c.on_accent))
    elided = metrics.elidedText(word, Qt.TextElideMode.ElideRight, width - theme.S)
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, elided)


def _mirrored(option: QStyleOptionViewItem, room: QRect, place: QRect) -> QRect:
    """Return a place in a room as it is where one reads from right to left."""
    return QStyle.visualRect(option.direction, room, place)


def nearest_words(photo: SessionPhoto, metrics: QFontMetrics, width: int) -> str:
    """Return the nearest class with its probability, with as much before it as fits."""
    words = tr("nearest: {nearest}", nearest=photo.nearest)
    if metrics.horizontalAdvance(words) <= width:
        return words
    return metrics.elidedText(photo.nearest, Qt.TextElideMode.ElideLeft, width)
