"""Asks where to save a plot, and in which format."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from catdog_gui.look.language import tr
from catdog_gui.state.context import Context
from catdog_gui.widgets.plots.live_plot import LivePlot
from catdog_gui.widgets.plots.plot_export import FILTERS, save_plot
from trainer.core.errors import TrainerError
from trainer.core.results import ErrorRecord


def save_plot_as(plot: LivePlot, context: Context, parent: QWidget) -> None:
    """Let the user name a file, and save the plot in it."""
    endings = {tr(words): ending for words, ending in FILTERS.items()}
    start = context.settings.last_folder("plot") / f"{plot.measure}.png"
    name, chosen = QFileDialog.getSaveFileName(parent, tr("Save plot"), str(start), ";;".join(endings))
    if not name:
        return
    path = Path(name) if Path(name).suffix.lower() in endings.values() else Path(name + endings.get(chosen, ".png"))
    context.settings.remember_folder("plot", path.parent)
    try:
        save_plot(plot, path)
    except TrainerError as error:
        context.report(ErrorRecord.of(error))
    else:
        context.say(tr("Saved as {path}", path=path))
