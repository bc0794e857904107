"""The curves of the run that a model comes from, beside its evaluation."""

from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.state.context import Context
from catdog_gui.widgets.card import Card
from catdog_gui.widgets.latest import Latest
from catdog_gui.widgets.plots.live_plot import LivePlot
from catdog_gui.widgets.plots.save_plot_as import save_plot_as
from catdog_gui.widgets.reflow import Reflow
from trainer.core.run_state import RunState
from trainer.storage.run_history import read_history

_TWO_PLOTS = 640


class TrainingCurves(QWidget):
    """Hidden where a model belongs to no run, or its run has no epochs to show."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Path | None = None
        self.plots = (LivePlot("loss"), LivePlot("accuracy"))
        cards = []
        for plot in self.plots:
            plot.setMinimumHeight(280)
            plot.save_requested.connect(lambda plot=plot: save_plot_as(plot, context, self))
            card = Card()
            card.body.addWidget(plot)
            cards.append(card)
        self._reading = Latest(self)
        self._reading.succeeded.connect(self._show_history)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.L)
        layout.addWidget(Reflow(*cards, breakpoint_px=_TWO_PLOTS))
        self.hide()

    def show_run(self, run: Path | None) -> None:
        """Read the curves of the run in this folder, in the background."""
        if run == self._run:
            return
        self._run = run
        self.hide()
        if run is not None:
            self._reading.ask(lambda: (run, read_history(run)))

    def _show_history(self, found: tuple[Path, RunState]) -> None:
        run, state = found
        if run != self._run:
            return
        for plot in self.plots:
            plot.show_state(state)
        self.setVisible(bool(state.history))
