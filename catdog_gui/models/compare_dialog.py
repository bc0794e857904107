"""Several models or runs side by side: how good they are, what they learnt from, where their settings differ."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui import worker
from catdog_gui.look import theme
from catdog_gui.look.language import mark, number, tr
from catdog_gui.look.model_words import recipe_title
from catdog_gui.look.words import interval, percent
from catdog_gui.models.compare_curves import COLOURS, CompareCurves, CurveSample
from catdog_gui.models.kept_words import made_words, status_words
from catdog_gui.models.settings_table import TITLES_WIDTH, SettingsTable
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.dialog_room import ScrollBody, fit_dialog
from catdog_gui.widgets.reflow import Reflow
from trainer.core.results import EpochMetrics
from trainer.storage.collection import Kept
from trainer.storage.run_history import read_history

MOST = len(COLOURS)
"""More curves than colours could not be told apart."""

_SIZE = QSize(940, 720)
_TWO_PLOTS = 640

_FACTS: tuple[tuple[str, Callable[[Kept], str]], ...] = (
    (mark("Accuracy"), lambda kept: percent(kept.test.accuracy if kept.test else None, 1)),
    (mark("Likely range (95 %)"), lambda kept: interval(*kept.test.accuracy_interval) if kept.test else "–"),
    (mark("Test photos"), lambda kept: number(kept.test.photos) if kept.test else "–"),
    (mark("Training photos"), lambda kept: "–" if kept.learnt_from is None else number(kept.learnt_from)),
    (mark("Recipe"), lambda kept: recipe_title(kept.recipe) or "–"),
    (mark("Dataset"), lambda kept: kept.dataset or "–"),
    (mark("Made"), made_words),
    (mark("Status"), status_words),
    (mark("Note"), lambda kept: kept.note or "–"),
)


class CompareDialog(QDialog):
    """A column each, the curves below over one another, then the settings that differ."""

    def __init__(self, chosen: Sequence[Kept], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Compare"))
        self._chosen = chosen
        self.cells: dict[str, list[str]] = {}
        """The facts as shown, by their title."""
        self.plots = (CompareCurves("loss"), CompareCurves("accuracy"))
        self._lay_out()
        fit_dialog(self, _SIZE)
        folders = [kept.path.parent if kept.is_of_run else None for kept in chosen]
        task = worker.start(lambda _emit, _control: _histories(folders), parent=self)
        task.succeeded.connect(self._show_curves)

    def _lay_out(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(theme.XL, theme.XL, theme.XL, theme.XL)
        column.setSpacing(theme.L)
        column.addWidget(self._facts())
        cards = []
        for plot in self.plots:
            card = Card()
            card.body.addWidget(plot)
            cards.append(card)
        self._curves = Reflow(*cards, breakpoint_px=_TWO_PLOTS)
        column.addWidget(self._curves)
        configs = [kept.run.config for kept in self._chosen if kept.run is not None]
        if len(configs) == len(self._chosen):
            settings = Card(tr("Settings"))
            settings.body.addWidget(SettingsTable(configs))
            column.addWidget(settings)
        column.addStretch(1)
        close = QPushButton(tr("Close"))
        close.setProperty("kind", "primary")
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.XL, 0, theme.XL, 0)
        foot.addStretch(1)
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, theme.L)
        layout.addWidget(ScrollBody(body), 1)
        layout.addLayout(foot)

    def _facts(self) -> QWidget:
        facts = Card()
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.L)
        grid.setVerticalSpacing(theme.XS)
        grid.setColumnMinimumWidth(0, TITLES_WIDTH)
        for column, kept in enumerate(self._chosen, start=1):
            grid.addWidget(CurveSample(column - 1), 0, column, Qt.AlignmentFlag.AlignLeading)
            grid.addWidget(_label(kept.title, "subheading"), 1, column)
            grid.setColumnStretch(column, 1)
        for line, (title, words) in enumerate(_FACTS, start=2):
            grid.addWidget(_label(tr(title), "muted"), line, 0)
            self.cells[title] = [words(kept) for kept in self._chosen]
            for column, text in enumerate(self.cells[title], start=1):
                cell = _label(text, "subheading" if line == 2 else "")
                cell.setAccessibleName(f"{self._chosen[column - 1].title}, {tr(title)}: {text}")
                grid.addWidget(cell, line, column)
        facts.body.addLayout(grid)
        return facts

    def _show_curves(self, histories: list[tuple[EpochMetrics, ...]]) -> None:
        self._curves.setVisible(any(histories))
        for plot in self.plots:
            plot.show_histories(histories)


def _histories(folders: Sequence[Path | None]) -> list[tuple[EpochMetrics, ...]]:
    return [read_history(folder).history if folder is not None else () for folder in folders]


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
    return label
