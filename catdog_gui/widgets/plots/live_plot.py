"""One live plot of a run, loss or accuracy: train dashed, validation solid, a preview dotted, the best epoch marked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.look.language import mark, number, tr
from catdog_gui.look.words import percent
from catdog_gui.widgets.elided_label import ElidedLabel
from catdog_gui.widgets.plots.first_guess import preview_points, preview_words
from catdog_gui.widgets.plots.line_legend import BEST, BEST_BY_LOSS, LineLegend
from catdog_gui.widgets.plots.plot_axes import EpochAxis, ValueAxis, colour_axes, keep_still
from trainer.core.results import EpochMetrics
from trainer.core.run_progress import epochs_are_quick
from trainer.core.run_state import RunState

Measure = Literal["loss", "accuracy"]
Series = Literal["train", "validation"]
Points = list[tuple[float, float]]

_READ: dict[Measure, tuple[Callable[[EpochMetrics], float], Callable[[EpochMetrics], float]]] = {
    "loss": (lambda row: row.train_loss, lambda row: row.val_loss),
    "accuracy": (lambda row: row.train_accuracy, lambda row: row.val_accuracy),
}
# A running mean of an epoch's first few batches says little and would stretch the axis.
_MIN_SHARE = 0.1
_RING = 13
# pyqtgraph keeps a picture of the symbol for each call of setData, up to a thousand of them in every plot.
_SYMBOLS_KEPT = 20


class _Words(NamedTuple):
    """What a plot is called."""

    title: str
    plot: str
    save: str


_WORDS: dict[Measure, _Words] = {
    "loss": _Words(mark("Loss"), mark("Plot of the loss by epoch"), mark("Save the plot of the loss")),
    "accuracy": _Words(mark("Accuracy"), mark("Plot of the accuracy by epoch"), mark("Save the plot of the accuracy")),
}


class LivePlot(QWidget):
    """Shows a RunState and nothing else; `show_state` may be called at any rate."""

    save_requested = Signal()

    def __init__(self, measure: Measure, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.measure = measure
        self.state = RunState()
        self._trail: Points = []
        self._cursor: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._words = _WORDS[measure]
        self.setAccessibleName(tr(self._words.plot))
        self.setAccessibleDescription(tr("The arrow keys go from epoch to epoch, Escape back to the latest one."))
        self._build_plot()
        self._build_frame()
        self._restyle()
        theme.theme().changed.connect(self._restyle)

    def show_state(self, state: RunState) -> None:
        """Draw this state of the run."""
        if state.started is None or (self.state.started and state.started.run_folder != self.state.started.run_folder):
            self._trail = []
            self._cursor = None
        self._extend_trail(state)
        self.state = state
        self._draw()

    def points(self, series: Series) -> Points:
        """Return the epochs' points of a series: (epoch, value)."""
        read = _READ[self.measure][series == "validation"]
        return [(row.epoch, read(row)) for row in self.state.history]

    def format_value(self, value: float) -> str:
        """Return a value as the plot writes it."""
        return number(value, 3) if self.measure == "loss" else percent(value, 1)

    @contextmanager
    def drawn_for_export(self) -> Iterator[None]:
        """Draw the plot without its button, and every symbol as a shape, within this context."""
        scatters = self._scatters()
        self._save.hide()
        for scatter in scatters:
            scatter.opts["useCache"] = False
        try:
            yield
        finally:
            self._save.show()
            for scatter in scatters:
                scatter.opts["useCache"] = True

    def set_cursor(self, epoch: int | None) -> None:
        """Show the values of an epoch, as the mouse or the arrow keys do; None hides them."""
        epochs = [row.epoch for row in self.state.history]
        self._cursor = min(epochs, key=lambda known: abs(known - epoch)) if epochs and epoch is not None else None
        self._draw_cursor()

    def readout(self) -> str:
        """Return the values under the cursor in words; empty without one."""
        row = next((row for row in self.state.history if row.epoch == self._cursor), None)
        if row is None:
            return ""
        train, validation = (self.format_value(read(row)) for read in _READ[self.measure])
        values = {"epoch": row.epoch, "train": train, "validation": validation}
        if row.epoch == self.state.best_epoch:
            return tr("Epoch {epoch} (best):  train {train},  validation {validation}", **values)
        return tr("Epoch {epoch}:  train {train},  validation {validation}", **values)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor from epoch to epoch with the arrow keys."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self._cursor is not None:
            self.set_cursor(None)
        elif steps is None or not self.state.history:
            super().keyPressEvent(event)
        else:
            start = self._cursor if self._cursor is not None else self.state.history[-1].epoch - steps
            self.set_cursor(start + steps)

    def event(self, event: QEvent) -> bool:
        """Follow the window to a screen of another scale."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._restyle()
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Drop the values when the mouse is gone."""
        super().leaveEvent(event)
        self.set_cursor(None)

    def _build_plot(self) -> None:
        self.plot = pg.PlotWidget(
            axisItems={"bottom": EpochAxis("bottom"), "left": ValueAxis("left", in_percent=self.measure == "accuracy")}
        )
        keep_still(self.plot)
        self.plot.setMinimumHeight(160)
        self.plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        item = self.plot.getPlotItem()
        self.plot.setCacheMode(pg.GraphicsView.CacheModeFlag.CacheNone)  # else an SVG holds pixels, not lines
        item.layout.setContentsMargins(0, 10, 10, 0)  # half a label at either end of the axes
        self._best_line = pg.InfiniteLine(angle=90)
        self._cursor_line = pg.InfiniteLine(angle=90)
        self._curves: dict[str, pg.PlotDataItem] = {
            name: pg.PlotDataItem(name=name) for name in ("preview", "trail", "train", "validation")
        }
        self._best_mark = pg.ScatterPlotItem()
        for part in (self._best_line, self._cursor_line, *self._curves.values(), self._best_mark):
            item.addItem(part, ignoreBounds=True)
        self._best_line.hide()
        self._cursor_line.hide()
        self.plot.scene().sigMouseMoved.connect(self._follow_mouse)

    def _build_frame(self) -> None:
        title = QLabel(tr(self._words.title))
        title.setProperty("role", "heading")
        self._legend = LineLegend(BEST if self.measure == "loss" else BEST_BY_LOSS)
        self._save = QToolButton()
        self._save.setText(tr("Save plot…"))
        self._save.setAccessibleName(tr(self._words.save))
        self._save.setToolTip(tr("Save this plot as PNG, SVG or CSV"))
        self._save.clicked.connect(self.save_requested)
        policy = self._save.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._save.setSizePolicy(policy)
        self._values = ElidedLabel()
        self._values.setProperty("role", "muted")
        self._values.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        top = QHBoxLayout()
        top.addWidget(title)
        top.addStretch(1)
        top.addWidget(self._save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._legend)
        layout.addSpacing(4)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self._values)

    def _extend_trail(self, state: RunState) -> None:
        batch = state.batch
        if batch is None or state.ended or epochs_are_quick(state):
            self._trail = []
            return
        x = batch.epoch - 1 + batch.batch / batch.batches
        before = self.state.batch
        if before is None or before.epoch != batch.epoch or before.batch > batch.batch:
            self._trail = []
        if batch.batch / batch.batches >= _MIN_SHARE and (not self._trail or x > self._trail[-1][0]):
            if not self._trail and state.history and state.history[-1].epoch == batch.epoch - 1:
                # It goes on where the last epoch's curve ends.
                self._trail.append((batch.epoch - 1, _READ[self.measure][0](state.history[-1])))
            self._trail.append((x, batch.loss if self.measure == "loss" else batch.accuracy))

    def _draw(self) -> None:
        train, validation = self.points("train"), self.points("validation")
        preview = preview_points(self.state, self.measure)
        drawn = {"preview": preview, "trail": self._trail, "train": train, "validation": validation}
        for name, points in drawn.items():
            self._curves[name].setData([x for x, _ in points], [y for _, y in points])
        self._legend.set_preview(is_preview=bool(preview))
        self._draw_best(dict(validation))
        if preview:
            self._fit_preview(preview)
        else:
            self._fit([*train, *validation, *self._trail])
        self._draw_cursor()
        for scatter in self._scatters():
            scatter._maybeRebuildAtlas(minlen=_SYMBOLS_KEPT)  # noqa: SLF001 - pyqtgraph has no other way to forget

    def _scatters(self) -> list[pg.ScatterPlotItem]:
        return [self._best_mark, *(curve.scatter for curve in self._curves.values())]

    def _draw_best(self, validation: dict[float, float]) -> None:
        best = self.state.best_epoch
        shown = best is not None and best in validation
        self._best_line.setVisible(shown)
        self._best_mark.setVisible(shown)
        self._legend.set_best(best if shown else None)
        if best is not None and shown:
            self._best_line.setPos(best)
            self._best_mark.setData([best], [validation[best]])

    def _fit(self, points: Points) -> None:
        """Show all points, with a margin."""
        last = max((x for x, _ in points), default=1.0)
        first = min((x for x, _ in points), default=0.0)
        self.plot.setXRange(min(first, 1.0) if last > first else 0.0, max(last, first + 1.0), padding=0.03)
        self._fit_values(points)

    def _fit_preview(self, points: Points) -> None:
        """Show room for all photos, so that the line is as far as the looking is."""
        self.plot.setXRange(0, self.state.preview[-1].total, padding=0.03)
        self._fit_values(points)

    def _fit_values(self, points: Points) -> None:
        values = [y for _, y in points] or [0.0, 1.0]
        low, high = min(values), max(values)
        # Without a least margin, differences of a thousandth would fill the plot.
        margin = max(0.08 * (high - low), 0.02)
        low, high = max(low - margin, 0.0), high + margin if self.measure == "loss" else min(high + margin, 1.0)
        # Room for the ring around a point at 0 or 100 %, in the plot's pixels.
        ring = (high - low) * _RING / max(self.plot.height() - 2 * _RING, 4 * _RING)
        self.plot.setYRange(low - (ring if low == 0 else 0), high + ring, padding=0)

    def _draw_cursor(self) -> None:
        text = self.readout()
        self._values.setText(text or self._latest())
        self._cursor_line.setVisible(bool(text))
        if self._cursor is not None:
            self._cursor_line.setPos(self._cursor)

    def _latest(self) -> str:
        if self._trail and self.state.phase in ("training", "paused"):  # not while the best epoch is tested
            epoch, value = int(self._trail[-1][0] - 1e-9) + 1, self.format_value(self._trail[-1][1])
            return tr("Epoch {epoch}:  train {value} so far", epoch=epoch, value=value)
        if self.state.preview:
            return preview_words(self.state, self.measure)
        if not self.state.history:
            if self.state.ended:
                return tr("There are no curves: no epoch was finished.")
            return tr("The curves appear once the training begins.")
        best = next((row for row in self.state.history if row.epoch == self.state.best_epoch), self.state.history[-1])
        value = self.format_value(_READ[self.measure][1](best))
        return tr("Best epoch {epoch}:  validation {value}", epoch=best.epoch, value=value)

    def _follow_mouse(self, position: QPointF) -> None:
        box = self.plot.getPlotItem().getViewBox()
        inside = box.sceneBoundingRect().contains(position)
        self.set_cursor(round(box.mapSceneToView(position).x()) if inside else None)

    def _restyle(self) -> None:
        colours = theme.colours()
        colour_axes(self.plot)
        train, solid = QColor(colours.muted), QColor(colours.accent)
        one = self.devicePixelRatioF()  # pyqtgraph counts a pen's width in the screen's pixels
        dash = Qt.PenStyle.DashLine
        self._curves["train"].setData(pen=pg.mkPen(train, width=2 * one, style=dash))
        faint = QColor(train)
        faint.setAlpha(150)
        self._curves["trail"].setData(pen=pg.mkPen(faint, width=1.5 * one, style=dash))
        self._curves["validation"].setData(pen=pg.mkPen(solid, width=2 * one))
        guess = QColor(solid)
        guess.setAlpha(170)
        self._curves["preview"].setData(pen=pg.mkPen(guess, width=2 * one, style=Qt.PenStyle.DotLine))
        for name, colour in (("train", train), ("validation", solid)):
            self._curves[name].setData(symbol="o", symbolSize=5, symbolBrush=colour, symbolPen=None)
        self._best_mark.setData(symbol="o", size=_RING, brush=None, pen=pg.mkPen(solid, width=2 * one))
        self._best_line.setPen(pg.mkPen(colours.border, width=one))
        self._cursor_line.setPen(pg.mkPen(colours.faint, width=one))
        self._draw()
