"""Paints a cell with two lines: what it says, and under it, smaller in weight, what belongs to it."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QIcon, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from catdog_gui.look import theme

Index = QModelIndex | QPersistentModelIndex
SECOND_ROLE = int(Qt.ItemDataRole.UserRole)
"""The lower line; the upper one is the DisplayRole."""
WARN_ROLE = SECOND_ROLE + 1
"""Whether the lower line is a warning."""

_ICON = 18
_SIDE = theme.S
"""As the headings have it (`QHeaderView::section` in the style sheet), so that they stand over their column."""


class TwoLines(QStyledItemDelegate):
    """For a table whose rows are as high as `row_height`."""

    @staticmethod
    def row_height(widget: QWidget) -> int:
        """Return the height of a row with two lines."""
        return 2 * widget.fontMetrics().height() + 2 * theme.S

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the room for both lines."""
        metrics = option.fontMetrics
        lines = (index.data(Qt.ItemDataRole.DisplayRole), index.data(SECOND_ROLE))
        width = max(metrics.horizontalAdvance(str(line)) for line in lines)
        return QSize(width + 2 * _SIDE + 4, 2 * metrics.height() + 2 * theme.S)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the ground as the style does, then the lines."""
        self.initStyleOption(option, index)
        icon = QIcon(option.icon)
        option.text, option.icon = "", QIcon()
        style = option.widget.style() if option.widget is not None else None
        if style is not None:
            style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        painter.save()
        room = option.rect.adjusted(_SIDE, theme.S, -_SIDE, -theme.S)
        if not icon.isNull():
            place = QRect(room.left(), room.top() + (room.height() - _ICON) // 2, _ICON, _ICON)
            icon.paint(painter, QStyle.visualRect(option.direction, room, place))
            rest = QRect(room.left() + _ICON + theme.S, room.top(), room.width() - _ICON - theme.S, room.height())
            room = QStyle.visualRect(option.direction, room, rest)
        self._write(painter, room, option, index)
        painter.restore()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Let the field for another name be as high as fields are, in the middle of the row."""
        height = min(editor.sizeHint().height(), option.rect.height())
        editor.setGeometry(option.rect.left(), option.rect.center().y() - height // 2, option.rect.width(), height)

    @staticmethod
    def _write(painter: QPainter, room: QRect, option: QStyleOptionViewItem, index: Index) -> None:
        metrics = option.fontMetrics
        side = Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole))
        place = QStyle.visualAlignment(option.direction, side)
        flags = place | Qt.TextFlag.TextSingleLine
        upper = QRect(room.left(), room.top(), room.width(), metrics.height())
        lower = upper.translated(0, room.height() - metrics.height())
        elide = Qt.TextElideMode.ElideMiddle
        painter.setFont(option.font)
        painter.setPen(theme.colour("text"))
        painter.drawText(upper, flags, metrics.elidedText(str(index.data()), elide, room.width()))
        painter.setPen(theme.colour("warning" if index.data(WARN_ROLE) else "muted"))
        # Of a sentence about a file, the beginning and the end say more than the path between them.
        elide = Qt.TextElideMode.ElideMiddle if index.data(WARN_ROLE) else Qt.TextElideMode.ElideRight
        second = metrics.elidedText(str(index.data(SECOND_ROLE)), elide, room.width())
        painter.drawText(lower, flags, second)
