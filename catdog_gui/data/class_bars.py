"""How many photos each class has in each split, as bars in the classes' colours."""

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from catdog_gui.look import theme

Counts = Mapping[str, Mapping[str, int]]
_ROW, _GAP, _LEGEND = 24, 8, 28


class ClassBars(QWidget):
    """One bar for each split, divided into classes. All bars share one scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: tuple[str, str] = ("", "")
        self._counts: Counts = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_counts(self, classes: tuple[str, str], counts: Counts) -> None:
        """Show photos per split and class. `counts` maps a split's name to counts by class name."""
        self._classes, self._counts = classes, counts
        words = [
            f"{split}: " + ", ".join(f"{number:,} {name}" for name, number in row.items())
            for split, row in counts.items()
        ]
        self.setAccessibleName("Photos by split and class")
        self.setAccessibleDescription("; ".join(words))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as its bars."""
        return QSize(360, _LEGEND + len(self._counts) * (_ROW + _GAP))

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for a small window."""
        return QSize(220, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_legend(painter)
        largest = max((sum(row.values()) for row in self._counts.values()), default=1) or 1
        left = max((self.fontMetrics().horizontalAdvance(name.capitalize()) for name in self._counts), default=0) + 14
        right = self.fontMetrics().horizontalAdvance(f"{largest:,}") + 14
        for line, (split, row) in enumerate(self._counts.items()):
            top = _LEGEND + line * (_ROW + _GAP)
            total = sum(row.values())
            painter.setPen(QColor(theme.colours().muted))
            painter.drawText(QRectF(0, top, left, _ROW), Qt.AlignmentFlag.AlignVCenter, split.capitalize())
            room = QRectF(left, top, max(self.width() - left - right, 1), _ROW)
            self._paint_bar(painter, room, row, largest)
            end = room.left() + room.width() * total / largest + 8
            painter.setPen(QColor(theme.colours().text))
            painter.drawText(QRectF(end, top, right, _ROW), Qt.AlignmentFlag.AlignVCenter, f"{total:,}")
        painter.end()

    def _paint_legend(self, painter: QPainter) -> None:
        x = 0.0
        for name, colour in zip(self._classes, theme.colours().classes, strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawEllipse(QRectF(x, 5, 10, 10))
            total = sum(row.get(name, 0) for row in self._counts.values())
            text = f"{name}  {total:,}"
            painter.setPen(QColor(theme.colours().text))
            painter.drawText(QRectF(x + 16, 0, self.width(), 20), Qt.AlignmentFlag.AlignVCenter, text)
            x += 16 + self.fontMetrics().horizontalAdvance(text) + 24

    def _paint_bar(self, painter: QPainter, room: QRectF, row: Mapping[str, int], largest: int) -> None:
        total = sum(row.values())
        whole = QPainterPath()
        whole.addRoundedRect(QRectF(room.left(), room.top(), room.width() * total / largest, room.height()), 5, 5)
        painter.save()
        painter.setClipPath(whole)
        x = room.left()
        for name, colour in zip(self._classes, theme.colours().classes, strict=True):
            width = room.width() * row.get(name, 0) / largest
            piece = QRectF(x, room.top(), width, room.height())
            painter.fillRect(piece, QColor(colour))
            text = f"{row.get(name, 0):,}"
            if width > self.fontMetrics().horizontalAdvance(text) + 12:
                painter.setPen(QColor(theme.colours().surface))
                painter.drawText(piece, Qt.AlignmentFlag.AlignCenter, text)
            x += width
        painter.restore()
