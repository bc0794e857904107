"""A run opened again: how it ended, its curves, what was said of it, its settings, and the note on it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from catdog_gui import worker
from catdog_gui.look import theme
from catdog_gui.look.language import tr, translated
from catdog_gui.look.model_words import accuracy_words, recipe_title
from catdog_gui.models.kept_words import grade_words, judgement, made_words, photos_words, status_words
from catdog_gui.models.settings_table import SettingsTable
from catdog_gui.state.context import Context
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.dialog_room import ScrollBody, fit_dialog
from catdog_gui.widgets.notice import Notice
from catdog_gui.widgets.plots.live_plot import LivePlot
from catdog_gui.widgets.plots.save_plot_as import save_plot_as
from catdog_gui.widgets.reflow import Reflow
from catdog_gui.widgets.save_report import save_report
from trainer.core.run_state import RunState
from trainer.storage.collection import Kept
from trainer.storage.run_history import read_history

_SIZE = QSize(860, 680)
_TWO_PLOTS = 640


class RunDetails(QDialog):
    """Reads the run's log in the background; the rest is there at once."""

    def __init__(self, kept: Kept, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(kept.title)
        self.kept = kept
        self._context = context
        self.state: RunState | None = None
        """What the log says, once it is read."""
        self.plots = (LivePlot("loss"), LivePlot("accuracy"))
        for plot in self.plots:
            plot.setMinimumHeight(280)
            plot.save_requested.connect(lambda plot=plot: save_plot_as(plot, context, self))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(theme.S)
        self._lay_out()
        fit_dialog(self, _SIZE)
        if kept.is_of_run:
            folder = kept.path.parent
            task = worker.start(lambda _emit, _control: read_history(folder), parent=self)
            task.succeeded.connect(self._show_history)

    def facts(self) -> list[str]:
        """Return what is known at once, in short lines."""
        kept = self.kept
        where = str(kept.run.config.dataset) if kept.run is not None else kept.dataset
        first = [recipe_title(kept.recipe), made_words(kept), status_words(kept)]
        return [
            " · ".join(part for part in first if part),
            accuracy_words(kept.test),
            f"{where}: {photos_words(kept)}" if where else photos_words(kept),
            str(kept.path.parent if kept.is_of_run else kept.path),
        ]

    def _lay_out(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(theme.XL, theme.XL, theme.XL, theme.XL)
        column.setSpacing(theme.L)
        column.addWidget(self._label(self.kept.title, "title"))
        facts = QVBoxLayout()
        facts.setSpacing(theme.XS)
        for line in self.facts():
            facts.addWidget(self._label(line, "muted"))
        column.addLayout(facts)
        column.addLayout(self._lines)
        self._say_what_is_known()
        if self.kept.is_of_run:
            cards = []
            for plot in self.plots:
                card = Card()
                card.body.addWidget(plot)
                cards.append(card)
            column.addWidget(Reflow(*cards, breakpoint_px=_TWO_PLOTS))
        if self.kept.run is not None:
            settings = Card(tr("Settings"))
            settings.body.addWidget(SettingsTable([self.kept.run.config]))
            column.addWidget(settings)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, theme.L)
        layout.addWidget(ScrollBody(body), 1)
        layout.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        kept = self.kept
        self.report = report = QPushButton(tr("Save report…"))
        report.setIcon(theme.icon("save"))
        report.setVisible(kept.run is not None and kept.run.epochs > 0)
        report.clicked.connect(lambda: save_report(kept.path.parent, self._context, self))
        close = QPushButton(tr("Close"))
        close.setProperty("kind", "primary")
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.setContentsMargins(theme.XL, 0, theme.XL, 0)
        row.addStretch(1)
        row.addWidget(report)
        row.addWidget(close)
        return row

    def _say_what_is_known(self) -> None:
        kept = self.kept
        if kept.damage:
            self._lines.addWidget(Notice("error", translated(kept.damage)))
        weak = grade_words(kept)
        if weak:
            self._lines.addWidget(Notice("advice", weak))
        if kept.note:
            self._lines.addWidget(Notice("info", kept.note))

    def _show_history(self, state: RunState) -> None:
        self.state = state
        for plot in self.plots:
            plot.show_state(state)
        if state.result is not None and state.result.error is not None:
            error = state.result.error
            self._lines.addWidget(Notice("error", translated(error.what), translated(error.remedy)))
        if state.damage:
            self._lines.addWidget(Notice("warning", translated(state.damage)))
        found = judgement(self.kept)
        said = found.explanation if found is not None else ""
        for advice in (advice for advice in state.advice if advice.text != said):
            self._lines.addWidget(Notice("advice", translated(advice.text), translated(advice.remedy)))
        if not state.history:
            self._lines.addWidget(Notice("info", tr("No epoch of this run was finished, so there are no curves.")))

    @staticmethod
    def _label(text: str, role: str) -> QLabel:
        label = QLabel(text)
        label.setProperty("role", role)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label
