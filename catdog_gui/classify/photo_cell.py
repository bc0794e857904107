"""Draws one cell of the table of photos."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from catdog_gui.classify.session.photo_columns import CLASS, FOLDER, NAME, PROBABILITY, REASON
from catdog_gui.classify.session.photo_list import Role
from catdog_gui.classify.session.session_photo import SessionPhoto
from catdog_gui.look import theme
from catdog_gui.look.icons import paint_icon
from catdog_gui.look.language import tr
from catdog_gui.look.words import percent
from catdog_gui.widgets.photos.fitting import fitted, shortened

Index = QModelIndex | QPersistentModelIndex
_SIDE = theme.S
"""As the headings have it (`QHeaderView::section` in the style sheet), so that they stand over their column."""
_ABOVE = 4
# A path is read from the left in every language, and a name as its first letter is; else signs that begin them, such as
# a slash, would be drawn at the other end.
_DIRECTIONS = {
    FOLDER: "\N{LEFT-TO-RIGHT ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}",
    NAME: "\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}",
}


class PhotoCell(QStyledItemDelegate):
    """`thumbnail` gives a photo's thumbnail, or None while it is being made or where that failed."""

    def __init__(self, thumbnail: Callable[[SessionPhoto], QImage | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnail = thumbnail

    @staticmethod
    def row_height(widget: QWidget) -> int:
        """Return the height of a row, in which a reason has two lines."""
        return 2 * widget.fontMetrics().height() + 2 * _ABOVE + 2

    @staticmethod
    def usual_width(widget: QWidget, column: int) -> int:
        """Return the width that a column's words need as a rule."""
        if column == PROBABILITY:
            words = tr("{class_name} {probability}", class_name="mmm", probability=percent(0.999, 1))
        else:
            words = max((tr("Not sure"), tr("Cannot be read"), tr("Waiting")), key=len)
        return _bold(widget.font()).horizontalAdvance(words) + 2 * _SIDE + 8

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the room for all of the words in one line: what a double click between two headings asks for."""
        width = option.fontMetrics.horizontalAdvance(str(index.data()))
        height = 2 * option.fontMetrics.height() + 2 * _ABOVE + 2
        return QSize(width + 2 * _SIDE + 4 + (height + _SIDE if index.column() == NAME else 0), height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the ground as the style does, then the words."""
        photo = index.data(Role.PHOTO)
        if not isinstance(photo, SessionPhoto):
            return
        self.initStyleOption(option, index)
        words, option.text = option.text, ""
        style = option.widget.style() if option.widget is not None else None
        if style is not None:
            style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        painter.save()
        room = option.rect.adjusted(_SIDE, _ABOVE, -_SIDE, -_ABOVE)
        if index.column() == NAME:
            room = self._draw_thumbnail(painter, room, photo, option)
            room = _draw_mark(painter, room, str(index.data(Role.MARK)), option)
        _write(painter, room, words, index, option)
        painter.restore()

    def _draw_thumbnail(
        self, painter: QPainter, room: QRect, photo: SessionPhoto, option: QStyleOptionViewItem
    ) -> QRect:
        """Draw it where reading begins, and return the room beside it."""
        side = room.height()
        box = QRectF(QStyle.visualRect(option.direction, room, QRect(room.left(), room.top(), side, side)))
        image = self._thumbnail(photo)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if image is None:
            colour = theme.colours().faint
            paint_icon(painter, "broken" if photo.reason else "photo", box.adjusted(8, 8, -8, -8), colour)
        else:
            painter.drawImage(fitted(image.size(), box), image)
        return QStyle.visualRect(option.direction, room, room.adjusted(side + _SIDE, 0, 0, 0))


def _draw_mark(painter: QPainter, room: QRect, word: str, option: QStyleOptionViewItem) -> QRect:
    """Draw a word such as "New" where the cell ends, and return the room that is left."""
    if not word:
        return room
    metrics = _bold(option.font)
    width = min(metrics.horizontalAdvance(word), room.width() // 2)
    painter.setFont(_as_bold(option.font))
    painter.setPen(theme.colour("accent"))
    place = QStyle.visualRect(option.direction, room, room.adjusted(room.width() - width, 0, 0, 0))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, metrics.elidedText(word, Qt.TextElideMode.ElideRight, width))
    return QStyle.visualRect(option.direction, room, room.adjusted(0, 0, -width - _SIDE, 0))


def _write(painter: QPainter, room: QRect, words: str, index: Index, option: QStyleOptionViewItem) -> None:
    column = index.column()
    painter.setFont(_as_bold(option.font) if column == CLASS else option.font)
    painter.setPen(_colour(index.data(Role.PHOTO), column))
    metrics = painter.fontMetrics()
    place = QStyle.visualAlignment(option.direction, option.displayAlignment)
    if column == REASON:
        painter.drawText(room, place | Qt.TextFlag.TextWordWrap, shortened(words, metrics, room))
        return
    # Of a name and a folder, the beginning and the end say more than what is between them.
    middle = column in (NAME, FOLDER)
    elide = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
    shortest = metrics.elidedText(words, elide, room.width())
    if column in _DIRECTIONS:
        shortest = _DIRECTIONS[column].format(shortest)
    painter.drawText(room, place | Qt.TextFlag.TextSingleLine, shortest)


def _colour(photo: SessionPhoto, column: int) -> QColor:
    c = theme.colours()
    if column == CLASS and photo.class_index is not None:
        return QColor(c.classes[photo.class_index])
    if photo.reason and column in (CLASS, REASON):
        return QColor(c.danger)
    plain = column == NAME or (column == PROBABILITY and not photo.is_unsure)
    return QColor(c.text if plain else c.muted)


def _as_bold(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    return bold


def _bold(font: QFont) -> QFontMetrics:
    return QFontMetrics(_as_bold(font))
