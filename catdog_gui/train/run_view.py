"""A run as it goes on: progress, what is looked at, plots, advice, and at last the summary. Shows a RunState alone."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import translated
from catdog_gui.state.context import Context
from catdog_gui.train.run_header import RunHeader
from catdog_gui.train.run_summary import RunSummary
from catdog_gui.train.seen_photos import SeenPhotos
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.notice import Notice
from catdog_gui.widgets.plots.live_plot import LivePlot
from catdog_gui.widgets.plots.save_plot_as import save_plot_as
from trainer.core.results import RunResult
from trainer.core.run_state import RunState


class RunView(QWidget):
    """`header` and `summary` have the buttons; their signals are the page's business."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.header = RunHeader()
        self.summary = RunSummary()
        self.summary.hide()
        self.seen = SeenPhotos()
        self.seen.hide()
        self.plots = (LivePlot("loss"), LivePlot("accuracy"))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(theme.S)
        self._notes: list[Notice] = []
        self._advice: list[Notice] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.L)
        layout.addWidget(self.header)
        layout.addWidget(self.summary)
        layout.addWidget(self.seen)
        layout.addLayout(self._plot_row(), 1)
        layout.addLayout(self._lines)

    def begin(self, recipe: str = "", seconds: int = 0, *, augmented: bool = False) -> None:
        """Make ready for another run, by this recipe and with this time, if any; `augmented`: as `RunStarted` says."""
        for notice in (*self._notes, *self._advice):
            notice.deleteLater()
        self._notes, self._advice = [], []
        self.summary.hide()
        self.header.show()
        self.header.begin(recipe, seconds, augmented=augmented)
        self._show_seen(RunState())
        for plot in self.plots:
            plot.show_state(RunState())

    def show_state(self, state: RunState) -> None:
        """Show how the run stands."""
        self.header.show_state(state)
        self._show_seen(state)
        for plot in self.plots:
            plot.show_state(state)
        for text in state.notes[len(self._notes) :]:
            self._notes.append(self._say(Notice("info", translated(text))))
        for advice in state.advice[len(self._advice) :]:
            self._advice.append(self._say(Notice("advice", translated(advice.text), translated(advice.remedy))))

    def show_result(self, result: RunResult, state: RunState) -> None:
        """Show how the run ended."""
        self.header.hide()
        self.summary.show_result(result, state)
        self.summary.show()

    @property
    def said(self) -> list[str]:
        """What was said in words, advice last."""
        return [notice.text.text() for notice in (*self._notes, *self._advice)]

    def _show_seen(self, state: RunState) -> None:
        self.seen.show_photos(state.seen)
        self.seen.setVisible(bool(state.seen))

    def _say(self, notice: Notice) -> Notice:
        self._lines.addWidget(notice)
        return notice

    def _plot_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.L)
        for plot in self.plots:
            card = Card()
            card.body.addWidget(plot)
            row.addWidget(card, 1)
            plot.save_requested.connect(lambda plot=plot: save_plot_as(plot, self._context, self))
        return row
