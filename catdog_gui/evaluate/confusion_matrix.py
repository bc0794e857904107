"""The confusion matrix: each of its four cells is a button that shows its photos."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QLabel, QSizePolicy, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import number, tr, tr_n
from catdog_gui.look.words import percent

Confusion = tuple[tuple[int, int], tuple[int, int]]


class ConfusionMatrix(QWidget):
    """Rows are the true class, columns the verdict."""

    cell_chosen = Signal(int, int)
    """Index of the true class, index of the predicted class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        self._heads = [self._head(0, column + 1) for column in range(2)]
        self._sides = [self._head(row + 1, 0) for row in range(2)]
        self.cells = tuple(tuple(self._cell(row, column) for column in range(2)) for row in range(2))
        for line in (1, 2):
            self._grid.setColumnStretch(line, 1)
            self._grid.setRowStretch(line, 1)

    def show_counts(self, classes: tuple[str, str], confusion: Confusion) -> None:
        """Show how many photos of each class got which verdict."""
        for name, head, side in zip(classes, self._heads, self._sides, strict=True):
            head.setText(tr("called {class_name}", class_name=name))
            side.setText(tr("is {class_name}", class_name=name))
        for row, line in enumerate(self.cells):
            total = sum(confusion[row])
            for column, cell in enumerate(line):
                share = confusion[row][column] / total if total else 0.0
                cell.show_count(confusion[row][column], share, classes[row], classes[column])

    def choose(self, row: int, column: int) -> None:
        """Choose a cell as a click does."""
        self.cells[row][column].click()

    def choose_none(self) -> None:
        """Take the mark from the cell that was chosen."""
        self._group.setExclusive(False)
        for cell in self._group.buttons():
            cell.setChecked(False)
        self._group.setExclusive(True)

    def _head(self, row: int, column: int) -> QLabel:
        label = QLabel()
        label.setProperty("role", "muted")
        label.setAlignment(Qt.AlignmentFlag.AlignCenter if row == 0 else Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(label, row, column)
        return label

    def _cell(self, row: int, column: int) -> "MatrixCell":
        cell = MatrixCell(row, right=row == column)
        cell.clicked.connect(lambda: self.cell_chosen.emit(row, column))
        self._group.addButton(cell)
        self._grid.addWidget(cell, row + 1, column + 1)
        return cell


class MatrixCell(QAbstractButton):
    """One number on the colour of its true class, which is stronger the larger its share of that class is."""

    def __init__(self, class_index: int, *, right: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._class_index, self._right = class_index, right
        self.count, self.share = 0, 0.0
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_count(self, count: int, share: float, true: str, predicted: str) -> None:
        """Show a number of photos of the class `true`, and which share of it they are."""
        self.count, self.share = count, share
        named = {"true": true, "predicted": predicted}
        self.setAccessibleName(
            tr_n(
                count,
                "{true} called {predicted}: %n photo, {share}",
                "{true} called {predicted}: %n photos, {share}",
                share=percent(share),
                **named,
            )
        )
        none = tr("{true} called {predicted}: none", **named)
        show = tr_n(
            count,
            "{true} called {predicted}: show this %n photo",
            "{true} called {predicted}: show these %n photos",
            **named,
        )
        self.setToolTip(show if count else none)
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        """Return what stands under the number."""
        share = percent(self.share)
        return tr("{share} right", share=share) if self._right else tr("{share} wrong", share=share)

    def sizeHint(self) -> QSize:
        """Room for a large number."""
        return QSize(120, 78)

    def minimumSizeHint(self) -> QSize:
        """Room for the number and the words."""
        return QSize(max(84, self.fontMetrics().horizontalAdvance(self.words()) + theme.M), 64)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        colours = theme.colours()
        fill = QColor(theme.colours().classes[self._class_index])
        fill.setAlphaF(0.06 + 0.5 * self.share)
        edge = QColor(colours.accent if self.isChecked() or self.hasFocus() else colours.border)
        if self.underMouse() and not self.isChecked():
            edge = QColor(colours.muted)
        painter.setPen(QPen(edge, 2 if self.isChecked() or self.hasFocus() else 1))
        painter.setBrush(fill)
        painter.drawRoundedRect(room, 8, 8)
        if self.hasFocus():
            theme.draw_focus(painter, room, 8)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 1.7)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        middle = room.center().y()
        above = QRectF(room.left(), room.top(), room.width(), middle - room.top() + 10)
        painter.drawText(above, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, number(self.count))
        painter.setFont(self.font())
        below = QRectF(room.left(), middle + 11, room.width(), room.bottom() - middle - 11)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, self.words())
        painter.end()
