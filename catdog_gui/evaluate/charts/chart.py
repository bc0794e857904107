"""What the charts of an evaluation share: a heading, a still plot, a line that reads it, words for screen readers."""

from typing import NamedTuple

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from catdog_gui.look import theme
from catdog_gui.widgets.plots.plot_axes import EpochAxis, ValueAxis, colour_axes, keep_still
from trainer.core.results import Evaluation
from trainer.inference.curves import Floats, Integers

_HEIGHT = 240
# Of the axis at the left, with its name beside the numbers.
_AXIS = 72
# A ring around a dot at 0 or 100 % stays whole.
_MARGIN = 0.03


class Labels(NamedTuple):
    """What a chart is called."""

    title: str
    name: str
    """For screen readers."""
    left: str = ""
    bottom: str = ""


class Chart(QWidget):
    """A chart over fractions from 0 to 1. The focus rests on it as a whole, so that its words are read."""

    def __init__(self, labels: Labels, parent: QWidget | None = None, *, counts: bool = False) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(labels.name)
        left = EpochAxis("left") if counts else ValueAxis("left", in_percent=True)
        bottom = ValueAxis("bottom", in_percent=True)
        bottom.setStyle(hideOverlappingLabels=False)  # 0 % and 100 % reach beyond its ends
        bottom.setTickSpacing(0.25, 0.25)
        left.setWidth(_AXIS)
        self.plot = pg.PlotWidget(axisItems={"left": left, "bottom": bottom})
        self.caption = QLabel()
        self.caption.setProperty("role", "muted")
        self.caption.setWordWrap(True)
        self._set_up_plot(labels)
        title = QLabel(labels.title)
        title.setProperty("role", "heading")
        title.setWordWrap(True)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(theme.S)
        for part in (title, self.plot, self.caption):
            self.body.addWidget(part)
        self.body.addStretch(1)  # titles of two charts side by side stand at one height
        theme.theme().changed.connect(self.restyle)

    def show_outcomes(self, evaluation: Evaluation, probabilities: Floats, targets: Integers) -> None:
        """Draw what these photos' probabilities make; hide where there is nothing to draw."""
        raise NotImplementedError

    def tell(self, caption: str, figures: str) -> None:
        """Say under the chart what it shows, and its figures to those who do not see it."""
        self.caption.setText(caption)
        self.setAccessibleDescription(f"{caption} {figures}".strip())

    def restyle(self) -> None:
        """Take the theme's colours; charts give theirs to their lines."""
        colour_axes(self.plot)

    def pen(self, colour: str, width: float = 2, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """Return a pen for the plot."""
        # pyqtgraph counts a pen's width in the screen's pixels
        made: QPen = pg.mkPen(QColor(colour), width=width * self.devicePixelRatioF(), style=style)
        return made

    def event(self, event: QEvent) -> bool:
        """Follow the window to a screen of another scale."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.restyle()
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus as a border of the plot."""
        super().focusInEvent(event)
        self.plot.getPlotItem().getViewBox().setBorder(self.pen(theme.colours().accent))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that it is gone."""
        super().focusOutEvent(event)
        self.plot.getPlotItem().getViewBox().setBorder(None)

    def _set_up_plot(self, labels: Labels) -> None:
        keep_still(self.plot)
        self.plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)  # a click gives the chart the focus
        self.plot.setFixedHeight(_HEIGHT)
        self.plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        item = self.plot.getPlotItem()
        item.layout.setContentsMargins(0, 10, 20, 0)  # half a label at either end of the axes
        for side, words in (("left", labels.left), ("bottom", labels.bottom)):
            if words:
                item.setLabel(side, words)
        self.plot.setXRange(0, 1, padding=_MARGIN)
        self.plot.setYRange(0, 1, padding=_MARGIN)
