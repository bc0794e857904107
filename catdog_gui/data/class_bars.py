"""How many photos each class has in each split, as bars in the classes' colours."""

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import number, tr
from catdog_gui.widgets.mirrored import mirrored

Counts = Mapping[str, Mapping[str, int]]
_ROW, _GAP, _LEGEND = 24, 8, 28
_START = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
ALL = "all"


class ClassBars(QWidget):
    """One bar for each split, divided into classes. All bars share one scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: tuple[str, str] = ("", "")
        self._counts: Counts = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Photos by split and class"))

    def show_counts(self, classes: tuple[str, str], counts: Counts) -> None:
        """Show photos per split and class. `counts` maps a split's name, or `ALL`, to counts by class name."""
        self._classes, self._counts = classes, counts
        first, second = classes
        words = [
            tr(
                "{split}: {first} {first_count}, {second} {second_count}",
                split=split_title(split),
                first=first,
                first_count=row.get(first, 0),
                second=second,
                second_count=row.get(second, 0),
            )
            for split, row in counts.items()
        ]
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
        painter.setLayoutDirection(self.layoutDirection())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_legend(painter)
        metrics = self.fontMetrics()
        largest = max((sum(row.values()) for row in self._counts.values()), default=1) or 1
        left = max((metrics.horizontalAdvance(split_title(name)) for name in self._counts), default=0) + 14
        right = metrics.horizontalAdvance(number(largest)) + 14
        for line, (split, row) in enumerate(self._counts.items()):
            top = _LEGEND + line * (_ROW + _GAP)
            total = sum(row.values())
            self._write(painter, QRectF(0, top, left, _ROW), split_title(split), theme.colours().muted)
            room = QRectF(left, top, max(self.width() - left - right, 1), _ROW)
            self._paint_bar(painter, room, row, largest)
            end = room.left() + room.width() * total / largest + 8
            self._write(painter, QRectF(end, top, right, _ROW), number(total), theme.colours().text)
        painter.end()

    def _write(self, painter: QPainter, place: QRectF, text: str, colour: str) -> None:
        painter.setPen(QColor(colour))
        painter.drawText(mirrored(self, place), _START, text)

    def _paint_legend(self, painter: QPainter) -> None:
        x = 0.0
        for name, colour in zip(self._classes, theme.colours().classes, strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawEllipse(mirrored(self, QRectF(x, 5, 10, 10)))
            total = sum(row.get(name, 0) for row in self._counts.values())
            text = f"{name}  {number(total)}"
            width = self.fontMetrics().horizontalAdvance(text)
            self._write(painter, QRectF(x + 16, 0, width + 8, 20), text, theme.colours().text)
            x += 16 + width + 24

    def _paint_bar(self, painter: QPainter, room: QRectF, row: Mapping[str, int], largest: int) -> None:
        total = sum(row.values())
        whole = QPainterPath()
        bar = QRectF(room.left(), room.top(), room.width() * total / largest, room.height())
        whole.addRoundedRect(mirrored(self, bar), 5, 5)
        painter.save()
        painter.setClipPath(whole)
        x = room.left()
        for name, colour in zip(self._classes, theme.colours().classes, strict=True):
            width = room.width() * row.get(name, 0) / largest
            piece = mirrored(self, QRectF(x, room.top(), width, room.height()))
            painter.fillRect(piece, QColor(colour))
            text = number(row.get(name, 0))
            if width > self.fontMetrics().horizontalAdvance(text) + 12:
                painter.setPen(QColor(theme.colours().surface))
                painter.drawText(piece, Qt.AlignmentFlag.AlignCenter, text)
            x += width
        painter.restore()


def split_title(name: str) -> str:
    """Return what a split is called."""
    titles = {"train": tr("Training"), "validation": tr("Validation"), "test": tr("Test"), ALL: tr("All")}
    return titles.get(name, name)
