"""Precision and recall of each class; tooltips explain the terms."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from catdog_gui.evaluate.dot import Dot
from catdog_gui.look import theme
from catdog_gui.look.language import mark, number, tr
from catdog_gui.look.words import percent
from trainer.core.results import EvaluationMetrics

_COLUMNS = (
    (mark("Photos"), mark("How many photos of this class there are.")),
    (mark("Precision"), mark("Of the photos that the model calls this class, the share that really are.")),
    (mark("Recall"), mark("Of the photos of this class, the share that the model calls so.")),
    (mark("F1"), mark("Precision and recall in one number: their harmonic mean.")),
)


class ClassTable(QWidget):
    """One row a class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.M)
        self._grid.setVerticalSpacing(theme.M)
        self._grid.setColumnStretch(1, 1)
        for column, (title, meaning) in enumerate(_COLUMNS, start=2):
            head = self._label(tr(title), right=True)
            head.setProperty("role", "small")
            head.setToolTip(tr(meaning))
            self._grid.addWidget(head, 0, column)
        self.cells = [[self._label("", right=column > 0) for column in range(5)] for _ in range(2)]
        for row, cells in enumerate(self.cells):
            self._grid.addWidget(Dot(row), row + 1, 0)
            for column, cell in enumerate(cells):
                self._grid.addWidget(cell, row + 1, column + 1)

    def show_metrics(self, evaluation: EvaluationMetrics) -> None:
        """Show the classes' numbers."""
        for cells, name in zip(self.cells, evaluation.classes, strict=True):
            metrics = evaluation.per_class[name]
            shares = (metrics.precision, metrics.recall, metrics.f1)
            texts = (name, number(metrics.photos), *(percent(share, 1) for share in shares))
            for cell, text, head in zip(
                cells, texts, (tr("Class"), *(tr(title) for title, _ in _COLUMNS)), strict=True
            ):
                cell.setText(text)
                cell.setAccessibleName(f"{name}, {head}: {text}")

    @staticmethod
    def _label(text: str, *, right: bool) -> QLabel:
        label = QLabel(text)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        return label
