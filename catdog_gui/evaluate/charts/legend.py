"""Which class or line is which in a chart."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from catdog_gui.evaluate.dot import Dot
from catdog_gui.look import theme
from catdog_gui.look.language import listed, tr
from catdog_gui.widgets.elided_label import ElidedLabel


class Legend(QWidget):
    """Made anew for each evaluation."""

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.S)

    def show_classes(self, classes: tuple[str, str]) -> None:
        """Show either class with its dot."""
        self._fill([(Dot(index), name) for index, name in enumerate(classes)])

    def show_lines(self, solid: str, dashed: str) -> None:
        """Show the solid line in the accent's colour and the dashed one."""
        self._fill([(_Sample(Qt.PenStyle.SolidLine), solid), (_Sample(Qt.PenStyle.DashLine), dashed)])

    def _fill(self, entries: list[tuple[QWidget, str]]) -> None:
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for sign, words in entries:
            label = ElidedLabel()
            label.setText(words)
            label.setProperty("role", "small")
            label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            self._row.addWidget(sign)
            self._row.addWidget(label)
        self._row.addStretch(1)
        self.setAccessibleName(tr("Legend: {lines}", lines=listed([words for _, words in entries])))


class _Sample(QWidget):
    """A short piece of a line."""

    def __init__(self, style: Qt.PenStyle) -> None:
        super().__init__()
        self._style = style
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Long enough for two dashes."""
        return QSize(24, 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        colours = theme.colours()
        painter = QPainter(self)
        solid = self._style == Qt.PenStyle.SolidLine
        painter.setPen(QPen(QColor(colours.accent if solid else colours.muted), 2, self._style))
        room = QRectF(self.rect())
        painter.drawLine(QPointF(room.left(), room.center().y()), QPointF(room.right(), room.center().y()))
        painter.end()
